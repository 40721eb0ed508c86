import type { Completable, CompletableOption } from './completion.js';

/*
 * The completion of three shells. Each script holds what may be typed as data; which of it fits
 * is decided there by the same three questions: which subcommand, which option before, which
 * operand.
 */

const PROGRAM = 'keepalived-ts';
const isFile = (values: readonly string[]): boolean => values[0] === 'FILE';
const isKeyword = (values: readonly string[]): boolean => values[0] === 'KEYWORD';
const firstWord = (command: string): string => command.split(' ')[0] ?? '';

export function bash(all: readonly Completable[], keywords: readonly string[]): string {
  const named = all.filter(({ command }) => command !== '');
  const pairs = named.filter(({ command }) => command.includes(' '));
  const reply = (values: readonly string[]): string =>
    isFile(values)
      ? 'COMPREPLY=($(compgen -f -- "$cur"))'
      : isKeyword(values)
        ? 'COMPREPLY=($(compgen -W "$keywords" -- "$cur"))'
        : `COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$cur"))`;
  const body = ({ options, operands }: Completable): string[] => [
    ...afterOptions(options).map(
      ([spellings, values]) => `        ${spellings.join('|')}) ${reply(values)}; return ;;`,
    ),
    '      esac',
    `      [[ $cur == -* ]] && { ${reply(options.flatMap((o) => o.spellings))}; return; }`,
    ...(operands[0] ? [`      ${reply(operands[0])}`] : []),
    '      ;;',
  ];
  return `# bash completion of ${PROGRAM}: source it, or put it into bash_completion.d
_keepalived_ts() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local command=\${COMP_WORDS[1]}
  local keywords="${keywords.join(' ')}"
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 && $cur != -* ]]; then
    ${reply([...new Set(named.map(({ command }) => firstWord(command)))])}
    return
  fi
  case $command in
${[...new Set(pairs.map(({ command }) => firstWord(command)))]
  .map((first) => {
    const seconds = pairs.flatMap(({ command }) =>
      firstWord(command) === first ? [command.slice(first.length + 1)] : [],
    );
    return `    ${first})
      if [[ $COMP_CWORD -eq 2 ]]; then ${reply(seconds)}; return; fi
      command="$command \${COMP_WORDS[2]}" ;;`;
  })
  .join('\n')}
  esac
  case $command in
${[...named, ...all.filter(({ command }) => command === '')]
  .map((one) =>
    [
      `    ${one.command === '' ? '*' : `'${one.command}'`})`,
      '      case $prev in',
      ...body(one),
    ].join('\n'),
  )
  .join('\n')}
  esac
}
complete -o filenames -F _keepalived_ts ${PROGRAM}
`;
}

/** Options with a value behind them, and what it may be. */
const afterOptions = (
  options: readonly CompletableOption[],
): [readonly string[], readonly string[]][] =>
  options
    .flatMap(({ spellings, values }) => (values ? [[spellings, values] as const] : []))
    .map(([spellings, values]) => [spellings, values]);

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export function zsh(all: readonly Completable[], keywords: readonly string[]): string {
  const action = (values: readonly string[]): string =>
    isFile(values) ? '_files' : isKeyword(values) ? '($keywords)' : `(${values.join(' ')})`;
  const spec = ({ spellings, doc, values }: CompletableOption): string[] => {
    const said = doc.replaceAll(/[[\]:]/g, ' ');
    return spellings.map((spelling) =>
      quoted(`${spelling}[${said}]${values ? `:value:${action(values)}` : ''}`),
    );
  };
  const specs = ({ options, operands }: Completable): string[] => [
    ...options.flatMap(spec),
    ...operands.map((values) => quoted(`:operand:${action(values)}`)),
  ];
  const named = all.filter(({ command }) => command !== '');
  const daemon = all.find(({ command }) => command === '');
  const describe = named.map(({ command, doc }) =>
    quoted(`${command}:${doc.replaceAll(':', ' ')}`),
  );
  return `#compdef ${PROGRAM}
# zsh completion of ${PROGRAM}: put it as _${PROGRAM} into a folder of $fpath
_keepalived_ts() {
  local -a keywords commands
  keywords=(${keywords.map(quoted).join(' ')})
  commands=(
    ${describe.join('\n    ')}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    compadd -- \${\${commands%%:*}%% *}
    return
  fi
  local command=$words[2]
  if [[ -n \${(M)commands:#$command *} && $command != -* ]]; then
    if (( CURRENT == 3 )); then
      compadd -- \${\${\${(M)commands:#$command *}%%:*}#* }
      return
    fi
    command="$words[2] $words[3]"
    words=("$command" "\${(@)words[4,-1]}")
    (( CURRENT -= 2 ))
  elif [[ $command != -* ]]; then
    shift words
    (( CURRENT-- ))
  fi
  case $command in
${named.map((one) => `    ${quoted(one.command)}) _arguments ${specs(one).join(' \\\n        ')} ;;`).join('\n')}
    *) _arguments ${daemon ? specs(daemon).join(' \\\n        ') : ''} ;;
  esac
}
# Found in $fpath, this file is the body of the function that zsh calls; sourced, it registers itself.
if [[ $funcstack[1] == _${PROGRAM} ]]; then _keepalived_ts "$@"; else compdef _keepalived_ts ${PROGRAM}; fi
`;
}

export function fish(all: readonly Completable[], keywords: readonly string[]): string {
  const lines = all.flatMap((one) => {
    const { command, options, operands } = one;
    const seen = command
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ');
    const firsts = new Set(all.map((other) => firstWord(other.command)).filter((w) => w !== ''));
    const when = seen === '' ? `not __fish_seen_subcommand_from ${[...firsts].join(' ')}` : seen;
    return [
      ...options.map((option) => `complete -c ${PROGRAM} -n ${quoted(when)} ${fishOption(option)}`),
      ...operands
        .slice(0, 1)
        .map(
          (values) =>
            `complete -c ${PROGRAM} -n ${quoted(when)} ${isFile(values) ? '-F' : `-a ${fishWords(values)}`}`,
        ),
    ];
  });
  const first = all.flatMap(({ command, doc }) => {
    const [one = '', two] = command.split(' ');
    if (one === '') return [];
    const begin = `complete -c ${PROGRAM} -n`;
    return two === undefined
      ? [`${begin} __fish_is_first_token -a ${one} -d ${quoted(doc)}`]
      : [
          `${begin} __fish_is_first_token -a ${one}`,
          `${begin} ${quoted(`test (count (commandline -opc)) -eq 2; and __fish_seen_subcommand_from ${one}`)} -a ${two} -d ${quoted(doc)}`,
        ];
  });
  return `# fish completion of ${PROGRAM}: put it as ${PROGRAM}.fish into completions/
complete -c ${PROGRAM} -f
set -g __keepalived_ts_keywords ${keywords.map(quoted).join(' ')}
${[...new Set(first), ...lines].join('\n')}
`;
}

const fishWords = (values: readonly string[]): string =>
  isKeyword(values) ? "'$__keepalived_ts_keywords'" : quoted(values.join(' '));

function fishOption({ spellings, doc, values }: CompletableOption): string {
  const names = spellings.map((s) =>
    s.startsWith('--') ? `-l ${s.slice(2)}` : `-s ${s.slice(1)}`,
  );
  const value = !values
    ? ''
    : isFile(values)
      ? ' -r -F'
      : ` -x${values.length > 0 ? ` -a ${fishWords(values)}` : ''}`;
  return `${names.join(' ')} -d ${quoted(doc)}${value}`;
}

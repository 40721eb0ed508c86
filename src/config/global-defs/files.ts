import { keyword } from '../schema.js';
import type { ValueType } from '../value-type.js';
import { boolean, flag, integer, mistake, plainText, quoted, word } from '../values.js';

/** What keepalived reads and does not heed: its own names stay. */
const IGNORED = 'keepalived ignores it, too: the file stays where it was';

const UMASK_BITS: Record<string, number> = {
  IRUSR: 0o400,
  IWUSR: 0o200,
  IXUSR: 0o100,
  IRGRP: 0o040,
  IWGRP: 0o020,
  IXGRP: 0o010,
  IROTH: 0o004,
  IWOTH: 0o002,
  IXOTH: 0o001,
  IRWXU: 0o700,
  IRWXG: 0o070,
  IRWXO: 0o007,
};

/** Digits as strtol(3) reads them in base 0: octal after `0`, hexadecimal after `0x`. */
function cInteger(text: string): number | undefined {
  if (/^0x[\da-f]+$/i.test(text)) return Number.parseInt(text, 16);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

/** A file creation mask: a number in C's spelling, or names of bits as in `IRWXG|IRWXO`. */
export const umask: ValueType<number> = {
  usage: 'NUMBER | BIT[|BIT]...',
  least: 1,
  parse(given, context) {
    const [first] = given;
    if (first === undefined) return undefined;
    const text = given.map((w) => w.text).join('');
    if (/^\d/.test(text)) {
      const value = cInteger(text);
      if (value !== undefined && value <= 0o777) return value;
      return mistake(context, first, `invalid umask value ${text}`, 'octal, from 0 to 0777');
    }
    let mask = 0;
    for (const name of text.split('|')) {
      const bit = UMASK_BITS[name];
      if (bit === undefined) {
        const hint = `one of ${Object.keys(UMASK_BITS).join(', ')}`;
        return mistake(context, first, `Unknown umask bit ${name}`, hint);
      }
      mask |= bit;
    }
    return mask;
  },
  print: (value) => `0${value.toString(8)}`,
};

/** A word, or nothing: the empty string. */
const optionalWord = (usage: string): ValueType<string> => ({
  usage: `[${usage}]`,
  least: 0,
  parse: ([first]) => first?.text ?? '',
  print: (value) => (value === '' ? '' : quoted(value)),
  json: plainText,
});

export const INCLUDE_CHECKS = ['read', 'match', 'wildcard_match', 'brace_match'] as const;

/** A word of `include_check`: a check to set alone, to add, or to take away. */
export interface IncludeCheck {
  check: (typeof INCLUDE_CHECKS)[number];
  sign: '' | '+' | '-';
}

/** Which problems of an `include` are errors; no word at all means every one. */
export const includeChecks: ValueType<IncludeCheck[]> = {
  usage: '[[+|-]{read|match|wildcard_match|brace_match}] ...',
  least: 0,
  parse(given, context) {
    const checks: IncludeCheck[] = [];
    for (const item of given) {
      const [, sign = '', name = ''] = /^([+-]?)(.*)$/s.exec(item.text) ?? [];
      const check = INCLUDE_CHECKS.find((known) => known === name);
      if (check === undefined) {
        const hint = `one of ${INCLUDE_CHECKS.join(', ')}`;
        mistake(context, item, `Unknown include_check type '${item.text}' - ignoring`, hint);
      } else if (sign === '' && checks.length > 0) {
        const hint = 'only the first may stand without + or -';
        mistake(context, item, `Duplicate include_check '${item.text}' - ignoring`, hint);
      } else {
        checks.push({ check, sign: sign === '' ? '' : sign === '+' ? '+' : '-' });
      }
    }
    return given.length > 0 && checks.length === 0 ? undefined : checks;
  },
  print: (value) => value.map(({ sign, check }) => `${sign}${check}`).join(' '),
  json: {
    schema: { type: 'array', items: { type: 'string' } },
    of: (value) => value.map(({ sign, check }) => `${sign}${check}`),
  },
};

/** Files that the daemon reads besides its configuration, or writes; and when it reads it again. */
export const fileGlobals = {
  umask: keyword(umask, 'Permissions that files of ours are never created with.')
    .explained('The option of the same name on the command line wins.')
    .unless('0177')
    .shown('umask 027'),
  random_seed: keyword(
    integer(0, 4294967295),
    'Meant to seed the random numbers of the preprocessor.',
  ).without('keepalived does not use it either'),

  reload_check_config: keyword(
    optionalWord('LOG FILE'),
    'Refuse a reload whose configuration has any mistake, and write the mistakes to a file.',
  )
    .explained(
      'Without it a reload is refused only for mistakes that the configuration in use does not have.',
    )
    .shown('reload_check_config /var/log/keepalived.mistakes'),
  reload_time_file: keyword(
    word,
    'File that holds the time of the next reload, watched for changes.',
  )
    .skippedAlone()
    .explained(
      'Its first line is [YYYY-MM-DD ]HH:MM:SS, with a Z at the end for UTC. It is removed after use; removing it earlier calls the reload off.',
    ),
  reload_repeat: keyword(flag, 'Reload at the time in reload_time_file every day.'),
  reload_file: keyword(
    optionalWord('PATH'),
    'File that exists while the configuration is being read, for programs that write it.',
  ),
  include_check: keyword(
    includeChecks,
    'Which problems of later includes are errors: unreadable files, names, wildcards or brace alternatives that match nothing.',
  )
    .explained('Without a word all of them are; a first word without sign sets it alone.')
    .shown('include_check +match')
    .refused('problems of includes are warnings'),
  config_save_dir: keyword(
    word,
    'Directory for copies of the configuration and the state at each reload.',
  ).refused('no copies are kept'),
  tmp_config_directory: keyword(word, 'Directory for the copy of the configuration.')
    .skippedAlone()
    .onlyOnce()
    .without('the configuration is read once and stays in memory'),

  data_use_instance: keyword(
    boolean,
    'Put the names of the instance and of the network namespace into names of dump files.',
  ),
  json_version: keyword(integer(1, 2), 'Layout of the JSON dump: 1 an array, 2 an object.').default(
    1,
  ),
  state_dump_file: keyword(word, 'File that the state is written to on SIGUSR1.').unless(
    'keepalived.data in the temporary directory',
  ),
  stats_dump_file: keyword(word, 'File that the statistics are written to on SIGUSR2.')
    .unless('keepalived.stats in the temporary directory')
    .without(IGNORED),
  json_dump_file: keyword(word, 'File that the state is written to as JSON.')
    .unless('keepalived.json in the temporary directory')
    .without(IGNORED),
  iproute_usr_dir: keyword(
    word,
    "Directory of the vendor's names for routing tables, protocols, scopes and realms.",
  ).refused('names are looked up in the usual places'),
  iproute_etc_dir: keyword(
    word,
    "Directory of this machine's names for routing tables, protocols, scopes and realms.",
  )
    .unless('/etc/iproute2')
    .refused('names are looked up in the usual places'),
};

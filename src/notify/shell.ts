import type { Look } from './examine.js';

const SHELL = '/bin/sh';

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * The shell's command line for `</PATH`, which is no program but asks whether a file can be opened;
 * `</dev/tcp/HOST/PORT` connects where that shell is Bash.
 *
 * Compat: keepalived gives it to sh, with the words behind it in quotes. Differs: a path with
 * characters of the shell is in quotes too, so that it never is a second command.
 */
export function redirection(argv: readonly string[]): string[] | undefined {
  const [first = '', ...rest] = argv;
  const [, path] = /^<[ \t]*(\/.*)$/s.exec(first) ?? [];
  if (path === undefined) return undefined;
  const opened = /^[\w./:-]+$/.test(path) ? path : quoted(path);
  return [SHELL, '-c', [`<${opened}`, ...rest.map(quoted)].join(' ')];
}

/** Compat: Bash alone connects for such a path; any other shell looks for a file and fails. */
export function needsBash(
  name: string,
  look: Look,
): { code: string; message: string; hint: string } | undefined {
  const shell = look(SHELL);
  if (!/^<[ \t]*\/dev\/(?:tcp|udp)\//.test(name) || shell?.kind !== 'link') return undefined;
  const { target } = shell;
  if (/(?:^|\/)bash$/.test(target)) return undefined;
  return {
    code: 'script-needs-bash',
    message: `script ${name} always fails: ${SHELL} is ${target}, and only Bash connects for a path`,
    hint: `"bash -c '${name}'"`,
  };
}

/** What only a shell understands: pipes, lists, redirections and substitutions. */
const SYNTAX = /^(?:\|\|?|&&?|;|(?:\d|&)?>{1,2}(?:$|[&/]).*|`.*|\$\(.*|\S*;)$/;

/** The first word of a command that asks for a shell, where there is none. */
export const shellWord = ([, ...words]: readonly string[]): string | undefined =>
  words.find((word) => SYNTAX.test(word));

import { type OptionRow, optionRows } from './options.js';
import { subcommands, synopsis } from './subcommands.js';

/** The manual of the program, as Markdown; options and commands come from their tables. */
export const programManual = (): string =>
  [
    '# keepalived-ts',
    '',
    '## Synopsis',
    '',
    '`keepalived-ts` [*OPTION*...]',
    '',
    '`keepalived-ts` *COMMAND* [*OPTION*...]',
    '',
    '## Description',
    '',
    description.trim(),
    '',
    '## Options',
    '',
    'An optional argument must be attached: `-gFILE`, `--log-file=FILE`.',
    '',
    ...optionRows.flatMap(option),
    '',
    '## Commands',
    '',
    'A command line that begins with a word is one of these; each tells its options with `--help`.',
    '',
    ...Object.entries(subcommands).flatMap(([name, command]) => [
      `- **\`${synopsis(name, command)}\`**<br>`,
      `  ${command.doc}.`,
    ]),
    '',
    rest.trim(),
    '',
  ].join('\n');

function option({ long, short, argument, doc, support }: OptionRow): string[] {
  const value = { none: '', required: ' ARG', optional: '[=ARG]' }[argument];
  const spellings = `${short === undefined ? '' : `-${short}, `}--${long}${value}`;
  const remark =
    typeof support !== 'object'
      ? ''
      : 'refused' in support
        ? ` **Refused:** ${support.refused}.`
        : ` **No effect:** ${support.later}.`;
  return [`- **\`${spellings}\`**<br>`, `  ${doc}.${remark}`];
}

const description = `
Keeps virtual addresses alive by VRRP and directs connections to healthy servers by IPVS, from keepalived's own
\`keepalived.conf\`: see keepalived-ts.conf(5). Options, signals, files and exit codes are keepalived's. It takes
keepalived's place under the name \`keepalived\` as well.

The daemon is one process with a thread for VRRP and one for the checks; \`ps -eLf\` shows them. It goes into the
background unless told otherwise by \`--dont-fork\`; the caller waits until the daemon is ready, and fails if it fails.

Under systemd it tells when it is ready, reloads and stops (\`Type=notify\`). The unit gives it the capabilities it needs
instead of all; scripts inherit them. What a script needs beyond that, as CAP_SYS_ADMIN to mount, is added by
\`systemctl edit keepalived\` with a line \`CapabilityBoundingSet=CAP_SYS_ADMIN\` below \`[Service]\`. So it is for
\`net_namespace\`.
`;

const rest = `
## Signals

| signal    | effect                                                                             |
| --------- | ---------------------------------------------------------------------------------- |
| \`TERM\`    | stop: addresses and services are taken back, and backups told                      |
| \`INT\`     | the same, unless \`--ignore-sigint\` is given                                        |
| \`HUP\`     | reload; a configuration with a new mistake is refused and changes nothing          |
| \`USR1\`    | dump of the state                                                                  |
| \`USR2\`    | dump of the statistics                                                             |
| 63        | the same, and the statistics start from zero                                       |
| 36        | dump of both as JSON                                                               |

\`keepalived-ts --signum=DATA\` prints the number of a signal; so do \`STOP\`, \`RELOAD\`, \`STATS\`, \`STATS_CLEAR\` and
\`JSON\`.

## Exit status

| status | meaning                                                                              |
| ------ | ------------------------------------------------------------------------------------ |
| 0      | stopped; \`-t\` found no mistake; another daemon is running already                    |
| 1      | wrong usage, or a failure that a restart would not mend                              |
| 2      | the configuration cannot be used                                                     |
| 4      | a capability is missing; of \`-t\`: the file cannot be used                            |
| 5      | of \`-t\`: there are mistakes                                                          |
| 6      | no configuration; of \`-t\`: scripts are insecure, or includes are missing             |
| 70     | an error of the program itself                                                       |

## Files

| file                                | is                                                      |
| ----------------------------------- | ------------------------------------------------------- |
| \`/etc/keepalived/keepalived.conf\`   | the configuration, unless \`-f\` names another            |
| \`/etc/default/keepalived\`           | \`DAEMON_ARGS\` for the unit, as with Debian's keepalived |
| \`/etc/sysconfig/keepalived\`         | \`KEEPALIVED_OPTIONS\` for the unit, as elsewhere         |
| \`/run/keepalived.pid\`               | the pid file; others see \`-p\`, \`-r\`, \`-c\`               |

## Environment

| variable        | meaning                                                                     |
| --------------- | --------------------------------------------------------------------------- |
| \`TMPDIR\`        | where dumps and logs go by default, if it is an absolute path               |
| \`PATH\`          | where scripts without a directory are looked for                            |
| \`NOTIFY_SOCKET\` | set by systemd for a unit of \`Type=notify\`                                  |
| \`NODE_OPTIONS\`  | read by Node.js, which the program runs on                                  |

## See also

keepalived-ts.conf(5), ipvsadm(8), systemctl(1)
`;

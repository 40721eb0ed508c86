/** What becomes of an option: it works, it is told that it has no effect yet, or it is refused. */
export type Support = 'works' | { later: string } | { refused: string };

/** An option of the command line. */
export interface OptionRow {
  long: string;
  short?: string;
  /** `optional` arguments must be attached: -gFILE, --log-file=FILE. */
  argument: 'none' | 'required' | 'optional';
  doc: string;
  support: Support;
}

type Row = Omit<OptionRow, 'long' | 'support'> & { support?: Support };

const flag = (short: string | undefined, doc: string, support?: Support): Row => ({
  argument: 'none',
  doc,
  ...(short && { short }),
  ...(support && { support }),
});
const needs = (short: string | undefined, doc: string, support?: Support): Row => ({
  ...flag(short, doc, support),
  argument: 'required',
});
const may = (short: string | undefined, doc: string, support?: Support): Row => ({
  ...flag(short, doc, support),
  argument: 'optional',
});

/** Every option of keepalived 2.4, and `log-format`, `format` and `record`, which are ours. */
const table = {
  'use-file': needs('f', 'Configuration file'),
  vrrp: flag('P', 'Only VRRP: leave out the health checkers'),
  check: flag('C', 'Only the health checkers: leave out VRRP'),
  no_bfd: flag('B', 'Leave out BFD'),
  all: flag(undefined, 'Start every part, configured or not'),
  'log-console': flag('l', 'Log to stderr as well; of use with -n'),
  'log-detail': flag('D', 'Log details; twice for more'),
  'log-facility': needs('S', 'Syslog facility: 0-7, local0-local7, user or daemon'),
  'log-file': may('g', 'Log to files, one for each part'),
  'flush-log-file': flag(undefined, 'Write each line of the log files at once'),
  'no-syslog': flag('G', 'Do not log to syslog'),
  'log-format': needs(undefined, 'text or json, for console and files'),
  umask: needs('u', 'Mask for files that are created, octal'),
  'release-vips': flag('X', 'Remove addresses on all transitions', {
    later: 'addresses are removed whenever an instance leaves MASTER',
  }),
  'dont-release-vrrp': flag('V', 'Leave addresses in place at stop'),
  'dont-release-ipvs': flag('I', 'Leave the IPVS table in place at stop'),
  'dont-respawn': flag('R', 'End when a part dies instead of restarting it'),
  'dont-fork': flag('n', 'Stay in the foreground'),
  'dump-conf': flag('d', 'Log the configuration as understood', {
    later: 'the configuration is not dumped',
  }),
  pid: needs('p', 'Pid file'),
  vrrp_pid: needs('r', 'Pid file of VRRP'),
  checkers_pid: needs('c', 'Pid file of the health checkers'),
  bfd_pid: needs('b', 'Pid file of BFD', { later: 'there is no BFD part yet' }),
  genhash: flag('T', 'Print the digest of a page, as the first option', {
    refused: 'it must be the first option',
  }),
  'address-monitoring': flag('a', 'Log every change of addresses', {
    later: 'only changes of virtual addresses are logged',
  }),
  snmp: flag('x', 'Serve SNMP, all of it'),
  'snmp-agent-socket': needs('A', 'Where the SNMP master agent listens'),
  'core-dump': flag('m', 'Allow core files', { later: 'ulimit -c decides' }),
  'core-dump-pattern': may('M', 'Name of core files', { later: 'the kernel setting stays' }),
  namespace: needs('s', 'Network namespace to run in; goes before net_namespace'),
  'all-config': flag('e', 'Every include must find its files, as if it were includea'),
  'config-id': needs('i', 'Value that @ID lines are compared with; else the name of the host'),
  'config-test': may('t', 'Check the configuration and exit; messages to stderr or to a file'),
  format: needs(undefined, 'What -t prints: text, or json (one document, on stdout)'),
  'config-fd': needs(undefined, 'Internal to keepalived', {
    later: 'the configuration is read from -f',
  }),
  signum: needs(
    undefined,
    'Print the number of a signal: STOP, RELOAD, DATA, STATS, STATS_CLEAR or JSON',
  ),
  'ignore-sigint': flag(undefined, 'Do not stop on SIGINT'),
  record: needs(
    undefined,
    'Write every VRRP input to a file to replay; if it exists, to FILE.1, ...',
  ),
  perf: needs(undefined, 'Developer aid', { later: 'use the tools of Node.js' }),
  debug: may(undefined, 'Developer aid', { later: 'use -D -D' }),
  'no-mem-check': flag(undefined, 'Developer aid', { later: 'memory is managed by Node.js' }),
  version: flag('v', 'Print the version and exit'),
  help: flag('h', 'Print this text and exit'),
} satisfies Record<string, Row>;

export type OptionName = keyof typeof table;

export const optionRows: readonly (OptionRow & { long: OptionName })[] = Object.entries(table).map(
  ([long, row]: [string, Row]) => ({ support: 'works', ...row, long: long as OptionName }),
);

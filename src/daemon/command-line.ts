import { splitArguments } from './getopt.js';
import { type OptionName, optionRows } from './options.js';
import { SIGNAL_NUMBERS } from './signal-numbers.js';

/** Facilities of syslog that keepalived lets one choose (RFC 3164 §4.1.1). */
const facilities: Readonly<Record<string, number>> = {
  user: 1,
  daemon: 3,
  ...Object.fromEntries(
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) => [
      [String(n), 16 + n],
      [`local${n}`, 16 + n],
    ]),
  ),
};

/** The file used without -f. */
export const CUSTOMARY_FILE = '/etc/keepalived/keepalived.conf';

/** What the daemon is to do, with everything the command line decided. */
export interface Settings {
  configFile: string | undefined;
  /** -i: what `@ID` is compared with; the first label of the host's name if it is not given. */
  configId: string | undefined;
  /** -e. */
  checksIncludes: boolean;
  parts: { vrrp: boolean; check: boolean /** --all */; always: boolean };
  foreground: boolean;
  respawn: boolean;
  ignoreInterrupt: boolean;
  keep: { vrrp: boolean; ipvs: boolean };
  umask: number | undefined;
  /** -s. */
  namespace: string | undefined;
  pidFiles: { parent: string | undefined; vrrp: string | undefined; check: string | undefined };
  record: string | undefined;
  /** -x and -A. */
  snmp: { all: boolean; socket: string | undefined };
  log: LogSettings;
}

export interface LogSettings {
  /** -D: 1 shows details, 2 also what is for debugging. */
  detail: number;
  console: boolean;
  syslog: boolean;
  facility: number;
  /** -g: the base name; `''` for the default one. */
  file: string | undefined;
  flush: boolean;
  format: 'text' | 'json';
}

/** What a command line asks for. */
export type Command =
  /** `target`: where the messages of -t go; `undefined` is stderr. */
  | {
      do: 'test';
      settings: Settings;
      target: string | undefined;
      format: 'text' | 'json';
      remarks: string[];
    }
  | { do: 'run'; settings: Settings; remarks: string[]; surplus: string[] }
  | { do: 'help' }
  | { do: 'version' }
  | { do: 'print'; text: string }
  /** Exit status 1. `word` is the one to find a hint for. */
  | { do: 'complain'; message: string; word?: string };

const defaults: Settings = {
  configFile: undefined,
  configId: undefined,
  checksIncludes: false,
  parts: { vrrp: true, check: true, always: false },
  foreground: false,
  respawn: true,
  ignoreInterrupt: false,
  keep: { vrrp: false, ipvs: false },
  umask: undefined,
  namespace: undefined,
  pidFiles: { parent: undefined, vrrp: undefined, check: undefined },
  record: undefined,
  snmp: { all: false, socket: undefined },
  log: {
    detail: 0,
    console: false,
    syslog: true,
    facility: 3,
    file: undefined,
    flush: false,
    format: 'text',
  },
};

type Apply = (settings: Settings, value: string, remark: (text: string) => void) => void;

/** What each option changes. The options that are commands of their own are in `readCommand`. */
const effects: Partial<Record<OptionName, Apply>> = {
  'use-file': (s, value) => {
    s.configFile = value;
  },
  'config-id': (s, value) => {
    s.configId = value;
  },
  'all-config': (s) => {
    s.checksIncludes = true;
  },
  vrrp: (s) => {
    s.parts.check = false;
  },
  check: (s) => {
    s.parts.vrrp = false;
  },
  all: (s) => {
    s.parts.always = true;
  },
  'dont-fork': (s) => {
    s.foreground = true;
  },
  'dont-respawn': (s) => {
    s.respawn = false;
  },
  'ignore-sigint': (s) => {
    s.ignoreInterrupt = true;
  },
  'dont-release-vrrp': (s) => {
    s.keep.vrrp = true;
  },
  'dont-release-ipvs': (s) => {
    s.keep.ipvs = true;
  },
  pid: (s, value) => {
    s.pidFiles.parent = value;
  },
  vrrp_pid: (s, value) => {
    s.pidFiles.vrrp = value;
  },
  checkers_pid: (s, value) => {
    s.pidFiles.check = value;
  },
  snmp: (s) => {
    s.snmp.all = true;
  },
  'snmp-agent-socket': (s, value) => {
    s.snmp.socket = value;
  },
  namespace: (s, value) => {
    s.namespace = value;
  },
  record: (s, value) => {
    s.record = value;
  },
  'log-console': (s) => {
    s.log.console = true;
  },
  'log-detail': (s) => {
    s.log.detail++;
  },
  'no-syslog': (s) => {
    s.log.syslog = false;
  },
  'log-file': (s, value) => {
    s.log.file = value;
  },
  'flush-log-file': (s) => {
    s.log.flush = true;
  },
  'log-facility': (s, value, remark) => {
    const facility = facilities[value];
    if (facility === undefined) remark(`Invalid log facility '${value}'`);
    else s.log.facility = facility;
  },
  'log-format': (s, value, remark) => {
    if (value === 'json' || value === 'text') s.log.format = value;
    else remark(`Invalid log format '${value}': it is text or json`);
  },
  umask: (s, value, remark) => {
    if (/^0?[0-7]{1,3}$/.test(value)) s.umask = Number.parseInt(value, 8);
    else remark(`Invalid umask '${value}': it is an octal number up to 777`);
  },
};

const support = new Map(optionRows.map((row) => [row.long, row.support]));

/** Reads a command line; `argv` without the program's name. */
export function readCommand(argv: readonly string[]): Command {
  const { given, surplus, mistake } = splitArguments(argv);
  const settings = structuredClone(defaults);
  const remarks: string[] = [];
  for (const { option, value } of given) {
    if (option === 'help' || option === 'version') return { do: option };
    if (option === 'signum') return signalNumber(value ?? '');
    const supported = support.get(option);
    if (typeof supported === 'object' && 'refused' in supported) {
      return {
        do: 'complain',
        message: `--${option} is not supported yet: ${supported.refused}`,
      };
    }
    if (typeof supported === 'object') {
      remarks.push(`--${option} has no effect yet: ${supported.later}`);
    }
    effects[option]?.(settings, value ?? '', (text) => remarks.push(text));
  }
  if (mistake) return { do: 'complain', ...mistake };
  const test = given.find(({ option }) => option === 'config-test');
  const format = given.findLast(({ option }) => option === 'format')?.value ?? 'text';
  if (format !== 'text' && format !== 'json') {
    return { do: 'complain', message: `Invalid format '${format}': it is text or json` };
  }
  if (test) return { do: 'test', settings, target: test.value, format, remarks };
  return { do: 'run', settings, remarks, surplus };
}

function signalNumber(name: string): Command {
  const number = Object.entries(SIGNAL_NUMBERS).find(([known]) => known === name)?.[1];
  if (number !== undefined) return { do: 'print', text: String(number) };
  return { do: 'complain', message: `Unknown sigfunc ${name}` };
}

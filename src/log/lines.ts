import type { Level } from '@keepalived-ts/base/events.js';

/** Which thread a line is of; keepalived has a process for each. */
export type Part = 'parent' | 'vrrp' | 'check';

/** The name that syslog shows, as keepalived's processes call themselves. */
export const idents: Readonly<Record<Part, string>> = {
  parent: 'Keepalived',
  vrrp: 'Keepalived_vrrp',
  check: 'Keepalived_healthcheckers',
};

/** What each part's log file has between base name and extension. */
const suffixes: Readonly<Record<Part, string>> = { parent: '', vrrp: '_vrrp', check: '_check' };

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const two = (n: number): string => String(n).padStart(2, '0');
const clockTime = (t: Date): string =>
  `${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`;
/** `%b %e` of strftime(3): the day padded by a blank. */
const monthDay = (t: Date): string =>
  `${MONTHS[t.getMonth()] ?? ''} ${String(t.getDate()).padStart(2)}`;

/** A line as keepalived -n -l prints it: `%c` of the C locale, a colon, the text. */
export const consoleLine = (time: Date, text: string): string =>
  `${DAYS[time.getDay()]} ${monthDay(time)} ${clockTime(time)} ${time.getFullYear()}: ${text}\n`;

/** A line of a log file: as on the console, with nanoseconds (of which we know the first three). */
export const fileLine = (time: Date, text: string): string => {
  const nanoseconds = `${String(time.getMilliseconds()).padStart(3, '0')}000000`;
  const clock = `${clockTime(time)}.${nanoseconds}`;
  return `${DAYS[time.getDay()]} ${monthDay(time)} ${clock} ${time.getFullYear()}: ${text}\n`;
};

/** Severities of RFC 3164 §4.1.1. keepalived logs nearly everything as informational. */
const severities: Readonly<Record<Level, number>> = {
  error: 3,
  warning: 4,
  info: 6,
  detail: 6,
  debug: 7,
};

/** A datagram for /dev/log: RFC 3164 §4.1 without the host name, as local programs send it. */
export const syslogDatagram = (
  line: { time: Date; level: Level; part: Part; text: string },
  { facility, pid, suffix }: { facility: number; pid: number; suffix: string },
): Uint8Array => {
  const priority = facility * 8 + severities[line.level];
  const header = `<${priority}>${monthDay(line.time)} ${clockTime(line.time)} `;
  return Buffer.from(`${header}${idents[line.part]}${suffix}[${pid}]: ${line.text}`);
};

/** `/tmp/keepalived.log` is `/tmp/keepalived_vrrp.log` for the vrrp part; `suffix` comes behind. */
export function logFileOf(base: string, part: Part, suffix = ''): string {
  const slash = base.lastIndexOf('/');
  const dot = base.lastIndexOf('.');
  const cut = dot > slash + 1 ? dot : base.length;
  return base.slice(0, cut) + suffixes[part] + suffix + base.slice(cut);
}

/** Texts come from scripts and servers too: what would break a line is shown escaped. */
export const oneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
  text.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, (c) =>
    c === '\n' ? '\\n' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

/*
 * The content of `reload_time_file`: when the next reload is to be (config-language reference §9).
 */

/** `[[YY]YY-MM-DD ]HH:MM:SS[Z]`; without a date, every day has such a time. */
const FORM = /^(?:(\d\d|\d{4})-(\d\d)-(\d\d) )?(\d\d):(\d\d):(\d\d)(Z?)$/;

const DAY_MS = 86_400_000;

/**
 * The moment that the first line of the file means, or why it means none. With `daily` a date
 * that is over goes on to the same time of a later day.
 */
export function reloadTime(text: string, now: Date, daily: boolean): Date | { wrong: string } {
  const [line = ''] = text.split('\n');
  const [, year, month, day, ...rest] = FORM.exec(line) ?? [];
  const [hour, minute, second] = rest.slice(0, 3).map(Number);
  if (hour === undefined || minute === undefined || second === undefined) {
    return { wrong: `'${line.slice(0, 40)}' is no [YYYY-MM-DD ]HH:MM:SS[Z]` };
  }
  if (hour > 23 || minute > 59 || second > 59) return { wrong: `there is no time ${line}` };
  const utc = rest[3] === 'Z';
  const date = year === undefined ? dayOf(now, utc) : writtenDay(year, Number(month), Number(day));
  const at = (plus: number): Date => moment(date, plus, [hour, minute, second], utc);
  const first = at(0);
  if (dayOf(first, utc).join() !== date.join()) return { wrong: `there is no day ${line}` };
  if (first > now) return first;
  if (year !== undefined && !daily) return { wrong: `${line} is over` };
  const days = Math.floor((now.getTime() - first.getTime()) / DAY_MS);
  // A day of 23 or 25 hours may put the estimate off by one.
  const later = [days, days + 1, days + 2].map(at).find((one) => one > now);
  return later ?? { wrong: `${line} can't be worked out` };
}

type Day = readonly [year: number, month: number, day: number];

const dayOf = (d: Date, utc: boolean): Day =>
  utc
    ? [d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate()]
    : [d.getFullYear(), d.getMonth(), d.getDate()];

const writtenDay = (year: string, month: number, day: number): Day => [
  year.length === 2 ? 2000 + Number(year) : Number(year),
  month - 1,
  day,
];

const moment = (
  [y, m, d]: Day,
  plus: number,
  [hh, mm, ss]: readonly [number, number, number],
  utc: boolean,
): Date =>
  utc ? new Date(Date.UTC(y, m, d + plus, hh, mm, ss)) : new Date(y, m, d + plus, hh, mm, ss);

import { type Duration, microseconds } from '@keepalived-ts/base/time.js';
import type { ValueType } from '#src/config/value-type.js';

/** A time in milliseconds with up to three decimals, as BFD has its intervals. */
export const milliseconds = (min: number, max: number): ValueType<Duration> => ({
  usage: `DECIMAL ${min}..${max}`,
  unit: 'milliseconds',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const { text } = first;
    const name = context.subject.text;
    const wrong = (message: string): undefined => {
      const hint = `${name} takes milliseconds between ${min} and ${max}`;
      context.report({ severity: 'error', class: 'number', message, hint, at: first.at });
    };
    const [, whole, fraction = '', rest = ''] = /^\+?(\d+)(?:\.(\d*))?(.*)$/s.exec(text) ?? [];
    if (whole === undefined || rest !== '') return wrong(`invalid number '${text}'`);
    if (fraction.length > 3) wrong(`number '${text}' has too many decimal places`);
    const value = Math.round(Number(`${whole}.${fraction || 0}`) * 1000);
    if (value >= min * 1000 && value <= max * 1000) return microseconds(value);
    return wrong(`number '${text}' outside range [${min}, ${max}]`);
  },
  print: (value) => String(value / 1000),
});

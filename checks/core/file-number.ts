import { integerOf } from '#src/config/numbers.js';
import type { ValueType } from '#src/config/value-type.js';
import { mistake } from '#src/config/values.js';

const LEAST = -2147483648;
const MOST = 2147483647;

/** What the number in a file is multiplied by; `reverse` only where it is said. */
export interface FileWeight {
  weight: number;
  reverse?: boolean;
}

export const fileWeight: ValueType<FileWeight> = {
  usage: `INTEGER ${-MOST}..${MOST} [reverse|noreverse]`,
  least: 1,
  parse([first, second], context) {
    const weight = first && integerOf(first, -MOST, MOST, context);
    if (weight === undefined) return undefined;
    if (second === undefined) return { weight };
    if (second.text === 'reverse') return { weight, reverse: true };
    if (second.text === 'noreverse') return { weight, reverse: false };
    mistake(context, second, `unknown weight option '${second.text}'`);
    return { weight };
  },
  print: ({ weight, reverse }) =>
    `${weight}${reverse === undefined ? '' : reverse ? ' reverse' : ' noreverse'}`,
  json: {
    schema: {
      type: 'object',
      properties: { weight: { type: 'integer' }, reverse: { type: 'boolean' } },
      required: ['weight'],
      additionalProperties: false,
    },
    of: (value) => value,
  },
};

/** What the number does to the server (reference §9). */
export function weightOf(number: number, { weight, reverse }: FileWeight): number | 'down' {
  if (weight === 0) return (number !== 0) === (reverse ?? false) ? 0 : 'down';
  const sum = number * weight * (reverse ? -1 : 1);
  const cut = Math.min(Math.max(sum, LEAST), MOST);
  return cut === LEAST ? 'down' : cut + 0;
}

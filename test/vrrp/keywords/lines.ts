import { Line, wordsOf } from '#src/config/line.js';
import type { ValueType } from '#src/config/value-type.js';

/** Reads one line of a list, or the arguments behind a keyword; advice is not told. */
export function readLine<T>(
  type: ValueType<T>,
  text: string,
  numberOf?: (kind: string, name: string) => number | undefined,
): { value: T | undefined; said: string[] } {
  const line = new Line('text', text, 'f', 1, 1);
  const words = wordsOf(line);
  const [subject] = words;
  if (!subject) throw new Error('a line has words');
  const said: string[] = [];
  const value = type.parse(words, {
    subject,
    raw: text,
    ...(numberOf && { numberOf }),
    report: ({ class: kind, message }) => {
      if (kind !== 'advice') said.push(`${kind}: ${message}`);
    },
  });
  return { value, said };
}

import type { ValueType } from '#src/config/value-type.js';

/** An inclusive range of HTTP status codes. */
export interface StatusRange {
  from: number;
  to: number;
}

const range = (text: string): StatusRange | undefined => {
  const parts = /^(\d{3})(?:-(\d{3}))?$/.exec(text);
  if (!parts) return undefined;
  const from = Number(parts[1]);
  const to = Number(parts[2] ?? parts[1]);
  return from >= 100 && to <= 599 && from <= to ? { from, to } : undefined;
};

/** `200 204-206`: status codes and ranges of them. */
export const statusRanges: ValueType<StatusRange[]> = {
  usage: '<100..599>[-<100..599>] ...',
  least: 1,
  parse(words, { report }) {
    const ranges: StatusRange[] = [];
    for (const { text, at } of words) {
      const read = range(text);
      if (read) ranges.push(read);
      else {
        report({
          severity: 'error',
          class: 'general',
          message: `invalid HTTP status code or range '${text}'`,
          hint: 'codes run from 100 to 599, a range from the lower to the higher',
          at,
        });
      }
    }
    return ranges.length > 0 ? ranges : undefined;
  },
  print: (ranges) =>
    ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(' '),
};

/** The MD5 of a body: 32 hexadecimal digits, kept in lower case. */
export const md5Digest: ValueType<string> = {
  usage: '<32 HEX DIGITS>',
  least: 1,
  parse([first], { report }) {
    const text = first?.text ?? '';
    if (/^[0-9a-fA-F]{32}$/.test(text)) return text.toLowerCase();
    report({
      severity: 'error',
      class: 'general',
      message: `digest '${text}' is not 32 hexadecimal digits`,
      ...(first && { at: first.at }),
    });
    return undefined;
  },
  print: (digest) => digest,
};

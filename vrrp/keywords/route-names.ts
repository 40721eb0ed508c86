import type { ValueType } from '#src/config/schema.js';
import { mistake } from '#src/config/values.js';

/** A number of the kernel's that has names: in iproute2's files, if not in its headers. */
const numbered = (
  what: string,
  most: number,
  names: Readonly<Record<string, number>>,
): ValueType<number> => {
  const nameOf = new Map(Object.entries(names).map(([name, number]) => [number, name]));
  return {
    usage: `${what.toUpperCase()} (0..${most} or ${Object.keys(names).slice(0, 5).join(', ')})`,
    least: 1,
    parse([first], context) {
      if (first === undefined) return undefined;
      const { text } = first;
      if (Object.hasOwn(names, text)) return names[text];
      if (/^(?:\d+|0x[0-9a-fA-F]+)$/.test(text) && Number(text) <= most) return Number(text);
      const hint = `0..${most}, or one of ${Object.keys(names).join(', ')}`;
      return mistake(context, first, `invalid ${what} '${text}' - ignoring`, hint);
    },
    print: (value) => nameOf.get(value) ?? String(value),
  };
};

/** RT_SCOPE_* of <linux/rtnetlink.h>. */
export const scope = numbered('scope', 255, {
  global: 0,
  site: 200,
  link: 253,
  host: 254,
  nowhere: 255,
});

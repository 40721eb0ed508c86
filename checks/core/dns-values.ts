import type { ValueType } from '#src/config/value-type.js';
import { mistake, quoted } from '#src/config/values.js';
import { LONGEST_LABEL, LONGEST_NAME, labelsOf, type RecordType, recordTypes } from './dns.js';

export const queryType: ValueType<RecordType> = {
  usage: Object.keys(recordTypes).join('|'),
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const name = first.text.toUpperCase();
    if (Object.hasOwn(recordTypes, name)) return name as RecordType;
    const hint = `one of ${Object.keys(recordTypes).join(', ')}`;
    return mistake(context, first, `Unknown DNS check type ${first.text} - ignoring`, hint);
  },
  print: (value) => value,
};

/** A domain name (RFC 1035 §2.3.1) in its bytes; escapes are unknown here. */
export const queryName: ValueType<string> = {
  usage: 'DOMAIN NAME',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const { text } = first;
    const sizes = labelsOf(text).map((label) => Buffer.byteLength(label));
    const fault = sizes.includes(0)
      ? 'has empty label'
      : sizes.some((size) => size > LONGEST_LABEL)
        ? `has a label of more than ${LONGEST_LABEL} bytes`
        : sizes.reduce((sum, size) => sum + size + 1, 1) > LONGEST_NAME
          ? `is longer than ${LONGEST_NAME} bytes`
          : undefined;
    if (fault === undefined) return text;
    return mistake(context, first, `DNS_CHECK name '${text}' ${fault} - ignoring`);
  },
  print: quoted,
};

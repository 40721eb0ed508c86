import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { fullLength, ip } from '@keepalived-ts/base/ip.js';
import { reveal } from '@keepalived-ts/base/secret.js';
import { microseconds, seconds } from '@keepalived-ts/base/time.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptUser } from '#src/config/global-defs/scripts.js';
import { globalDefs } from '#src/config/global-defs.js';
import { Line, wordsOf } from '#src/config/line.js';
import { scriptCommand } from '#src/config/script-value.js';
import type { ValueType } from '#src/config/value-type.js';
import * as values from '#src/config/values.js';
import { withoutPlaces } from '#test/support/config.js';
import { staticAddressLine, vipLine } from '#vrrp/keywords/addresses.js';
import {
  bfdTracker,
  fileTracker,
  interfaceTracker,
  processTracker,
  scriptTracker,
} from '#vrrp/keywords/trackers.js';

interface Read<T> {
  value: T | undefined;
  complaints: string[];
}

/** Reads `keyword TEXT`; an item of a list is a whole line. */
function read<T>(type: ValueType<T>, text: string, item = false): Read<T> {
  const line = new Line('text', item ? text : `keyword ${text}`.trim(), 'f', 1, 1);
  const words = wordsOf(line);
  const [subject] = words;
  const complaints: string[] = [];
  if (!subject) return { value: undefined, complaints };
  const report = ({ message }: Omit<Diagnostic, 'at'>): void => {
    if (!message.includes('is not acted upon')) complaints.push(message);
  };
  const context = { subject, raw: line.text, report };
  return { value: type.parse(item ? words : words.slice(1), context), complaints };
}

const address4 = fc.ipV4().map(ip);
const address = fc.oneof(address4, fc.ipV6().map(ip));
/** What a word may hold: everything but quotes and line ends. */
const text = fc
  .string({
    minLength: 1,
    unit: fc.oneof(
      fc.constantFrom(..."ab #!{}'\\$/é漢"),
      fc.string({ minLength: 1, maxLength: 1 }),
    ),
  })
  .map((s) => s.replace(/["\n\r\0]/g, '').trim())
  .filter((s) => s !== '');
const name = fc.string({ unit: fc.constantFrom(...'abz019._-:@'), minLength: 1, maxLength: 15 });
const argument = fc
  .string({
    minLength: 1,
    unit: fc.oneof(fc.constantFrom(...'a \'"\\\n\t#{}'), fc.string({ minLength: 1, maxLength: 1 })),
  })
  .map((s) => s.replaceAll('\0', 'x'));
const duration = fc.integer({ min: 0, max: 4_294_967_295 }).map(microseconds);
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
/** The options of a tracker: `reverse` and `noreverse` say nothing without a weight. */
const tracked = (limit: number): fc.Arbitrary<Record<string, unknown>> =>
  fc.oneof(
    fc.constant({ weight: undefined, reverse: false, noreverse: false }),
    fc
      .tuple(fc.integer({ min: -limit, max: limit }), fc.constantFrom('', 'reverse', 'noreverse'))
      .map(([weight, word]) => ({
        weight,
        reverse: word === 'reverse',
        noreverse: word === 'noreverse',
      })),
  );

/** Each value type with the values it may have. */
const types: [string, ValueType<never>, fc.Arbitrary<unknown>, boolean?][] = [];
const add = <T>(
  title: string,
  type: ValueType<T>,
  arbitrary: fc.Arbitrary<unknown>,
  item = false,
): void => void types.push([title, type as unknown as ValueType<never>, arbitrary, item]);
add('word', values.word, text);
add('words', values.words(1, 4), fc.array(text, { minLength: 1, maxLength: 4 }));
add('integer', values.integer(-500, 500), fc.integer({ min: -500, max: 500 }));
add('duration', values.duration(0), duration);
add(
  'whole seconds',
  values.wholeSeconds(0, 4294),
  fc.nat(4294).map((n) => n * 1e6),
);
add('boolean', values.boolean, fc.boolean());
add('choice', values.choice('A', 'B'), fc.constantFrom('A', 'B'));
add('address', values.address, address);
add('multicast', values.multicast(4), fc.constant(ip('239.1.2.3')));
add('interface name', values.interfaceName, name);
add(
  'weight',
  values.weight(253),
  fc.record({ weight: fc.integer({ min: -253, max: 253 }), reverse: fc.boolean() }),
);
add('script user', scriptUser, fc.record({ user: name, group: optional(name) }));
const login = name.filter((s) => !s.includes(':'));
const account = fc.oneof(
  fc.constant({ user: undefined, group: undefined }),
  fc.record({ user: login, group: optional(login) }),
);
const argv = fc.array(argument, { minLength: 1, maxLength: 5 });
add(
  'script',
  scriptCommand,
  fc.tuple(argv, account).map(([words, by]) => ({ argv: words, ...by })),
);
add(
  'interface tracker',
  interfaceTracker,
  fc
    .record({
      interface: name,
      weight: fc.integer({ min: -253, max: 253 }).filter((w) => w !== 0),
      reverse: fc.boolean(),
    })
    .filter((t) => t.weight !== 0 || !t.reverse),
  true,
);
for (const [field, type, limit] of [
  ['script', scriptTracker, 253],
  ['file', fileTracker, 254],
  ['process', processTracker, 254],
  ['bfd', bfdTracker, 253],
] as const) {
  const line = fc.tuple(text, tracked(limit)).map(([of, options]) => ({ [field]: of, ...options }));
  add(`${field} tracker`, type as ValueType<unknown>, line, true);
}
const flags = {
  home: fc.boolean(),
  '-nodad': fc.boolean(),
  mngtmpaddr: fc.boolean(),
  noprefixroute: fc.boolean(),
  autojoin: fc.boolean(),
  no_track: fc.boolean(),
};
const lifetime = optional(
  fc.oneof(
    fc.constant('forever'),
    fc.nat(4_294_967_295).map((s) => seconds(s)),
  ),
);
const vip4 = fc.record({
  address: address4,
  prefix: fc.nat(32),
  broadcast: fc.oneof(fc.constantFrom(undefined, '+', '-'), address4),
  dev: optional(name),
  scope: fc.nat(255),
  label: optional(name),
  peer: optional(address4),
  ...flags,
  preferred_lft: lifetime,
});
const vip6 = fc.record({
  address: fc.ipV6().map(ip),
  prefix: fc.nat(128),
  dev: optional(name),
  scope: fc.constant(0),
  peer: optional(fc.ipV6().map(ip)),
  ...flags,
  preferred_lft: lifetime,
});
/** With a peer there is no prefix length to write. */
const vip = fc
  .oneof(vip4, vip6)
  .map((line) => (line.peer ? { ...line, prefix: fullLength(line.address) } : line));
add(
  'VIP line',
  vipLine,
  fc.tuple(vip, fc.boolean()).map(([line, own]) => ({ ...line, use_vmac: own })),
  true,
);
add(
  'static address line',
  staticAddressLine,
  fc.tuple(vip, optional(text)).map(([line, group]) => ({ ...line, track_group: group })),
  true,
);

describe('value types', () => {
  it.each(types)('%s: parse(print(v)) is v', (_, type, arbitrary, item) => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        const printed = type.print(value as never);
        const { value: again, complaints } = read(type, printed, item);
        expect(complaints).toEqual([]);
        expect(withoutPlaces(again)).toEqual(withoutPlaces(value));
      }),
      { numRuns: 300 },
    );
  });

  it('every type that global_defs uses has a usage and a number of words it needs', () => {
    for (const [field, { type }] of Object.entries(globalDefs.keywords)) {
      if (!type) continue;
      expect(type.least, field).toBeGreaterThanOrEqual(0);
      if (type.least > 0) expect(type.usage, field).not.toBe('');
    }
  });

  it('a password is cut to the bytes that count, and never printed', () => {
    const type = values.passwordOf(8);
    const { value, complaints } = read(type, '123456789');
    expect(value && reveal(value).toString()).toBe('12345678');
    expect(complaints).toEqual(['Truncating keyword to 8 characters']);
    expect(value && type.print(value)).toBe('***');
    expect(read(type, 'pässwört').value?.export().length).toBe(8);
    expect(read(type, '""').value).toBeUndefined();
  });

  it.each([
    ['6x', 6, "invalid number '6x'"],
    ['+6', 6],
    ['" 6"', 6],
    ['x', undefined, "invalid number 'x'"],
    ['""', undefined, "invalid number ''"],
    ['11', undefined, "number '11' outside range [1, 10]"],
    ['11x', undefined, "invalid number '11x'"],
    ['0x5', undefined, "invalid number '0x5'"],
    ['-1', undefined, "number '-1' outside range [1, 10]"],
    [
      '99999999999999999999999',
      undefined,
      "number '99999999999999999999999' outside range [1, 10]",
    ],
  ])('integer(1, 10) reads %s as %s', (given, value, ...complaints) => {
    expect(read(values.integer(1, 10), given)).toEqual({ value, complaints });
  });

  it('a number out of range can stand for another one', () => {
    expect(read(values.integer(1, 255, { outside: 100 }), '0').value).toBe(100);
    expect(read(values.integer(1, 255, { zero: 1 }), '0').value).toBe(1);
    expect(read(values.integer(1, 255, { strict: true }), '7x').value).toBeUndefined();
    expect(read(values.duration(0.001, 10, { zero: 1 }), '0').value).toBe(1_000_000);
  });

  it.each([
    ['1', 1_000_000],
    ['1.', 1_000_000],
    ['.5', 500_000],
    ['+2.25', 2_250_000],
    ['0.000001', 1],
    ['1.2345678', 1_234_568, "number '1.2345678' has too many decimal places"],
    ['1e1', 1_000_000, "invalid number '1e1'"],
    ['1,5', 1_000_000, "invalid number '1,5'"],
    ['-1', undefined, "invalid number '-1'"],
    ['300', undefined, "number '300' outside range [0, 255]"],
    ['.', undefined, "invalid number '.'"],
  ])('duration(0, 255) reads %s as %s microseconds', (given, value, ...complaints) => {
    expect(read(values.duration(0, 255), given)).toEqual({ value, complaints });
  });

  it('whole seconds take the number in front of a fraction', () => {
    expect(read(values.wholeSeconds(0, 10), '1.5')).toEqual({
      value: 1_000_000,
      complaints: ["invalid number '1.5'"],
    });
  });

  it.each([
    ['on', true],
    ['yes', true],
    ['true', true],
    ['', true],
    ['off', false],
    ['no', false],
    ['false', false],
    ['ON', undefined],
    ['1', undefined],
  ])('boolean reads "%s" as %s', (given, value) => {
    expect(read(values.boolean, given).value).toBe(value);
  });

  it.each([
    ['/bin/x', ['/bin/x']],
    ['/bin/x root', ['/bin/x']],
    ['"/bin/x a b"', ['/bin/x', 'a', 'b']],
    ['"/bin/x \'a b\' c"', ['/bin/x', 'a b', 'c']],
    ['\'/bin/x "a b" c\'', ['/bin/x', 'a b', 'c']],
    ['"/bin/x ab\'c d\'e"', ['/bin/x', 'abc de']],
    ['"/bin/x \\x41\\102\\n\\cA\\q\\E"', ['/bin/x', 'AB\n\x01q\x1b']],
    ['"/bin/x \'\'"', ['/bin/x', '']],
    ['"/bin/x a\\ b"', ['/bin/x', 'a b']],
  ])('a script value %s runs %j', (given, argv) => {
    expect(read(scriptCommand, given).value?.argv).toEqual(argv);
  });

  it('user and group stand behind the command', () => {
    const { value } = read(scriptCommand, '"/bin/x a" nobody nogroup');
    expect([value?.user, value?.group]).toEqual(['nobody', 'nogroup']);
  });

  it('a script value without a program is left out, one with a NUL is a mistake', () => {
    expect(read(scriptCommand, '""')).toEqual({
      value: undefined,
      complaints: ['keyword names no program'],
    });
    expect(read(scriptCommand, '"/bin/x \\0"').value).toBeUndefined();
    expect(read(scriptCommand, '"/bin/x').complaints).toEqual([
      'missing terminating " in keyword "/bin/x',
    ]);
  });
});

import fc from 'fast-check';
import type { OptionTable } from '#src/config/option-line.js';
import type { Row } from '#src/config/schema.js';
import type { ValueType } from '#src/config/value-type.js';

/*
 * Text for a value, made from the same usage that the manual shows: so a usage that the parser
 * does not understand fails a test.
 */

const text = (...some: string[]): fc.Arbitrary<string> => fc.constantFrom(...some);
const name = fc.string({ unit: fc.constantFrom(...'abz09_-'), minLength: 1, maxLength: 8 });
/** What a word may hold: a quoted one everything but a quote. */
const anyWord = fc
  .oneof(
    name,
    fc.string({ unit: fc.constantFrom(..."ab #!{}'/é漢=,;"), minLength: 1, maxLength: 9 }),
  )
  .map((s) => `"${s}"`);

/** Words in capitals of which the usage says no more. */
const TERMINALS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  STRING: fc.oneof(name, anyWord),
  WORD: name,
  IPADDR: text('192.0.2.1', '198.51.100.7', '2001:db8::1', 'fe80::1'),
  'MULTICAST-IPADDR': text('239.1.2.3', 'ff02::77', '224.0.0.20'),
  'MULTICAST-IPV4ADDR': text('239.1.2.3', '224.0.0.20'),
  'MULTICAST-IPV6ADDR': text('ff02::77', 'ff05::9'),
  NETMASK: text('255.255.255.0', '255.255.0.0'),
  CPU: text('0', '1', '3'),
  NUMBER: text('022', '0077'),
  '<32 HEX DIGITS>': text('d41d8cd98f00b204e9800998ecf8427e', '0'.repeat(32)),
  IPV4: text('192.0.2.255', '10.0.0.1'),
  IPV6: text('2001:db8::9'),
  PREFIX: fc.nat(32).map(String),
  IFNAME: text('eth0', 'bond0.10', 'a'),
  PORT: fc.integer({ min: 1, max: 65535 }).map(String),
  SCRIPT: text('/bin/true', '"/bin/true a \'b c\'"', '"/usr/bin/test -e \\x41"'),
  USER: text('root', 'nobody'),
  GROUP: text('root', 'nogroup'),
  PATH: text('/tmp/a', '/var/run/x'),
  MAC: text('02:00:00:00:00:01', '0a:1b:2c:3d:4e'),
  TIME: text('300ms', '1.5s', '2sec', '4000'),
  'START-END': text('1-2', '80-443'),
  HEX: text('00ff10', 'c0ffee'),
  LABEL: text('eth0:1', 'vip'),
  LOCATOR: text('1:2:3:4', 'ffff:0:0:1'),
  KEY: text(`hex:${'0f'.repeat(32)}`, 'k'.repeat(64), 'file:/etc/keepalived/key'),
  INTEGER: fc.nat(100).map(String),
  SECONDS: fc.nat(100).map(String),
};

/** A line's words from its type: its options if it has rows, else its usage. */
export function textOf(type: ValueType<unknown>): fc.Arbitrary<string> {
  return type.options ? lineOf(type.options) : grammarText(type.usage);
}

function lineOf({ leading, loose, options }: OptionTable): fc.Arbitrary<string> {
  const of = (row: Row<unknown>): fc.Arbitrary<string> =>
    row.type ? textOf(row.type) : fc.constant('');
  const loosely = Object.values(loose);
  const needed = loosely.filter((row) => row.isRequired).map(of);
  const optional = [
    ...loosely.filter((row) => !row.isRequired).map(of),
    ...Object.entries(options).map(([option, row]) => of(row).map((s) => `${option} ${s}`.trim())),
  ];
  return fc
    .tuple(
      fc.tuple(...(leading ? [of(leading)] : []), ...needed).map((words) => words.join(' ')),
      fc.subarray([...optional.keys()], { maxLength: Math.min(4, optional.length) }),
    )
    .chain(([lead, chosen]) =>
      fc
        .tuple(...chosen.map((i) => optional[i] ?? fc.constant('')))
        .map((words) => [lead, ...words].join(' ').trim()),
    );
}

/** The text that a usage such as `NAME [on|off] | INTEGER 1..9` stands for. */
export function grammarText(usage: string): fc.Arbitrary<string> {
  const tokens = usage.match(/ \| |<[^>]*>|[[\]{}|]|\.\.\.|[^\s[\]{}|<]+/g) ?? [];
  let at = 0;
  const peek = (): string | undefined => tokens[at];

  function alternatives(): fc.Arbitrary<string> {
    const all = [sequence()];
    while (peek() === ' | ') {
      at++;
      all.push(sequence());
    }
    return fc.oneof(...all);
  }
  function sequence(): fc.Arbitrary<string> {
    const items: fc.Arbitrary<string>[] = [];
    for (let token = peek(); token !== undefined && !'|]}'.includes(token.trim()); token = peek()) {
      if (token === '...') at++;
      else items.push(choice());
    }
    return fc
      .tuple(...items)
      .map((parts) =>
        parts
          .reduce((line, part) => (/^[/,]/.test(part) ? line + part : `${line} ${part}`), '')
          .trim(),
      );
  }
  function choice(): fc.Arbitrary<string> {
    const all = [atom()];
    while (peek() === '|') {
      at++;
      all.push(atom());
    }
    return fc.oneof(...all);
  }
  function atom(): fc.Arbitrary<string> {
    const token = tokens[at++] ?? '';
    if (token !== '[' && token !== '{') return terminal(token);
    const inner = alternatives();
    at++;
    return token === '[' ? fc.oneof(fc.constant(''), inner) : inner;
  }
  function terminal(word: string): fc.Arbitrary<string> {
    const range = /^(-?[\d.]*\d)\.\.(-?[\d.]*\d)$/.exec(peek() ?? '');
    const own = /^<?(-?[\d.]*\d)\.\.(-?[\d.]*\d)>?$/.exec(word);
    if (range) at++;
    const [, min, max] = range ?? own ?? [];
    if (min !== undefined && max !== undefined) return numberText(Number(min), Number(max), word);
    if (word.startsWith('/')) return (TERMINALS[word.slice(1)] ?? name).map((s) => `/${s}`);
    const known = TERMINALS[word];
    if (known) return known;
    // A word in capitals is what is to be written, as in PASS|AH, or stands for some word.
    return /^[A-Z][A-Z-]+$/.test(word) ? fc.oneof(fc.constant(word), name) : fc.constant(word);
  }
  return alternatives();
}

const numberText = (min: number, max: number, kind: string): fc.Arbitrary<string> =>
  kind === 'DECIMAL'
    ? fc
        .integer({ min: Math.ceil(min * 1000), max: Math.min(Math.floor(max * 1000), 4e9) })
        .map((n) => String(n / 1000))
    : fc
        .oneof(fc.constantFrom(min, max), fc.integer({ min, max: Math.min(max, 2 ** 40) }))
        .map(String);

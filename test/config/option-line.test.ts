import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { describe, expect, it } from 'vitest';
import { Line, wordsOf } from '#src/config/line.js';
import { named, optionLine } from '#src/config/option-line.js';
import { keyword, repeated } from '#src/config/schema.js';
import type { ValueType } from '#src/config/value-type.js';
import { flag, integer, interfaceName, word } from '#src/config/values.js';

/** `[lock] NUMBER`: one word or two. */
const lockable: ValueType<{ lock: boolean; value: string }> = {
  usage: '[lock] NUMBER',
  least: 1,
  takes: ([first]) => (first?.text === 'lock' ? 2 : 1),
  parse: ([first, second]) =>
    first?.text === 'lock'
      ? second && { lock: true, value: second.text }
      : first && { lock: false, value: first.text },
  print: ({ lock, value }) => `${lock ? 'lock ' : ''}${value}`,
};
const colour: ValueType<string> = { ...word, accepts: (text) => /^(?:red|blue)$/.test(text) };

const spec = {
  leading: keyword(named('interface', interfaceName), 'The interface.'),
  loose: { colour: keyword(colour, 'Its colour.') },
  options: {
    weight: keyword(integer(0, 9), 'Weight.').default(0).alias('heaviness'),
    reverse: keyword(flag, 'About.').default(false).after('weight').undoing('forward'),
    forward: keyword(flag, 'Straight.').default(false).undoing('reverse'),
    mtu: keyword(lockable, 'MTU.'),
    old: keyword(flag, 'Old.').default(false).deprecatedFor('forward'),
    later: keyword(word, 'Later.').refused('not today'),
    hop: repeated(word, 'A hop.'),
  },
};
const line = optionLine(spec);

function read<T>(type: ValueType<T>, text: string) {
  const source = new Line('text', text, 'f', 1, 1);
  const words = wordsOf(source);
  const [subject] = words;
  if (!subject) throw new Error('no words');
  const said: string[] = [];
  const report = ({ at, ...d }: Diagnostic): void =>
    void said.push(`${at?.column ?? '-'} ${d.class}: ${d.message}${d.hint ? ` (${d.hint})` : ''}`);
  const value = type.parse(words, { subject, raw: text, report: (d) => report({ ...d }) });
  return { value, said };
}

describe('a line with options', () => {
  it('reads its leading value, options in any order, and words without a name', () => {
    const { value, said } = read(line, 'eth0 mtu lock 1500 red heaviness 3 reverse hop a hop b');
    expect(said).toEqual([]);
    expect(value).toMatchObject({
      interface: 'eth0',
      colour: 'red',
      weight: 3,
      reverse: true,
      forward: false,
      mtu: { lock: true, value: '1500' },
      hop: ['a', 'b'],
      at: { line: 1, column: 1 },
    });
  });

  it('has the defaults of its rows where nothing is written', () => {
    const { value } = read(line, 'eth0');
    expect(value).toMatchObject({ weight: 0, reverse: false, mtu: undefined, hop: [] });
  });

  it('prints what differs from the defaults, loose values first', () => {
    const { value } = read(line, 'eth0 hop a forward mtu 9 hop b blue weight 0');
    expect(value && line.print(value)).toBe('eth0 blue forward mtu 9 hop a hop b');
  });

  it('takes an opposite back', () => {
    const { value } = read(line, 'eth0 weight 1 reverse forward');
    expect(value).toMatchObject({ reverse: false, forward: true });
  });

  it.each([
    [
      'eth0 weigth 5',
      ["6 general: unknown option 'weigth' - ignoring (did you mean 'weight'?)", /5/],
    ],
    ['eth0 weight', ['6 general: weight lacks its value (weight INTEGER 0..9)']],
    ['eth0 weight 12', [/^13 number: number '12' outside range \[0, 9\]/]],
    ['eth0 reverse', [/^6 general: reverse used before or without weight/]],
    ['eth0 old', ['6 deprecated: old is deprecated - please use forward']],
    ['eth0 later x', ['6 advice: later is not acted upon: not today']],
    ['averyverylonginterface weight 1', [/too long/]],
  ])('%s: says what is wrong, and where', (text, expected) => {
    const { said } = read(line, text);
    expect(said).toEqual(
      expected.map((e) => (typeof e === 'string' ? e : expect.stringMatching(e))),
    );
  });

  it('keeps its other options beside a wrong one, unless that one is essential', () => {
    expect(read(line, 'eth0 weight 12 forward').value).toMatchObject({ weight: 0, forward: true });
    const strict = optionLine({ ...spec, wholly: true });
    expect(read(strict, 'eth0 weight 12 forward').value).toBeUndefined();
    const partly = optionLine({ ...spec, wholly: ['mtu'] });
    expect(read(partly, 'eth0 weight 12').value).toBeDefined();
    expect(read(partly, 'eth0 mtu').value).toBeUndefined();
  });

  it('may be settled, or dropped, by what its options mean together', () => {
    const settled = optionLine({
      ...spec,
      settle: (value) => (value.weight > 5 ? undefined : { ...value, weight: value.weight + 1 }),
    });
    expect(read(settled, 'eth0 weight 2').value).toMatchObject({ weight: 3 });
    expect(read(settled, 'eth0 weight 6').value).toBeUndefined();
  });

  it('shows its rows to the reference', () => {
    expect(line.options?.leading).toBe(spec.leading);
    expect(line.options?.loose).toBe(spec.loose);
    expect(line.options?.options).toBe(spec.options);
    expect(line.usage).toBe(
      'IFNAME [STRING] [weight INTEGER 0..9] [reverse] [forward] [mtu [lock] NUMBER] [old] ' +
        '[later STRING] [hop STRING]',
    );
  });
});

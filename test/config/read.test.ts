import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { describe, expect, it, vi } from 'vitest';
import { dump } from '#src/config/dump.js';
import { parseConfig } from '#src/config/load.js';
import { nearest } from '#src/config/nearest.js';
import { block, keyword, nested, repeated, several, slot } from '#src/config/schema.js';
import { Tables } from '#src/config/table.js';
import { boolean, flag, integer, list, word } from '#src/config/values.js';
import { lexText, loadText } from '#test/support/config.js';

const leaf = block('leaf', {
  doc: 'A checker of sorts.',
  keywords: { size: keyword(integer(1, 9), 'How big.').required() },
});
const tree = block('tree', {
  doc: 'A tree.',
  header: { name: word },
  unique: true,
  survivesUnnamed: true,
  keywords: {
    height: keyword(integer(1, 100, { outside: 50 }), 'In metres.').default(10),
    kind: keyword(word, 'Which.').alias('sort').deprecatedAlias('species'),
    cut: keyword(word, 'By whom.').onlyOnce(),
    planted: keyword(word, 'When.').replacedWithError(),
    stage: keyword(word, 'Young or old.').onlyOnce((a, b) => a === 'old' && b === 'young'),
    green: keyword(flag, 'Has leaves.').default(false).undoing('bare'),
    bare: keyword(flag, 'Has none.').default(false).undoing('green'),
    fruit: keyword(boolean, 'Bears fruit.').after('kind', 'apple', 'pear'),
    ring: repeated(integer(0, 99), 'One a year.'),
    near: keyword(list(word, { words: true }), 'Neighbours.').default([]),
    shade: keyword(word, 'Colour.').refused('nobody paints yet'),
    checks: slot('What is looked at.'),
  },
  check(config, report) {
    if (config.height > 90) report('is too high', { hint: 'at most 90' });
  },
});
const soil = block('soil', { doc: 'Earth.', keywords: { wet: keyword(flag, '').default(false) } });
const forest = block('', {
  doc: 'All of it.',
  keywords: { tree: several(tree), soil: nested(soil).always(), fence: nested(soil) },
});
const tables = new Tables({ checks: [leaf] });

function read(text: string) {
  const said: string[] = [];
  const { lines, limits } = lexText(text, (d) => said.push(d.message));
  const report: Report = (d) => said.push(`${d.message}${d.hint ? ` [${d.hint}]` : ''}`);
  const config = parseConfig(lines, forest, { report, tables, limits });
  return { config, said };
}
const one = (lines: string) => {
  const { config, said } = read(`tree a {\n${lines}\n}\n`);
  return { tree: config.tree[0], said };
};

describe('a block', () => {
  it('has its header, its values, its defaults and its place', () => {
    expect(one('kind oak').tree).toEqual({
      name: 'a',
      kind: 'oak',
      height: 10,
      green: false,
      bare: false,
      ring: [],
      near: [],
      checks: [],
      at: { file: 'f', line: 1, column: 1, length: 6 },
    });
  });

  it('of the same name a second time is skipped whole', () => {
    const { config, said } = read('tree a {\n kind oak\n}\ntree a {\n kind elm\n height 0\n}\n');
    expect(config.tree.map((t) => t.kind)).toEqual(['oak']);
    expect(said).toEqual(['tree a already defined - ignoring this block']);
  });

  it('without its name is skipped', () => {
    expect(read('tree {\n kind oak\n}\n')).toMatchObject({
      config: { tree: [] },
      said: ['tree must have a name - ignoring this block'],
    });
  });

  it('that is always there has its defaults; one that is not is undefined', () => {
    expect(read('').config).toMatchObject({ soil: { wet: false }, fence: undefined });
  });

  it('that stands twice is one', () => {
    const { config } = read('soil {\n wet\n}\nsoil {\n}\n');
    expect(config.soil.wet).toBe(true);
  });

  it('of another part stands in its slot; without what it requires it is left out', () => {
    expect(one('leaf { size 3 }\nleaf { }').tree?.checks).toMatchObject([
      { keyword: 'leaf', config: { size: 3 } },
    ]);
    expect(one('leaf { }').said).toEqual(['leaf: no size given - ignoring the block [How big.]']);
  });

  it('is checked as a whole', () => {
    expect(one('height 95').said).toEqual(['(a) is too high [at most 90]']);
  });
});

describe('a keyword', () => {
  it('out of range keeps the default, or what its row says', () => {
    expect(one('height 0').tree?.height).toBe(50);
    expect(one('height 7').tree?.height).toBe(7);
  });

  it('has other names, and old ones that warn', () => {
    expect(one('sort elm')).toMatchObject({ tree: { kind: 'elm' }, said: [] });
    expect(one('species elm')).toMatchObject({
      tree: { kind: 'elm' },
      said: ["species is deprecated - please use 'kind'"],
    });
  });

  it('twice: the last counts, or the first with an error, or the last with an error', () => {
    expect(one('kind oak\nkind elm')).toMatchObject({ tree: { kind: 'elm' }, said: [] });
    expect(one('cut x\ncut y').tree?.cut).toBe('x');
    expect(one('cut x\ncut y').said).toEqual([
      '(a) cut already specified - ignoring [the first one counts]',
    ]);
    expect(one('planted x\nplanted y').tree?.planted).toBe('y');
    expect(one('planted x\nplanted y').said).toHaveLength(1);
  });

  it('written alike in many blocks means the same, and is a mistake as often', () => {
    const lines = 'green\nheight 0\nkind oak\nspecies elm\nring 1\nring 1\ncut x\nbare';
    const { config, said } = read(`tree a {\n${lines}\n}\ntree b {\n${lines}\n}\n`);
    const [a, b] = config.tree;
    expect(a).toMatchObject({ height: 50, kind: 'elm', ring: [1, 1], green: false, bare: true });
    expect({ ...b, name: 'a', at: a?.at }).toEqual(a);
    expect(said.filter((text) => text.includes('species'))).toHaveLength(2);
    expect(said.filter((text) => text.includes('outside range'))).toHaveLength(2);
  });

  it('of many blocks makes nothing that nobody asks for: no name, no list of its own', () => {
    const print = vi.spyOn(word, 'print');
    const { config, said } = read('tree a {\nheight 5\n}\ntree b {\nheight 5\nheight 6\n}\n');
    expect(said).toEqual([]);
    const [a, b] = config.tree;
    expect(a?.near).toBe(b?.near);
    expect(Object.isFrozen(a?.near)).toBe(true);
    // Names given once are compared, each as it is printed.
    expect(print).toHaveBeenCalledTimes(2);
    print.mockRestore();
  });

  it('may refuse only some second values', () => {
    expect(one('stage old\nstage young')).toMatchObject({ tree: { stage: 'old' } });
    expect(one('stage young\nstage old')).toMatchObject({ tree: { stage: 'old' }, said: [] });
    expect(one('stage old\nstage old').said).toEqual([]);
  });

  it('undoes its opposite', () => {
    expect(one('green\nbare').tree).toMatchObject({ green: false, bare: true });
    expect(one('bare\ngreen').tree).toMatchObject({ green: true, bare: false });
  });

  it('means nothing before the keyword it needs', () => {
    expect(one('kind pear\nfruit').tree?.fruit).toBe(true);
    expect(one('fruit\nkind pear').tree?.fruit).toBeUndefined();
    expect(one('kind oak\nfruit').said).toEqual([
      '(a) fruit used before or without kind apple or pear - ignoring',
    ]);
  });

  it('that is repeatable gathers, and so do lists', () => {
    expect(one('ring 1\nring 2\nnear { b c\n d }\nnear { e }').tree).toMatchObject({
      ring: [1, 2],
      near: ['b', 'c', 'd', 'e'],
    });
  });

  it('that is not acted upon is read, and said', () => {
    expect(one('shade blue')).toMatchObject({
      tree: { shade: 'blue' },
      said: ['shade is not acted upon: nobody paints yet'],
    });
  });

  it('without its argument is fatal, and the rest is read all the same', () => {
    expect(one('kind\nheight 3')).toMatchObject({
      tree: { height: 3 },
      said: ['kind is missing a parameter: kind STRING'],
    });
  });

  it('is looked for among its like, and in other blocks', () => {
    expect(one('heigth 3').said).toEqual(["Unknown keyword 'heigth' [did you mean 'height'?]"]);
    expect(one('size 3').said).toEqual([
      "Unknown keyword 'size' ['size' belongs in block tree/leaf]",
    ]);
    expect(one('xyz 3').said).toEqual(["Unknown keyword 'xyz'"]);
  });
});

describe('the nearest name', () => {
  it.each([
    ['intreface', 'interface'],
    ['prioritty', 'priority'],
    ['virtual_ipadress', 'virtual_ipaddress'],
    ['x', undefined],
    ['something', undefined],
  ])('of %s is %s', (name, meant) => {
    expect(nearest(name, ['interface', 'priority', 'virtual_ipaddress', 'state'])).toBe(meant);
  });
});

describe('the normal form', () => {
  it('has what differs from the defaults, in the order of the table, and reads the same', () => {
    const { config } = read(
      'soil { wet }\ntree "a b" {\n ring 2\n near { c\n d }\n species oak\n height 10\n ring 1\n leaf { size 2 } }\n',
    );
    const text = dump(forest, config, tables);
    expect(text.split('\n')).toEqual([
      'tree "a b" {',
      '  kind oak',
      '  ring 2',
      '  ring 1',
      '  near {',
      '    c',
      '    d',
      '  }',
      '  leaf {',
      '    size 2',
      '  }',
      '}',
      'soil {',
      '  wet',
      '}',
      '',
    ]);
    expect(dump(forest, read(text).config, tables)).toBe(text);
  });
});

describe('a name of a block that was left out', () => {
  it('is taken out where it is mentioned, and told of once', () => {
    const text = `bfd_instance b {
  multiplier 3
}
vrrp_instance V {
  interface eth0
  virtual_router_id 1
  virtual_ipaddress {
    192.0.2.1/24
  }
  track_bfd {
    b
  }
}
`;
    const { config, diagnostics } = loadText(text);
    expect(config.bfd_instance).toEqual([]);
    expect(config.vrrp_instance[0]?.track_bfd).toEqual([]);
    const mistakes = diagnostics.filter(({ severity }) => severity === 'error');
    expect(mistakes.map(({ message }) => message)).toEqual([
      '(b): no neighbor_ip given - ignoring the block',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { type Oid, oid, oidText } from '#src/snmp/oid.js';
import { column, numbered, scalars, Tree, table, within, writable } from '#src/snmp/tree.js';
import { integer, text } from '#src/snmp/value.js';

interface Person {
  name: string;
  age: number | undefined;
}
interface House {
  people: readonly Person[];
  street: string;
}

const people = table<House, Person, string>({
  entry: oid('1.5.1'),
  rows: (house) => numbered(house.people),
  columns: [
    column(2, 'name', text, (p) => p.name),
    writable<Person, string>(
      column(3, 'age', integer, (p) => p.age),
      (p, value) =>
        value.type === 'integer'
          ? { apply: `${p.name} ${value.value}`, undo: `${p.name} ${p.age}` }
          : 'wrong-type',
    ),
  ],
});
const address = table<House, House, string>(
  scalars<House>(oid('1'), [
    column(1, 'street', text, (house) => house.street),
    column(9, 'size', integer, (house) => house.people.length),
  ]),
);
const tree = new Tree<House, string>([people, address]);
const house: House = {
  street: 'Elm',
  people: [
    { name: 'Ann', age: undefined },
    { name: 'Bob', age: 5 },
  ],
};

/** All that a walk from `start` finds. */
function walk(start: Oid, end: Oid = []): string[] {
  const found: string[] = [];
  for (let at = start; ; ) {
    const next = tree.next(house, at, false, end);
    if (!next) return found;
    found.push(`${oidText(next.oid)}=${'value' in next.value ? next.value.value : ''}`);
    at = next.oid;
  }
}

describe('a tree of MIB tables', () => {
  it('is walked in the order of OIDs, past objects that a row does not have', () => {
    expect(walk(oid('1'))).toEqual([
      '1.1.0=Elm',
      '1.5.1.2.1=Ann',
      '1.5.1.2.2=Bob',
      '1.5.1.3.2=5',
      '1.9.0=2',
    ]);
  });

  it('is walked from anywhere, and not beyond the end that is asked for', () => {
    expect(walk(oid('1.5.1.2.1'))).toHaveLength(3);
    expect(walk(oid('1.5.1.2.1.7'))).toHaveLength(3);
    expect(walk(oid('1.5'), oid('1.5.1.3'))).toHaveLength(2);
    expect(walk(oid('1.9.0'))).toEqual([]);
    expect(walk(oid('2'))).toEqual([]);
  });

  it('gives the start itself only where that is included', () => {
    const start = oid('1.5.1.2.1');
    expect(tree.next(house, start, true, [])?.oid).toEqual(start);
    expect(tree.next(house, start, false, [])?.oid).toEqual(oid('1.5.1.2.2'));
  });

  it('tells what there is not: no such object, or no such instance of it', () => {
    expect(tree.get(house, oid('1.5.1.3.2'))).toEqual(integer(5));
    expect(tree.get(house, oid('1.5.1.3.1'))).toBe('no-such-instance');
    expect(tree.get(house, oid('1.5.1.2.3'))).toBe('no-such-instance');
    expect(tree.get(house, oid('1.5.1.2'))).toBe('no-such-instance');
    expect(tree.get(house, oid('1.5.1.4.1'))).toBe('no-such-object');
    expect(tree.get(house, oid('1.7.0'))).toBe('no-such-object');
  });

  it('sets only what may be set, and can take it back', () => {
    const change = tree.set(house, oid('1.5.1.3.2'), integer(6));
    expect(change).toEqual({ apply: 'Bob 6', undo: 'Bob 5' });
    expect(tree.set(house, oid('1.5.1.3.2'), text('6'))).toBe('wrong-type');
    expect(tree.set(house, oid('1.5.1.2.2'), text('Eve'))).toBe('not-writable');
    expect(tree.set(house, oid('1.5.1.3.1'), integer(6))).toBe('no-creation');
    expect(tree.set(house, oid('1.7.0'), integer(6))).toBe('no-access');
  });

  it('has tables of a part only while there is that part', () => {
    const street = new Tree<{ house: House | undefined }, string>(
      within([people], (view: { house: House | undefined }) => view.house),
    );
    expect(street.get({ house }, oid('1.5.1.3.2'))).toEqual(integer(5));
    expect(street.get({ house: undefined }, oid('1.5.1.3.2'))).toBe('no-such-instance');
  });
});

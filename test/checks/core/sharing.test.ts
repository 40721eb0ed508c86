import { expect, it } from 'vitest';
import { sharing } from '#checks/core/sharing.js';

it('gives one object for equal values, however long ago the first was', () => {
  const share = sharing();
  const value = (n: number): { n: number; inner: { list: number[]; none?: undefined } } => ({
    n,
    inner: { list: [n, 1] },
  });
  const first = share(value(0));
  expect(share(value(0))).toBe(first);
  const others = Array.from({ length: 20 }, (_, n) => share(value(n + 1)));
  expect(new Set(others).size).toBe(20);
  expect(share(value(0))).toBe(first);
  expect(share(value(20))).toBe(others[19]);
});

it('tells apart what differs inside, in its names or in its length', () => {
  const share = sharing();
  const values = [
    { a: { b: 1 } },
    { a: { b: 2 } },
    { a: { c: 1 } },
    { a: { b: 1, c: 1 } },
    { a: [1] },
  ];
  const shared = values.map((value) => share<object>(value));
  expect(shared).toEqual(values);
  expect(new Set(shared).size).toBe(values.length);
});

import { inspect } from 'node:util';
import { reveal, secret } from '@keepalived-ts/base/secret.js';
import { expect, it } from 'vitest';

it('a secret can be revealed on purpose only, also after it was cloned for a thread', () => {
  const password = secret('hunter2');
  const holder = { auth_pass: password };
  const printed = [
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true }),
    `${password}`,
  ];
  expect(printed.filter((text) => /hunter2|68756e7465|aHVudGVyMg/.test(text))).toEqual([]);
  expect(reveal(password).toString()).toBe('hunter2');
  expect(reveal(structuredClone(holder).auth_pass).toString()).toBe('hunter2');
});

it('equal secrets are equal', () => {
  expect(secret('a').equals(secret('a'))).toBe(true);
  expect(secret('a').equals(secret('b'))).toBe(false);
});

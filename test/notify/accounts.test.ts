import { expect, test } from 'vitest';
import { Accounts, lookupIn } from '#src/notify/accounts.js';

const databases: Record<string, string> = {
  'passwd:ops': 'ops:x:1000:100:Operators:/home/ops:/bin/sh',
  'group:ha': 'ha:x:200:',
  'passwd:keepalived_script': 'keepalived_script:x:990:990::/:/bin/false',
};
const self = { uid: 0, gid: 0 };
const lookup = (database: string, name: string): string | undefined =>
  name === 'keepalived_script' ? undefined : databases[`${database}:${name}`];

test('without script_user programs run as we do', () => {
  const accounts = new Accounts(undefined, self, lookup);
  expect(accounts.isOwn).toBe(true);
  expect(accounts.resolve(undefined, undefined)).toEqual(self);
});

test('the user keepalived_script is taken when it exists', () => {
  const accounts = new Accounts(
    undefined,
    self,
    (database, name) => databases[`${database}:${name}`],
  );
  expect(accounts.isOwn).toBe(false);
  expect(accounts.resolve(undefined, undefined)).toEqual({ uid: 990, gid: 990 });
});

test('script_user decides for programs that name nobody, with its group', () => {
  const accounts = new Accounts(['ops', 'ha'], self, lookup);
  expect(accounts.resolve(undefined, undefined)).toEqual({ uid: 1000, gid: 200 });
});

test('a user of its own brings its own group', () => {
  const accounts = new Accounts(['nobody', 'ha'], self, lookup);
  expect(accounts.resolve('ops', undefined)).toEqual({ uid: 1000, gid: 100 });
  expect(accounts.resolve('ops', 'ha')).toEqual({ uid: 1000, gid: 200 });
});

test('unknown names are told', () => {
  const accounts = new Accounts(['ghost'], self, lookup);
  expect(accounts.resolve(undefined, undefined)).toBe('unknown user ghost');
  expect(accounts.resolve('ops', 'none')).toBe('unknown group none');
});

test('root is found in the real database', () => {
  expect(new Accounts(['root'], { uid: 7, gid: 7 }).resolve(undefined, undefined)).toEqual(self);
});

test('a machine without databases knows nobody, and programs run as we do', () => {
  const accounts = new Accounts(undefined, self, lookupIn('/nonexistent'));
  expect(accounts.resolve(undefined, undefined)).toEqual(self);
  expect(accounts.resolve('no such user', undefined)).toBe('unknown user no such user');
});

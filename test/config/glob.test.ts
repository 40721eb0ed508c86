import { describe, expect, it } from 'vitest';
import { type Folders, glob } from '#src/config/glob.js';

const tree: Record<string, readonly string[]> = {
  '.': ['a.conf', 'b.conf', '.hidden.conf', 'sub', 'x[1].conf'],
  sub: ['c.conf', 'd.txt'],
  '/': ['etc'],
  '/etc': ['keepalived'],
  '/etc/keepalived': ['keepalived.conf', 'vips-1.conf', 'vips-2.conf', 'vips-a.conf'],
};
const paths = new Set(
  Object.entries(tree).flatMap(([folder, names]) =>
    names.map((name) => (folder === '.' ? name : `${folder.replace(/\/$/, '')}/${name}`)),
  ),
);
const folders: Folders = {
  list: (folder) => tree[folder],
  exists: (path) => paths.has(path),
};

describe('glob(3) with braces', () => {
  it.each([
    ['a.conf', ['a.conf']],
    ['nosuch.conf', []],
    ['*.conf', ['a.conf', 'b.conf', 'x[1].conf']],
    ['.h*', ['.hidden.conf']],
    ['?.conf', ['a.conf', 'b.conf']],
    ['*/*.conf', ['sub/c.conf']],
    [
      '/etc/keepalived/vips-[0-9].conf',
      ['/etc/keepalived/vips-1.conf', '/etc/keepalived/vips-2.conf'],
    ],
    ['/etc/keepalived/vips-[!0-9].conf', ['/etc/keepalived/vips-a.conf']],
    ['/etc/*/keepalived.conf', ['/etc/keepalived/keepalived.conf']],
    ['{b,a}.conf', ['b.conf', 'a.conf']],
    ['{a,sub/{c,d}}.conf', ['a.conf', 'sub/c.conf']],
    ['x\\[1\\].conf', ['x[1].conf']],
    ['[z-a].conf', []],
    ['[', []],
    ['{a', []],
    ['', []],
    ['(a).conf', []],
  ])('%s', (pattern, found) => expect(glob(pattern, folders)).toMatchObject({ files: found }));

  it('braces that multiply end', () => {
    expect(glob('{a,b}'.repeat(40), folders).files).toEqual([]);
  });

  it.each([
    ['{a,z,y}.conf', ['z.conf', 'y.conf']],
    ['z*', ['z*']],
    ['{a,b}.conf', []],
  ])('%s lacks', (pattern, missing) => {
    expect(glob(pattern, folders).missing).toEqual(missing);
  });

  it.each([
    ['nowhere/*.conf', true],
    ['*/nothing', true],
    ['{a,z}.conf', true],
    ['z*', false],
    ['z{a,b}*', false],
    ['a.conf', false],
  ])('%s: whether a name or folder is not there: %s', (pattern, lacks) => {
    expect(glob(pattern, folders).lacks).toBe(lacks);
  });

  it('stars that multiply end', () => {
    const started = process.cpuUsage();
    const one: Folders = { list: () => ['a'.repeat(250)], exists: () => true };
    expect(glob(`${'*a'.repeat(120)}*b`, one).files).toEqual([]);
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
    const many: Folders = {
      list: () => Array.from({ length: 100 }, (_, i) => `${i}`),
      exists: () => true,
    };
    expect(glob('/*/*/*/*/*', many).files).toEqual([]);
  });
});

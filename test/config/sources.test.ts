// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are names of the configuration language
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reveal } from '@keepalived-ts/base/secret.js';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCode, isUsable } from '#src/config/exit-code.js';
import { systemFiles } from '#src/config/files.js';
import { MOST_BYTES } from '#src/config/limits.js';
import { type Loaded, loadConfiguration } from '#src/daemon/load.js';
import { checkers, loadText } from '#test/support/config.js';
import { filesOf } from '#test/support/text-files.js';

const folder = mkdtempSync(join(tmpdir(), 'config-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const load = (path: string): Loaded => loadConfiguration(path, { files: systemFiles, checkers });
const messages = ({ diagnostics }: { diagnostics: Loaded['diagnostics'] }): string[] =>
  diagnostics.map((d) => `${d.severity} ${d.class}: ${d.message}`);

describe('include', () => {
  it('splices a file in place, also inside a block, and places stay in their file', () => {
    const loaded = loadText('vrrp_instance V {\n include part.conf\n priority 50\n}\n', {
      'part.conf': 'interface eth0\nvirtual_router_id 300\nvirtual_router_id 7\n',
    });
    expect(loaded.config.vrrp_instance[0]).toMatchObject({
      interface: 'eth0',
      virtual_router_id: 7,
      priority: 50,
    });
    expect(loaded.diagnostics.map((d) => [d.at?.file, d.at?.line])).toEqual([['part.conf', 2]]);
  });

  it('reads all files that a pattern matches', () => {
    const loaded = loadText('include parts/*\n', {
      'parts/a': 'vrrp_script a {\n script /bin/a\n}\n',
      'parts/b': 'vrrp_script b {\n script /bin/b\n}\n',
    });
    expect(loaded.config.vrrp_script.map((s) => s.name)).toEqual(['a', 'b']);
  });

  it('that matches nothing is a remark; of includea it is keepalived’s security level', () => {
    const plain = loadText('include nosuch\n');
    expect(messages(plain)).toEqual(['warning remark: no file matches nosuch']);
    expect(exitCode(plain.diagnostics)).toBe(0);
    expect(exitCode(loadText('includea nosuch\n').diagnostics)).toBe(6);
  });

  it('of itself ends', () => {
    const loaded = loadText('include test.conf\nglobal_defs {\n router_id a\n}\n');
    expect(loaded.config.global_defs.router_id).toBe('a');
    expect(messages(loaded)).toEqual(['error general: test.conf not included: it includes itself']);
  });

  it('of a long chain ends', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`f${i}`, `include f${i + 1}\n`]),
    );
    const loaded = loadText('include f0\n', { ...chain, f100: '' });
    expect(messages(loaded)).toEqual([expect.stringContaining('more than 32 deep')]);
  });

  it('of files that each include two others ends', () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`f${i}`, `include f${i + 1}\n`.repeat(2)]),
    );
    const reader = filesOf({ ...files, f30: `${'x'.repeat(1000)}\n` });
    const loaded = loadConfiguration('f0', { files: reader, checkers });
    expect(messages(loaded)).toContainEqual(expect.stringContaining('more than 10000 files'));
    expect(isUsable(loaded.diagnostics)).toBe(false);
  }, 60_000);
});

describe('files', () => {
  it('relative names are seen from the file that includes them', () => {
    mkdirSync(join(folder, 'sub'));
    write('sub/part.conf', 'global_defs {\n router_id part\n}\n');
    write('sub/main.conf', 'include part.conf\n');
    expect(load(write('outer.conf', 'include sub/main.conf\n')).config.global_defs.router_id).toBe(
      'part',
    );
  });

  it('a missing file is said, and is no error of -t; but nothing can run by it', () => {
    const loaded = load(join(folder, 'nosuch.conf'));
    expect(messages(loaded)[0]).toContain('Unable to find configuration file');
    expect(exitCode(loaded.diagnostics)).toBe(0);
    expect(isUsable(loaded.diagnostics)).toBe(false);
  });

  it.each([
    ['a folder', () => folder, 'not a regular file'],
    [
      'an executable',
      () => {
        const path = write('x.conf', '');
        chmodSync(path, 0o755);
        return path;
      },
      'executable',
    ],
    [
      '50 MB',
      () => {
        const path = write('huge.conf', '');
        truncateSync(path, 50 * 2 ** 20);
        return path;
      },
      `it has 52428800 bytes, and all files together may have ${MOST_BYTES}`,
    ],
  ])('%s is refused', (_, make, why) => {
    const loaded = load(make());
    expect(messages(loaded)).toEqual([expect.stringContaining(why)]);
    expect(exitCode(loaded.diagnostics)).toBe(4);
  });

  it('Latin-1 is read byte by byte, UTF-8 by characters', () => {
    const line = 'global_defs {\n router_id gr\u00fcn\n}\n';
    expect(load(write('l1.conf', Buffer.from(line, 'latin1'))).config.global_defs.router_id).toBe(
      'grün',
    );
    expect(load(write('u8.conf', Buffer.from(line))).config.global_defs.router_id).toBe('grün');
  });

  it('several files by a pattern are read in order, with a warning', () => {
    write('m1.conf', 'vrrp_script a {\n script /bin/a\n}\n');
    write('m2.conf', 'vrrp_script b {\n script /bin/b\n}\n');
    const loaded = load(join(folder, 'm[12].conf'));
    expect(loaded.config.vrrp_script.map((s) => s.name)).toEqual(['a', 'b']);
    expect(exitCode(loaded.diagnostics)).toBe(5);
  });
});

describe('sizes', () => {
  it('a line has at most 1022 bytes; the rest is read as another line', () => {
    const loaded = loadText(`# ${'x'.repeat(1021)}router_id\n# ${'é'.repeat(300)}\n`);
    expect(messages(loaded)).toEqual([
      'error general: line too long',
      "error unknown-keyword: Unknown keyword 'router_id'",
    ]);
  });

  it('a line of millions of bytes is read in no time', () => {
    const started = process.cpuUsage();
    loadText(`${'x'.repeat(4_000_000)}\n`);
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  });

  it('more lines than a configuration can have are refused, and mistakes are counted', () => {
    const loaded = loadText('x\n'.repeat(2_500_000));
    expect(loaded.diagnostics.length).toBeLessThan(5000);
    expect(messages(loaded)).toContainEqual(expect.stringContaining('more than 2000000 lines'));
    expect(messages(loaded)).toContainEqual(expect.stringContaining('more mistakes are not shown'));
    expect(isUsable(loaded.diagnostics)).toBe(false);
  });

  it('deep nesting is no recursion', () => {
    expect(loadText('{'.repeat(500).concat('\n').repeat(15)).config.vrrp_instance).toEqual([]);
    expect(
      loadText('virtual_server 10.0.0.1 80 {\n'.repeat(9_000)).config.virtual_server.length,
    ).toBe(1);
    expect(loadText('vrrp_sync_group G {\n'.repeat(9_000)).config.vrrp_instance).toEqual([]);
  });

  it('NUL bytes: the line is dropped', () => {
    const loaded = loadText('global_defs {\n router_id a\0b\n router_id c\n}\n');
    expect(loaded.config.global_defs.router_id).toBe('c');
    expect(messages(loaded)).toEqual([expect.stringContaining('NUL')]);
  });
});

describe('the preprocessor and the world', () => {
  it('asks for the environment, the folder and the configuration id', () => {
    const text = '@me global_defs {\nrouter_id ${_ENV NAME}_${_INSTANCE}_${_PWD}\n}\n';
    const surroundings = { configId: 'me', environment: { NAME: 'n' } };
    const { config } = loadText(text, {}, { surroundings });
    expect(config.global_defs.router_id).toBe('n_me_/etc/keepalived');
  });

  it('a password of Latin-1 stays what its bytes are', () => {
    const lines =
      'interface e\nvirtual_router_id 1\nauthentication {\nauth_type PASS\nauth_pass gr\u00fcn\n}\n';
    const text = `vrrp_instance V {\n${lines}}\n`;
    const bytesOf = (encoding: 'latin1' | 'utf8'): number[] => {
      const { config } = load(write('pass.conf', Buffer.from(text, encoding)));
      const password = config.vrrp_instance[0]?.authentication?.auth_pass;
      return password ? [...reveal(password)] : [];
    };
    expect(bytesOf('latin1')).toEqual([0x67, 0x72, 0xfc, 0x6e]);
    expect(bytesOf('utf8')).toEqual([0x67, 0x72, 0xc3, 0xbc, 0x6e]);
  });

  it('-e makes every include that lacks something a mistake, include_check those it names', () => {
    const strict = loadText('include nope\n', {}, { checksIncludes: true });
    expect(exitCode(strict.diagnostics)).toBe(6);
    expect(isUsable(strict.diagnostics)).toBe(false);
    const check = (words: string): number =>
      exitCode(loadText(`global_defs {\ninclude_check ${words}\n}\ninclude nope\n`).diagnostics);
    expect([check('match'), check('wildcard_match'), check('')]).toEqual([6, 0, 6]);
  });
});

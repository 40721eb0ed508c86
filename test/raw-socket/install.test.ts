import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src/raw-socket', import.meta.url));
const workshop = mkdtempSync(join(tmpdir(), 'raw-socket-install-'));
const copy = join(workshop, 'package');
const addon = join(copy, 'build/raw_socket.node');
const require = createRequire(import.meta.url);

/** A copy of what is published, with the headers it depends on. */
beforeEach(() => {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(join(copy, 'node_modules'), { recursive: true });
  for (const name of ['native', 'install.mjs', 'package.json']) {
    cpSync(join(source, name), join(copy, name), { recursive: true });
  }
  const headers = dirname(require.resolve('node-api-headers/package.json'));
  symlinkSync(headers, join(copy, 'node_modules/node-api-headers'));
});
afterAll(() => rmSync(workshop, { recursive: true }));

function install(env: NodeJS.ProcessEnv): { status: number | null; stderr: string } {
  const options = { cwd: copy, env, encoding: 'utf8', timeout: 60_000 } as const;
  return spawnSync(process.execPath, ['install.mjs'], options);
}

/** A directory with these programs and nothing else. */
function only(...programs: string[]): string {
  const bin = mkdtempSync(join(workshop, 'bin-'));
  for (const program of programs) {
    const places = (process.env.PATH ?? '').split(delimiter).map((place) => join(place, program));
    const found = places.find((file) => existsSync(file));
    if (found) symlinkSync(found, join(bin, program));
  }
  return bin;
}

describe('installing the package', () => {
  it('needs a C compiler and nothing else: no make, no python, no uv.h', {
    timeout: 60_000,
  }, () => {
    expect(install({ PATH: only('cc', 'as', 'ld') })).toMatchObject({ status: 0, stderr: '' });
    const fresh = `const { open } = require(${JSON.stringify(addon)}); console.log(typeof open)`;
    const { stdout } = spawnSync(process.execPath, ['-e', fresh], { encoding: 'utf8' });
    expect(stdout).toBe('function\n');
  });

  it('without one fails and says what to install', () => {
    const { status, stderr } = install({ PATH: only() });
    expect(status).toBe(1);
    expect(stderr).toContain('No C compiler found (tried cc, gcc, clang).');
    expect(stderr).toContain('apt-get install gcc libc6-dev');
  });

  it('respects CC, and shows what the compiler had to say', { timeout: 60_000 }, () => {
    expect(install({ PATH: process.env.PATH, CC: 'no-such-cc' }).stderr).toContain(
      'No C compiler found (tried no-such-cc).',
    );
    const { status, stderr } = install({ PATH: process.env.PATH, CC: 'cc -Dnapi_env=1' });
    expect(status).toBe(1);
    expect(stderr).toContain('cc could not compile the addon:');
    expect(stderr).toContain('error:');
  });

  it('builds again only when something changed', { timeout: 60_000 }, () => {
    const env = { PATH: process.env.PATH };
    expect(install(env).status).toBe(0);
    const built = (): number => statSync(addon).mtimeMs;
    const first = built();
    expect(install(env).status).toBe(0);
    expect(built()).toBe(first);
    appendFileSync(join(copy, 'native/addon.c'), '/* changed */\n');
    expect(install(env).status).toBe(0);
    expect(built()).toBeGreaterThan(first);
  });

  it('publishes its C sources and its install script', () => {
    const { files, scripts } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
    expect(files).toEqual(expect.arrayContaining(['dist', 'native', 'install.mjs']));
    expect(scripts.install).toBe('node install.mjs');
  });

  it('the addon stays below 720 lines of C', () => {
    const { stdout } = spawnSync('sh', ['-c', 'cat native/* | wc -l'], {
      cwd: source,
      encoding: 'utf8',
    });
    expect(Number(stdout)).toBeLessThan(720);
  });
});

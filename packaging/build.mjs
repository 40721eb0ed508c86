#!/usr/bin/env node
/**
 * The build: the addon, TypeScript into dist/, then the daemon's modules joined into dist/program/.
 *
 * A thread that loads one file instead of seventy is ready 80 ms earlier, in User Mode Linux a
 * second; so much sooner it holds the VIP. The checkers stay files of their own in a folder that
 * is read at start, as in the sources, and share the modules that they and the threads use.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
// Nothing happens when the addon is of these sources already.
const addon = spawnSync(process.execPath, [join(root, 'src/raw-socket/install.mjs')], {
  stdio: 'inherit',
});
if (addon.status !== 0) process.exit(1);
const compiled = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-b'], {
  cwd: root,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(1);
const built = (await readdir(join(root, 'dist'), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.name.endsWith('.js') && !entry.parentPath.includes('dist/program'))
  .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
const packages = ['src/base', 'src/raw-socket', 'src/netlink', 'lvs/ipvs-netlink'].map(
  (folder) => statSync(join(root, folder, 'dist/tsconfig.tsbuildinfo')).mtimeMs,
);
const program = join(root, 'dist/program/cli.js');
const me = statSync(fileURLToPath(import.meta.url)).mtimeMs;
if (existsSync(program) && statSync(program).mtimeMs > Math.max(me, ...built, ...packages)) {
  process.exit(0);
}
const checkers = (await readdir(join(root, 'dist/checks/checkers'))).filter((f) =>
  f.endsWith('.js'),
);

/** Where modules look for files beside them, and where these are in dist/program/. */
const places = {
  '../../vrrp/shell/worker.js': './vrrp.js',
  '../../checks/shell/worker.js': './check.js',
  '../checkers/': './checkers/',
};

const moved = {
  name: 'moved-files',
  transform(code) {
    return code.replace(/new URL\('([^']+)', import\.meta\.url\)/g, (_, path) => {
      if (!(path in places)) throw new Error(`bundle: where is ${path} in dist/program/?`);
      return `new URL('${places[path]}', import.meta.url)`;
    });
  },
};

const bundle = await rolldown({
  cwd: root,
  input: {
    cli: 'dist/src/daemon/cli.js',
    vrrp: 'dist/vrrp/shell/worker.js',
    check: 'dist/checks/shell/worker.js',
    ...Object.fromEntries(
      checkers.map((f) => [`checkers/${basename(f, '.js')}`, `dist/checks/checkers/${f}`]),
    ),
  },
  platform: 'node',
  // What is not ours; the addon itself is found by the name of its package.
  external: [/^node:/, 'nodemailer', 'pino', 'yargs', /^yargs\//],
  plugins: [moved],
});
rmSync(join(root, 'dist/program'), { recursive: true, force: true });
await bundle.write({
  dir: join(root, 'dist/program'),
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  // Each file costs a thread's start, so what all share is one, and what threads share another.
  codeSplitting: {
    groups: [
      { name: 'base', test: /\/src\/base\/dist\//, minShareCount: 2 },
      {
        name: 'kernel',
        test: /\/(raw-socket|netlink)\/dist\/|\/dist\/src\/ipc\//,
        minShareCount: 2,
      },
    ],
  },
});
await bundle.close();

#!/usr/bin/env node
/**
 * The build: the addon, TypeScript into dist/, then the daemon's modules joined into dist/program/.
 *
 * A thread that loads one file instead of seventy is ready 80 ms earlier, in User Mode Linux a
 * second; so much sooner it holds the VIP.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Where modules look for files beside them, and where these are in dist/program/. */
const places = {
  '../../vrrp/shell/worker.js': './vrrp.js',
  '../../checks/shell/worker.js': './check.js',
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

/** The checkers are those of the folder when the bundle is made. */
const listed = {
  name: 'listed-checkers',
  load: {
    filter: { id: /\/dist\/checks\/shell\/checker-files\.js$/ },
    async handler() {
      const files = (await readdir(join(root, 'dist/checks/checkers')))
        .filter((file) => file.endsWith('.js'))
        .sort();
      const imports = files.map((file, i) => `import * as m${i} from '../checkers/${file}';`);
      const pairs = files.map((file, i) => `['${file}', m${i}]`);
      const list = `export const checkerModules = async () => new Map([${pairs}]);`;
      return `${imports.join('\n')}\n${list}`;
    },
  },
};

const entry = (path) => join(root, 'dist', path);
const configuration = entry('src/daemon/configuration.js');

/**
 * Each file costs a thread's start. What reads a configuration is one, whoever needs it; of the
 * rest, what a part needs from its start is one, and what it loads later another.
 */
function partOf(id, graph) {
  const users = new Set([id]);
  for (const user of users)
    for (const by of graph.getModuleInfo(user)?.importers ?? []) users.add(by);
  return users.has(configuration) ? 'configuration' : null;
}

/**
 * A thread shares no code with another: each has a bundle of its own. The last one is what tells
 * that all are fresh.
 */
const parts = {
  vrrp: 'vrrp/shell/worker.js',
  check: 'checks/shell/worker.js',
  cli: 'src/daemon/cli.js',
};
const folder = join(root, 'dist/program');

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
// Node starts a thread of CommonJS sooner than one of ES modules.
writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
for (const [part, file] of Object.entries(parts)) {
  const bundle = await rolldown({
    cwd: root,
    input: { [part]: entry(file) },
    platform: 'node',
    // What is not ours; the addon itself is found by the name of its package.
    external: [/^node:/, 'nodemailer', 'pino', 'yargs', /^yargs\//],
    plugins: [moved, listed],
    preserveEntrySignatures: false,
  });
  await bundle.write({
    dir: folder,
    format: 'cjs',
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: `${part}-[name]-[hash].js`,
    codeSplitting: {
      groups: [{ name: partOf, debugName: 'parts' }],
      includeDependenciesRecursively: false,
    },
  });
  await bundle.close();
}

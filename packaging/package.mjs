#!/usr/bin/env node
/**
 * Makes a Debian package of what is built in dist/: `node packaging/package.mjs [FOLDER]`.
 *
 * It holds all that the program loads but Node.js itself: the bundle, the addon, and the npm
 * packages that are not in the bundle. It takes the place of Debian's keepalived by name too
 * (Provides, Conflicts, Replaces), with its unit, programs and pages. What is in /etc/keepalived
 * is the administrator's: no file of the package lies there.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { closure } from './closure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const project = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { name, version, description } = project;
const tell = (text) => process.stdout.write(`${text}\n`);
const output = (...argv) => execFileSync(argv[0], argv.slice(1), { cwd: root, encoding: 'utf8' });

process.umask(0o022);
const stage = mkdtempSync(join(tmpdir(), `${name}-package-`));
chmodSync(stage, 0o755);
const place = (path) => {
  const target = join(stage, path);
  mkdirSync(dirname(target), { recursive: true });
  return target;
};
const write = (path, content, mode = 0o644) => {
  writeFileSync(place(path), content);
  chmodSync(join(stage, path), mode);
};
const copy = (from, path, filter) =>
  cpSync(join(root, from), place(path), {
    recursive: true,
    dereference: true,
    ...(filter && { filter: (source) => filter(relative(root, source)) }),
  });
const link = (path, to) => symlinkSync(to, place(path));
const compressed = (path, text) => write(`${path}.gz`, gzipSync(text, { level: 9 }));

const LIB = `/usr/lib/${name}`;
const DOC = `/usr/share/doc/${name}`;
const MAN = '/usr/share/man';
const UNIT = `packaging/debian/${name}.service`;
const ADDON = '@keepalived-ts/raw-socket';

try {
  program();
  await pages();
  completions();
  documents();
  control();
  const folder = resolve(process.argv[2] ?? join(root, 'dist'));
  const file = join(folder, `${name}_${version}_${architecture()}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', stage, file], {
    env: { SOURCE_DATE_EPOCH: committed(), ...process.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  tell(file);
} finally {
  rmSync(stage, { recursive: true });
}

function program() {
  copy('dist/program', `${LIB}/program`);
  chmodSync(join(stage, LIB, 'program/cli.js'), 0o755);
  write(`${LIB}/package.json`, `${JSON.stringify({ name, version, type: 'module' })}\n`);
  for (const folder of closure(join(root, 'dist/program'), join(root, 'node_modules'))) {
    const path = relative(root, folder);
    copy(path, `${LIB}/${path}`, (file) => isNeeded(file.slice(path.length)));
  }
  for (const file of ['package.json', 'build/raw_socket.node']) {
    copy(`node_modules/${ADDON}/${file}`, `${LIB}/node_modules/${ADDON}/${file}`);
  }
  link(`/usr/sbin/${name}`, `../lib/${name}/program/cli.js`);
  link('/usr/sbin/keepalived', name);
  link('/usr/bin/genhash', `../lib/${name}/program/cli.js`);
  copy(UNIT, `/usr/lib/systemd/system/${name}.service`);
  mkdirSync(join(stage, '/etc/keepalived'), { recursive: true });
}

/** Of an npm package neither its tests and texts (but the licence) nor packages of its own. */
function isNeeded(file) {
  if (/^\/node_modules(\/|$)/.test(file)) return false;
  if (/\/licen[cs]e/i.test(file)) return true;
  if (/^\/(tests?|docs?|docsify|examples?|bench(marks?)?|\.[^/]+)(\/|$)/.test(file)) return false;
  return !/\.(md|map|[cm]?ts|ya?ml)$/.test(file);
}

/** Generated pages, under keepalived's names as well. */
async function pages() {
  const { manPages } = await import('../dist/src/daemon/man-pages.js');
  for (const [page, text] of Object.entries(await manPages())) {
    const section = page.split('.').at(-1);
    compressed(`${MAN}/man${section}/${page}`, text);
    const customary = page.replace(name, 'keepalived');
    link(`${MAN}/man${section}/${customary}.gz`, `${page}.gz`);
  }
}

function completions() {
  const shells = {
    bash: `/usr/share/bash-completion/completions/${name}`,
    zsh: `/usr/share/zsh/vendor-completions/_${name}`,
    fish: `/usr/share/fish/vendor_completions.d/${name}.fish`,
  };
  for (const [shell, path] of Object.entries(shells)) {
    write(path, output(process.execPath, 'dist/program/cli.js', 'completion', shell));
  }
}

function documents() {
  copy('LICENSE', `${DOC}/copyright`);
  compressed(`${DOC}/changelog`, readFileSync(join(root, 'CHANGELOG.md')));
  copy('README.md', `${DOC}/README.md`);
  copy('docs', `${DOC}/docs`);
  copy('examples/conf', `${DOC}/examples/conf`);
}

function control() {
  const kilobytes = Math.ceil(size(stage) / 1024);
  const fields = {
    Package: name,
    Version: version,
    Architecture: architecture(),
    Maintainer: project.author ?? `The ${name} authors <root@localhost>`,
    'Installed-Size': kilobytes,
    Depends: `nodejs (${project.engines.node.replace('>=', '>= ')}), libc6 (>= ${libc()})`,
    Recommends: 'kmod',
    Suggests: 'ipvsadm, snmpd',
    Provides: 'keepalived',
    Conflicts: 'keepalived',
    Replaces: 'keepalived',
    Section: 'admin',
    Priority: 'optional',
    Description: `${description}\n Reads keepalived.conf as keepalived does and takes its place.`,
  };
  const text = Object.entries(fields).map(([field, value]) => `${field}: ${value}\n`);
  write('/DEBIAN/control', text.join(''));
  for (const script of ['postinst', 'prerm', 'postrm']) {
    write(`/DEBIAN/${script}`, readFileSync(join(root, 'packaging/debian', script)), 0o755);
  }
}

/** The newest C library whose functions the addon uses. */
function libc() {
  const addon = readFileSync(join(root, 'node_modules', ADDON, 'build/raw_socket.node'), 'latin1');
  const versions = [...addon.matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, a, b]) => [+a, +b]);
  return (versions.sort(([a, b], [c, d]) => c - a || d - b)[0] ?? [2, 28]).join('.');
}

function architecture() {
  return output('dpkg', '--print-architecture').trim();
}

/** When the sources were committed: the same sources make the same package. */
function committed() {
  try {
    return output('git', 'log', '-1', '--format=%ct').trim();
  } catch {
    return String(Math.floor(statSync(join(root, 'package.json')).mtimeMs / 1000));
  }
}

function size(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

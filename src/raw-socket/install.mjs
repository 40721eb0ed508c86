/**
 * Compiles the addon into build/raw_socket.node, with a C compiler and nothing else.
 *
 * Run by the package's `install` script, so at every `npm ci`; it does nothing when the sources,
 * the headers and the platform are those of the last build. CC, CFLAGS and LDFLAGS are respected.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
const headers = require('node-api-headers');
const output = `${root}build/raw_socket.node`;
const stampFile = `${root}build/stamp`;
const sources = readdirSync(`${root}native`).sort();
const words = (text = '') => text.split(/\s+/).filter(Boolean);

const ADVICE = `
  @keepalived-ts/raw-socket needs a C compiler (gcc or clang) and the C library's headers:

    Debian, Ubuntu:  apt-get install gcc libc6-dev
    Fedora, RHEL:    dnf install gcc glibc-devel
    Alpine:          apk add gcc musl-dev

  then run the installation again. CC names another compiler.
`;

/** What the built file depends on. */
function stamp() {
  const hash = createHash('sha256');
  for (const name of sources)
    hash.update(`${name}\n`).update(readFileSync(`${root}native/${name}`));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  hash.update(require('node-api-headers/package.json').version);
  for (const name of ['CC', 'CFLAGS', 'LDFLAGS']) hash.update(`\n${name}=${process.env[name]}`);
  const libc = process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'other-libc';
  return `${hash.digest('hex')} ${process.arch} ${libc} abi-${process.versions.modules}\n`;
}

function fail(message) {
  process.stderr.write(`\n  ${message}\n${ADVICE}\n`);
  process.exit(1);
}

/** The first compiler that answers, as a command and its leading arguments. */
function compiler() {
  const candidates = process.env.CC ? [process.env.CC] : ['cc', 'gcc', 'clang'];
  for (const candidate of candidates) {
    const [command, ...args] = words(candidate);
    if (spawnSync(command, [...args, '--version'], { stdio: 'ignore' }).status === 0) {
      return [command, ...args];
    }
  }
  return fail(`No C compiler found (tried ${candidates.join(', ')}).`);
}

function build() {
  const [command, ...leading] = compiler();
  const fresh = `${output}.${process.pid}`;
  mkdirSync(`${root}build`, { recursive: true });
  const args = [
    ...leading,
    ...['-shared', '-fPIC', '-O2', '-std=gnu11', '-fvisibility=hidden', '-Wall', '-Wextra'],
    ...['-DNAPI_VERSION=8', '-I', headers.include_dir],
    ...words(process.env.CFLAGS),
    ...sources.filter((name) => name.endsWith('.c')).map((name) => `${root}native/${name}`),
    ...words(process.env.LDFLAGS),
    ...['-o', fresh],
  ];
  const run = spawnSync(command, args, { encoding: 'utf8' });
  if (run.status !== 0) fail(`${command} could not compile the addon:\n\n${run.stderr}`);
  if (run.stderr) process.stderr.write(run.stderr);
  renameSync(fresh, output); // a process that has the old file loaded keeps it
  writeFileSync(stampFile, wanted);
}

const wanted = stamp();
const last = existsSync(output) && existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
if (last !== wanted) build();

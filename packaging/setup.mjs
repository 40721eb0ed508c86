#!/usr/bin/env node
/**
 * Makes a fresh clone ready: Debian packages (when root), npm packages, build.
 *
 *   node packaging/setup.mjs [start|test|bench|package]
 *
 * Each step is skipped when there is nothing to do, so it may stand in front of every npm script.
 * Plain JavaScript without dependencies, since it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const purpose = process.argv[2] ?? 'build';
const isRoot = process.getuid?.() === 0;

/** Debian package -> a program or file that shows it is there. */
const compiler = { gcc: 'cc', 'libc6-dev': '/usr/include/stdlib.h' };
const network = { iproute2: 'ip', ipvsadm: 'ipvsadm', kmod: 'modprobe' };
const lab = hasIpvs() ? {} : { 'user-mode-linux': 'linux.uml' };
const peers = {
  keepalived: 'keepalived',
  tcpdump: 'tcpdump',
  frr: '/usr/lib/frr/vrrpd',
  nftables: 'nft',
};
const tutorials = { curl: 'curl', 'iputils-ping': 'ping', psmisc: 'killall', openssl: 'openssl' };
const needs = {
  build: { ...compiler },
  start: { ...compiler, ...network, ...lab },
  test: { ...compiler, ...network, ...peers, ...tutorials, 'user-mode-linux': 'linux.uml' },
  package: { ...compiler, dpkg: 'dpkg-deb' },
  bench: { ...compiler, ...network, ...peers, 'user-mode-linux': 'linux.uml' },
}[purpose];
if (!needs) fail(`unknown purpose "${purpose}": one of build, start, test, package, bench`);

checkNode();
installDebianPackages();
installNpmPackages();
run(process.execPath, ['packaging/build.mjs'], 'the build');

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} is too old: keepalived-ts needs 20.19 or later`);
  }
}

function hasIpvs() {
  return existsSync('/proc/net/ip_vs');
}

function isThere(sign) {
  const places = sign.startsWith('/')
    ? [sign]
    : [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].map((dir) => join(dir, sign));
  return places.some((place) => {
    try {
      accessSync(place, sign.startsWith('/') ? constants.F_OK : constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function installDebianPackages() {
  const missing = Object.keys(needs).filter((name) => !isThere(needs[name]));
  if (missing.length === 0) return;
  if (!isThere('apt-get')) {
    say(`not found: ${missing.join(', ')} (no apt-get here: install them your way)`);
    return;
  }
  if (!isRoot) {
    say(
      `not found: ${missing.join(', ')}. What needs them is skipped or fails; to have all of it:`,
    );
    say(`  sudo apt-get install ${missing.join(' ')}`);
    return;
  }
  say(`installing Debian packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = ['-y', '-qq', '-o', 'Dpkg::Use-Pty=0', '--no-install-recommends'];
  const install = () =>
    spawnSync('apt-get', ['install', ...apt, ...missing], { env, encoding: 'utf8' });
  let result = install();
  if (result.status !== 0) {
    spawnSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    result = install();
  }
  if (result.status !== 0) {
    process.stderr.write(result.stderr);
    fail(`apt-get could not install ${missing.join(' ')}`);
  }
}

/** `npm ci` when the lock file is not the one that was last installed. */
function installNpmPackages() {
  const stamp = join(root, 'node_modules', '.keepalived-ts-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.version)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing npm packages and compiling the socket addon (npm ci)');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
  writeFileSync(stamp, lock);
}

function run(command, args, what) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status !== 0) fail(`${what} failed; the lines above say why`);
}

function say(text) {
  process.stdout.write(`set-up: ${text}\n`);
}

function fail(text) {
  process.stderr.write(`set-up: ${text}\n`);
  process.exit(1);
}

import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NetNode } from './netns.js';
import { type Running, run } from './process.js';
import { until } from './wait.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/**
 * This machine's files under a layer that takes all changes: what is installed there is gone with
 * it. Without the checkout, with a /run and process numbers of its own, and no services to start.
 */
const script = `
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cd "$1/root"
mount --rbind /dev dev
mount -t proc proc proc
mount -t tmpfs tmpfs "./$2"
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
printf '#!/bin/sh\\nexit 101\\n' > usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
echo ready
exec sleep infinity
`;

const isolated = ['unshare', '--mount', '--pid', '--fork', '--kill-child'];

/** Why there can't be one here, or undefined; for `skipIf`. */
export function noScratchMachine(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const mount =
    'mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/m && ' +
    'mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/m';
  const tried = spawnSync('unshare', ['--mount', 'sh', '-c', mount]);
  if (tried.status !== 0) return 'needs overlayfs';
  return spawnSync('dpkg', ['--version']).status === 0 ? undefined : 'needs dpkg';
}

/** A machine to install things on, in the network of a node. */
export class ScratchMachine {
  private readonly node: NetNode;
  private readonly first: Running;
  private readonly root: string;

  private constructor(node: NetNode, first: Running, root: string) {
    this.node = node;
    this.first = first;
    this.root = root;
  }

  static async create(node: NetNode): Promise<ScratchMachine> {
    const argv = [...isolated, 'sh', '-c', script, 'sh', node.directory, repository];
    const first = node.spawn(argv);
    await until('the scratch machine is there', () => {
      if (!first.running) throw new Error(first.output);
      return first.output.includes('ready');
    });
    return new ScratchMachine(node, first, `${node.directory}/root`);
  }

  /** The command that runs a program there. */
  command(...argv: string[]): string[] {
    const inside = ['--mount', '--pid', `--target=${this.pid()}`, '--'];
    return ['nsenter', ...inside, 'chroot', this.root, ...argv];
  }

  /** Runs a program to its end; gives what it printed, on standard error as well. */
  async exec(...argv: string[]): Promise<string> {
    const merged = this.command('sh', '-c', 'exec "$@" 2>&1', 'sh', ...argv);
    return run(this.node.command(merged)).catch((error: Error & { stdout?: string }) => {
      throw new Error(`${argv.join(' ')}: ${error.stdout ?? error.message}`);
    });
  }

  /** Copies a file of this machine into a folder there. */
  give(file: string, folder: string): void {
    copyFileSync(file, join(`/proc/${this.pid()}/root${this.root}`, folder, basename(file)));
  }

  spawn(...argv: string[]): Running {
    return this.node.spawn(this.command(...argv));
  }

  /** The shell behind `unshare`: process 1 there. */
  private pid(): number {
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(this.first.pid)]);
    return Number(String(stdout).trim());
  }
}

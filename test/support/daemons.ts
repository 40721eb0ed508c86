import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NetNode } from './netns.js';
import type { Running } from './process.js';
import { family } from './processes.js';
import { until } from './wait.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const program = join(repository, 'dist/program/cli.js');

/** Why Debian's keepalived can't be the peer, or undefined when it can; for `skipIf`. */
export const noKeepalived: string | undefined =
  spawnSync('keepalived', ['-v']).status === 0 ? undefined : "needs Debian's keepalived";

export interface DaemonOptions {
  /** More command line options. */
  options?: readonly string[];
  environment?: NodeJS.ProcessEnv;
}

/** A daemon in the foreground on a node, with configuration and pid files of its own. */
export interface Daemon {
  readonly node: NetNode;
  readonly configuration: string;
  readonly process: Running;
  /** Everything logged so far. */
  log(): string;
  /** Waits for a text in the log. */
  logged(text: string | RegExp, within?: number): Promise<true>;
  /** SIGTERM and the end; gives the exit status. */
  stop(): Promise<number | null>;
  /** SIGKILL for all its processes: the node's daemon is gone without a word. */
  crash(): Promise<void>;
}

let started = 0;

/** Starts our daemon, as built, with `configuration` as its file. */
export function startOurs(
  node: NetNode,
  configuration: string,
  options: DaemonOptions = {},
): Promise<Daemon> {
  if (!existsSync(program)) throw new Error('dist/ is missing: npm run build');
  return start(node, [process.execPath, program], configuration, options);
}

/** Starts Debian's keepalived the same way. */
export function startKeepalived(
  node: NetNode,
  configuration: string,
  options: DaemonOptions = {},
): Promise<Daemon> {
  return start(node, ['keepalived'], configuration, options);
}

async function start(
  node: NetNode,
  argv: readonly string[],
  configuration: string,
  { options = [], environment = {} }: DaemonOptions,
): Promise<Daemon> {
  const base = join(node.directory, `${++started}`);
  const pidFile = `${base}.pid`;
  writeFileSync(`${base}.conf`, configuration);
  const files = [
    '-f',
    `${base}.conf`,
    '-p',
    pidFile,
    '-r',
    `${base}.vrrp`,
    '-c',
    `${base}.checkers`,
  ];
  const child = node.spawn([...argv, '-n', '-l', '-D', ...files, ...options], environment);
  const log = (): string => child.output;
  await until(`the daemon of ${node.name} runs`, () => existsSync(pidFile) || !child.running);
  return {
    node,
    configuration: `${base}.conf`,
    process: child,
    log,
    logged: (text, within = 30_000) =>
      until(
        `${node.name} logs ${text}`,
        () => (typeof text === 'string' ? log().includes(text) : text.test(log())),
        { within },
      ).catch((error: Error) => {
        throw new Error(`${error.message}\n${log()}`);
      }),
    stop: () => child.stop(),
    crash: async () => {
      // keepalived's children say goodbye to the network when their parent dies before them.
      send('SIGSTOP', child.pid);
      for (const pid of family(child.pid).reverse()) send('SIGKILL', pid);
      await child.ended();
      for (const suffix of ['pid', 'vrrp', 'checkers'])
        rmSync(`${base}.${suffix}`, { force: true });
    },
  };
}

function send(signal: NodeJS.Signals, pid: number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone already
  }
}

/** Starts a daemon by a configuration on a node: `startOurs` or `startKeepalived`. */
export type StartDaemon = (node: NetNode, text: string) => Promise<Daemon>;

/** A pair of routers twice: on one LAN ours is the first, on the other Debian's keepalived. */
export const bothWays = <P>(
  start: (first: StartDaemon, second: StartDaemon) => Promise<P>,
): Promise<[oursFirst: P, theirsFirst: P]> =>
  Promise.all([start(startOurs, startKeepalived), start(startKeepalived, startOurs)]);

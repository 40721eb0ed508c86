import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { constants as system } from 'node:os';
import { type Deadline, deadline } from '@keepalived-ts/base/deadline.js';
import { type Duration, milliseconds, seconds, toMilliseconds } from '@keepalived-ts/base/time.js';
import type { ProgramOutcome } from '#src/ipc/messages.js';
import type { Account } from './accounts.js';

/** A program to run, directly and never through a shell. */
export interface Program {
  argv: readonly string[];
  account: Account;
  /** Unset: it may run as long as it likes. */
  timeout?: Duration;
  /** It is asked to end when we die, however that comes. */
  tether?: boolean;
}

/** A program that runs. */
export interface Run {
  /** Unset: it could not be started. */
  pid?: number;
  ended: Promise<ProgramOutcome>;
  /** Asks its process group to end, and insists later. */
  end(): void;
}

/** Between asking a group to end and killing it. Compat: as keepalived. */
const GRACE = seconds(2);
/** A killed program that is stuck in the kernel is given up, so that its failure counts. */
const GIVE_UP = milliseconds(500);

/** What programs don't inherit: it could change what they run or speak for us. */
const WITHHELD = ['IFS', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'NOTIFY_SOCKET'] as const;

export function programEnvironment(ours: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const theirs = { ...ours };
  for (const name of WITHHELD) delete theirs[name];
  return theirs;
}

/**
 * Starts a program with nothing but /dev/null open, in a session and process group of its own.
 *
 * Differs: supplementary groups are dropped where keepalived sets those of the user; Node has
 * no call for it.
 */
export function start(program: Program, environment: NodeJS.ProcessEnv): Run {
  const { argv, account, timeout } = program;
  const tether = timeout !== undefined ? 'KILL' : program.tether && 'TERM';
  const words = tether ? tethered(argv, tether) : argv;
  const child = launch(words, account, environment);
  if (typeof child === 'string') {
    return { ended: Promise.resolve({ result: 'failed', reason: child }), end: () => undefined };
  }
  const timers: Deadline[] = [];
  const later = (d: Duration, then: () => void): void => {
    timers.push(deadline(Math.min(toMilliseconds(d), 2 ** 31 - 1), then));
  };
  let ending = false;
  let timedOut = false;
  let giveUp: () => void = () => undefined;
  const end = (): void => {
    if (ending) return;
    ending = true;
    signalGroup(child, 'SIGTERM');
    later(GRACE, () => {
      signalGroup(child, 'SIGKILL');
      later(GIVE_UP, () => giveUp());
    });
  };
  const ended = new Promise<ProgramOutcome>((settle) => {
    giveUp = () => settle({ result: 'timed-out' });
    child.on('error', (e) => settle({ result: 'failed', reason: e.message }));
    child.on('exit', (status, signal) => {
      // Whoever it has started and who ignored the first signal goes with it.
      if (ending) signalGroup(child, 'SIGKILL');
      if (timedOut) settle({ result: 'timed-out' });
      else if (status !== null) settle({ result: 'exited', status });
      else settle({ result: 'signalled', signal: signal ? system.signals[signal] : 0 });
    });
  });
  if (timeout !== undefined) {
    later(timeout, () => {
      timedOut = true;
      end();
    });
  }
  const clear = (): void => {
    for (const timer of timers) timer.callOff();
  };
  return { pid: child.pid, ended: ended.finally(clear), end };
}

/** Of util-linux, which every Debian and Red Hat has; busybox's knows no --pdeathsig. */
const SETPRIV = '/usr/bin/setpriv';
let hasSetpriv: boolean | undefined;

/**
 * A command that ends with us even if we are killed: a program with a time limit has nobody left
 * then who would hold it to that. The kernel sees to it (PR_SET_PDEATHSIG of prctl(2)), which
 * only the program itself can ask for; Node has no call for that, setpriv(1) has. What the program
 * has started itself is not reached. Others, as notify_stop, are meant to go on without us.
 */
export function tethered(
  argv: readonly string[],
  signal: 'KILL' | 'TERM' = 'KILL',
): readonly string[] {
  hasSetpriv ??= isExecutable(SETPRIV) && !realpathSync(SETPRIV).endsWith('/busybox');
  // What is not there is to fail as such, and not as a complaint of setpriv's.
  if (!hasSetpriv || !isExecutable(argv[0] ?? '')) return argv;
  return [SETPRIV, '--pdeathsig', signal, '--', ...argv];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function launch(
  [file = '', ...argv]: readonly string[],
  { uid, gid }: Account,
  environment: NodeJS.ProcessEnv,
): ChildProcess | string {
  // Without the right to change identity, saying whom we already are would be refused.
  const identity = process.geteuid?.() === 0 ? { uid, gid } : {};
  try {
    const options = { detached: true, stdio: 'ignore', env: environment, ...identity } as const;
    return spawn(file, argv, options);
  } catch (e) {
    // Some failures are thrown (EAGAIN, arguments with NUL), most are emitted.
    return (e as Error).message;
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: all gone already
  }
}

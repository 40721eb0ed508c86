import type { LogRecord } from '@keepalived-ts/base/events.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Duration, Instant } from '@keepalived-ts/base/time.js';
import type { Status } from './status.js';
import type { ThreadNews, ThreadSettings } from './thread-settings.js';

/**
 * Everything that the parent and its workers say to each other. This file declares it all.
 *
 * State flows one way: workers tell what happened and the parent folds it into its view. What a
 * worker is to do comes whole, as a plan, and never as a change to one. Messages are cloned
 * (structuredClone), so they are plain data and secrets (KeyObject).
 */

/** Raised when a message changes its shape. A worker that is given another one throws. */
export const PROTOCOL_VERSION = 1;

/** How a program that the parent ran for a worker ended. */
export type ProgramOutcome =
  | { result: 'exited'; status: number }
  | { result: 'signalled'; signal: number }
  | { result: 'timed-out' }
  | { result: 'failed'; reason: string };

/** The first message to a worker. */
export interface WorkerStart<Plan> {
  protocol: typeof PROTOCOL_VERSION;
  plan: Plan;
  /** What the worker's predecessors have left for it. */
  legacy?: Legacy;
  /** When the parent posted it. */
  posted: Instant;
  /** -D: also render events of level `detail`. */
  detail: boolean;
  /** -V or -I: leave addresses, or the IPVS table, in place at stop. */
  keepAtStop: boolean;
  /** True when the parent restarts a worker that died: kernel state may be left from it. */
  restarted: boolean;
  /** How the kernel is to treat the thread; the worker's port sees to it. */
  thread?: ThreadSettings;
  /** --record: the file that gets every input of the vrrp machines. */
  record?: string;
}

/** What a worker that dies can't put back, and its successor can't find out. */
export interface Legacy {
  /** In seconds: how long IPVS remembered connections before we came. */
  timeouts?: { tcp: number; tcpFin: number; udp: number };
  /** `rp_filter` before we came: of the host, and of each interface that there was, by number. */
  reversePath?: { all: number; usual: number; own: ReadonlyMap<number, number> };
  /** Settings of interfaces before we came, those below virtual MACs and those of `promoted`. */
  bases?: FormerSettings;
  promoted?: FormerSettings;
}

/** By the interface's name: which one it was, and what its IPV4_DEVCONF_* settings were. */
export type FormerSettings = ReadonlyMap<
  string,
  { index: number; former: Readonly<Record<number, number>> }
>;

/** Parent to worker. */
export type ToWorker<Plan> =
  | { type: 'reload'; plan: Plan }
  | { type: 'stop' }
  | { type: 'thread'; settings: ThreadSettings }
  /** Answer `status` with the same ticket. */
  | {
      type: 'ask-status';
      ticket: number;
      /** Also what IPVS has counted, at most this old. */
      traffic?: Duration;
    }
  /** Somebody changed a value by SNMP: what is given counts until the next other plan. */
  | ({ type: 'adjust' } & Adjustment)
  | { type: 'program-ended'; ticket: number; outcome: ProgramOutcome };

/** A change from outside to an instance, or to a real server by the names that logs have. */
export type Adjustment =
  | { of: 'instance'; instance: string; priority?: number; preempt?: boolean }
  | { of: 'real-server'; service: string; server: string; weight: number };

/** Counters of an instance or server. `from`: whom the last of it came from, if that matters. */
export interface Counted {
  object: string;
  values: Record<string, number>;
  from?: IpAddress;
}

/** Worker to parent. State flows this way only. */
export type FromWorker =
  /** Everything of the start that can be waited for is done. */
  | { type: 'ready' }
  | { type: 'log'; records: LogRecord[] }
  /** Run a program and answer `program-ended` with the same ticket. */
  | {
      type: 'run-program';
      ticket: number;
      argv: readonly string[];
      user?: string;
      group?: string;
      timeout: Duration;
    }
  /** A program is of no use any more: end it. `program-ended` may come all the same. */
  | { type: 'end-program'; ticket: number }
  /** Something operators are told of, by scripts, fifos and, for VRRP, mail. */
  | { type: 'notify'; notice: Notice }
  /** A mail that the configuration asks for; the notices of VRRP make their own. */
  | { type: 'mail'; letter: Letter }
  | { type: 'thread'; news: ThreadNews }
  /** For the workers that may come after this one; of each kind the last one counts. */
  | { type: 'bequeath'; legacy: Legacy }
  | { type: 'counters'; changed: readonly Counted[] }
  /** A long answer comes in portions, which `more` announces. */
  | { type: 'status'; ticket: number; status: Status; more: boolean }
  | { type: 'reloaded' }
  /** Stopping still makes progress (servers being removed): wait on. At least one a second. */
  | { type: 'busy' }
  /** The worker can't do its work and a restart would not help (no permission, no IPVS). */
  | { type: 'hopeless'; reason: string; exitCode: number }
  | { type: 'stopped' };

/** What a mail says. In whose name it is sent, and to whom, is settled when it goes out. */
export interface Letter {
  /** Without the name of the node, which stands in front. */
  subject: string;
  body: string;
}

/** A program of the configuration, and as whom it runs. */
export interface Command {
  argv: readonly string[];
  user: string | undefined;
  group: string | undefined;
}

/**
 * A change worth telling. Servers and services bring their program along, for a reload may tell
 * of one that the new configuration no longer has.
 */
export type Notice =
  | { of: 'instance' | 'group'; name: string; state: string; priority: number }
  | { of: 'virtual-server'; service: string; state: 'UP' | 'DOWN'; script: Command | undefined }
  | {
      of: 'real-server';
      service: string;
      server: string;
      state: 'UP' | 'DOWN';
      script: Command | undefined;
    };

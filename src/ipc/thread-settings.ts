import { KernelError } from '@keepalived-ts/base/errors.js';
import { type Duration, toMilliseconds } from '@keepalived-ts/base/time.js';
import { SCHED_OTHER, SCHED_RESET_ON_FORK, SCHED_RR } from '@keepalived-ts/raw-socket/constants.js';
import {
  setAffinity,
  setNice,
  setScheduler,
  setThreadName,
} from '@keepalived-ts/raw-socket/thread.js';

/** How the kernel is to treat a worker thread; keepalived sets the same for its processes. */
export interface ThreadSettings {
  /** As in `ps -eLf` and `top -H`. */
  name: string;
  /** From -20 to 19. */
  nice: number;
  /** The priority of SCHED_RR; undefined for a share of the processor like everybody's. */
  realTime: number | undefined;
  /** By number; undefined for all. */
  cpus: readonly number[] | undefined;
  /** The real-time priority to rise to when the thread runs late: 0 for none. */
  rise: { most: number; late: Duration };
}

/** What is to be told of the settings. */
export type ThreadNews =
  | { news: 'refused'; setting: string; reason: string }
  | { news: 'raised'; priority: number; late: Duration };

/** What the addon can do to the calling thread. */
export interface ThreadCalls {
  setAffinity(cpus: readonly number[]): void;
  setNice(nice: number): void;
  setScheduler(policy: number, priority: number): void;
  setThreadName(name: string): void;
}

const calls: ThreadCalls = { setAffinity, setNice, setScheduler, setThreadName };

/** Whatever there is of CPUs: the kernel passes over those that are not there. */
const ALL_CPUS = Array.from({ length: 1024 }, (_, cpu) => cpu);

/** The settings of the thread that it is made in. */
export class ThreadKeeper {
  private settings: ThreadSettings | undefined;
  private realTime = 0;
  private watch: NodeJS.Timeout | undefined;
  private readonly tell: (news: ThreadNews) => void;
  private readonly calls: ThreadCalls;

  constructor(tell: (news: ThreadNews) => void, on = calls) {
    this.tell = tell;
    this.calls = on;
  }

  /** Makes the thread go by other settings; what is the same is left alone. */
  apply(next: ThreadSettings): void {
    const { name, nice, cpus, realTime, rise } = next;
    const was = this.settings;
    this.settings = next;
    if (name !== was?.name) this.attempt('name', () => this.calls.setThreadName(name));
    if (nice !== (was?.nice ?? 0)) this.attempt('priority', () => this.calls.setNice(nice));
    if (cpus?.join() !== was?.cpus?.join()) {
      this.attempt('cpu_affinity', () => this.calls.setAffinity(cpus ?? ALL_CPUS));
    }
    if (realTime !== was?.realTime) this.schedule(realTime ?? 0);
    clearInterval(this.watch);
    if (rise.most > this.realTime) this.watchLateness(toMilliseconds(rise.late));
  }

  close(): void {
    clearInterval(this.watch);
  }

  /** Threads started from here, as those of libuv's pool, are no hurry of ours. */
  private schedule(priority: number): void {
    const policy = priority === 0 ? SCHED_OTHER : SCHED_RR | SCHED_RESET_ON_FORK;
    this.attempt('rt_priority', () => {
      this.calls.setScheduler(policy, priority);
      this.realTime = priority;
    });
  }

  /**
   * Looks whether timers fire when they are due, and raises the priority by one step when one was
   * too late. One of our own tells: a thread that is kept waiting is late with all of them.
   */
  private watchLateness(tolerance: number): void {
    let due = performance.now() + WATCH_MS;
    this.watch = setInterval(() => {
      const late = performance.now() - due;
      due = performance.now() + WATCH_MS;
      if (late > tolerance) this.rise(Math.round(late * 1000) as Duration);
    }, WATCH_MS).unref();
  }

  private rise(late: Duration): void {
    const most = this.settings?.rise.most ?? 0;
    const before = this.realTime;
    this.schedule(before + 1);
    // A kernel that refuses it once refuses it again.
    if (this.realTime >= most || this.realTime === before) clearInterval(this.watch);
    if (this.realTime > before) this.tell({ news: 'raised', priority: this.realTime, late });
  }

  private attempt(setting: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.tell({ news: 'refused', setting, reason: error.message });
    }
  }
}

const WATCH_MS = 250;

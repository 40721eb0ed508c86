import type { KernelError } from '@keepalived-ts/base/errors.js';
import {
  after,
  type Duration,
  type Instant,
  longer,
  seconds,
  sooner,
  times,
} from '@keepalived-ts/base/time.js';
import type { IpvsCommand } from '@keepalived-ts/ipvs-netlink/command.js';
import { serviceOf } from '#lvs/core/reconcile.js';

/** A command that the kernel would not do. */
export interface Refusal {
  /** The key of the service; `undefined` when the kernel could not be asked at all. */
  service: string | undefined;
  /** What was refused and why: `new-destination TCP 10.0.0.1:80 -> 10.0.1.1:80: EINVAL (...)`. */
  words: string;
  error: KernelError;
}

interface Pause {
  until: Instant;
  pause: Duration;
}

const FIRST_PAUSE = seconds(1);
const LONGEST_PAUSE = seconds(60);

/**
 * Remembers refused commands, so that one that is refused again and again is sent less and less
 * often while everything else goes on.
 */
export class Refusals {
  #held = new Map<string, Pause>();

  /** Holds a command back for a while, each time twice as long. */
  add(command: IpvsCommand, now: Instant): void {
    const key = JSON.stringify(command);
    const former = this.#held.get(key);
    const pause = former ? shorter(times(former.pause, 2), LONGEST_PAUSE) : FIRST_PAUSE;
    this.#held.set(key, { until: after(now, pause), pause });
  }

  /**
   * The commands that may be sent now. What is held but no longer called for is forgotten, and a
   * service that can't be made takes the commands about its destinations along.
   */
  admitted(commands: IpvsCommand[], now: Instant): IpvsCommand[] {
    if (this.#held.size === 0) return commands;
    const still = new Map<string, Pause>();
    const missing = new Set<string | undefined>();
    const admitted = commands.filter((command) => {
      if (missing.has(serviceOf(command))) return false;
      const key = JSON.stringify(command);
      const held = this.#held.get(key);
      if (held === undefined) return true;
      still.set(key, held);
      if (held.until <= now) return true;
      if (command.do === 'new-service') missing.add(serviceOf(command));
      return false;
    });
    this.#held = still;
    return admitted;
  }

  /** The kernel has done it now. */
  forget(command: IpvsCommand): void {
    if (this.#held.size > 0) this.#held.delete(JSON.stringify(command));
  }

  /** When the first of them may be tried again. */
  get next(): Instant | null {
    let next: Instant | null = null;
    for (const { until } of this.#held.values()) next = sooner(next, until);
    return next;
  }

  clear(): void {
    this.#held.clear();
  }
}

const shorter = (a: Duration, b: Duration): Duration => (longer(a, b) === a ? b : a);

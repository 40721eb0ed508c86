import type { EventOf } from '@keepalived-ts/base/events.js';
import type { Monitor } from '@keepalived-ts/netlink/monitor.js';
import type { ProcEvent } from '@keepalived-ts/netlink/proc-events.js';
import { isWanted, type ProcessFacts } from '../core/process-match.js';
import type { Input, ProcessPlan } from '../core/types.js';
import type { vrrpEvents } from '../events.js';

/** How long the kernel may take to say that it tells of processes. */
const ACKNOWLEDGED_MS = 1_000;
/** How often /proc is read where it does not. */
const POLL_MS = 1_000;

export interface ProcessesParts {
  /** `openProcMonitor` of the netlink package; throws where it is not permitted. */
  listen(onEvent: (event: ProcEvent) => void, onOverrun: () => void): Pick<Monitor, 'close'>;
  read(pid: number): Promise<ProcessFacts | undefined>;
  readAll(): AsyncIterable<{ pid: number; facts: ProcessFacts }>;
  feed(input: Input): void;
  log(event: EventOf<typeof vrrpEvents>): void;
}

/**
 * Counts the copies of tracked processes, and tells the core of every change.
 *
 * One look at /proc, then what the kernel tells of forks, programs and ends. Where it does not tell
 * (no permission, another network or PID namespace) /proc is read once a second instead, which
 * sees changes later, and not those that last less.
 */
export class Processes {
  private readonly parts: ProcessesParts;
  private plans: readonly ProcessPlan[] = [];
  /** Processes that are tracked, and as what. */
  private known = new Map<number, readonly string[]>();
  private readonly told = new Map<string, number>();
  private monitor: Pick<Monitor, 'close'> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private polls = false;
  private closed = false;
  /** Processes that changed while /proc was read: what was read of them may be old. */
  private changed: Set<number> | undefined;

  constructor(parts: ProcessesParts) {
    this.parts = parts;
  }

  /** Follows these; settles when all of them have been counted. */
  async follow(plans: readonly ProcessPlan[]): Promise<void> {
    this.plans = plans;
    if (plans.length === 0) {
      this.rest();
      return;
    }
    if (!this.monitor && !this.polls) this.listen();
    await this.readAll();
  }

  close(): void {
    this.closed = true;
    this.rest();
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.monitor?.close();
    this.monitor = undefined;
    this.polls = false;
    this.known.clear();
  }

  private listen(): void {
    this.timer = setTimeout(() => this.poll('no answer'), ACKNOWLEDGED_MS);
    this.timer.unref();
    try {
      this.monitor = this.parts.listen(
        (event) => this.hear(event),
        () => void this.readAll(),
      );
    } catch (error) {
      this.poll((error as Error).message);
    }
  }

  /** The kernel tells nothing: looks for itself from now on. */
  private poll(reason: string): void {
    clearTimeout(this.timer);
    this.monitor?.close();
    this.monitor = undefined;
    this.polls = true;
    this.parts.log({ event: 'processes-polled', reason });
    const again = (): void => {
      this.timer = setTimeout(() => void this.readAll().then(again), POLL_MS);
      this.timer.unref();
      if (!this.polls || this.closed) clearTimeout(this.timer);
    };
    again();
  }

  private hear(event: ProcEvent): void {
    switch (event.what) {
      case 'acknowledged':
        clearTimeout(this.timer);
        if (event.error !== 0) this.poll(`refused with error ${event.error}`);
        return;
      case 'forked': {
        // A copy of its parent, until it becomes another program.
        const names = this.known.get(event.parent);
        this.changed?.add(event.pid);
        if (names) this.put(event.pid, names);
        return;
      }
      case 'renamed':
        this.changed?.add(event.pid);
        void this.look(event.pid);
        return;
      case 'ended':
        this.changed?.add(event.pid);
        this.put(event.pid, []);
    }
  }

  private async look(pid: number): Promise<void> {
    const facts = await this.parts.read(pid);
    if (!this.closed) this.put(pid, facts ? this.namesOf(facts) : []);
  }

  private put(pid: number, names: readonly string[]): void {
    if (names.length === 0 && !this.known.has(pid)) return;
    if (names.length > 0) this.known.set(pid, names);
    else this.known.delete(pid);
    this.tell();
  }

  private async readAll(): Promise<void> {
    if (this.changed) return;
    const changed = new Set<number>();
    this.changed = changed;
    const found = new Map<number, readonly string[]>();
    try {
      for await (const { pid, facts } of this.parts.readAll()) {
        const names = this.namesOf(facts);
        if (names.length > 0) found.set(pid, names);
      }
    } finally {
      this.changed = undefined;
    }
    if (this.closed) return;
    this.known = found;
    this.tell();
    for (const pid of changed) void this.look(pid);
  }

  private namesOf(facts: ProcessFacts): readonly string[] {
    return this.plans.filter((plan) => isWanted(plan, facts)).map((plan) => plan.name);
  }

  private tell(): void {
    const counts = new Map(this.plans.map(({ name }) => [name, 0]));
    for (const names of this.known.values()) {
      for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const [process, count] of counts) {
      if (this.told.get(process) === count) continue;
      this.told.set(process, count);
      this.parts.feed({ kind: 'process', process, count });
    }
  }
}

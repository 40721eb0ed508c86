import { isDeepStrictEqual } from 'node:util';
import {
  after,
  type Duration,
  type Instant,
  seconds,
  toSeconds,
} from '@keepalived-ts/base/time.js';
import {
  type Adjustment,
  type FromWorker,
  type Legacy,
  PROTOCOL_VERSION,
  type ToWorker,
} from '#src/ipc/messages.js';
import { joined, type Status } from '#src/ipc/status.js';
import type { KeeperParts, Treatment } from './keeper-parts.js';
import { MOST_STILLBORN, noDeaths, type Respawns, respawn } from './respawn.js';
import type { Thread } from './thread.js';

/** `child_wait_time` before a configuration tells another. */
const CHILD_WAIT_TIME = seconds(5);
/** A worker that has said `stopped` needs only its event loop to run dry. */
const LAST_WORDS = seconds(1);

/** A question for the status, and what has been answered so far. */
interface Asked {
  answer(status: Status | undefined): void;
  portions: Status[];
}

/** `waiting`: for its next worker. `off`: there is none and will be none unless `run` again. */
type Life = 'off' | 'starting' | 'ready' | 'waiting' | 'stopping';

/** Keeps the worker of one part alive, from `run` until `stop`. */
export class Keeper<Plan> {
  private life: Life = 'off';
  private plan: Plan | undefined;
  private treatment: Treatment | undefined;
  private thread: Thread<Plan> | undefined;
  private started: Instant;
  private deaths: Respawns = noDeaths;
  private hasDied = false;
  private legacy: Legacy | undefined;
  /** The worker has undone what it did, or never did anything. */
  private leavesNothing = false;
  private mayCleanUp = false;
  private afterEnd: (() => void) | undefined;
  private onReloaded: (() => void) | undefined;
  /** Who waits for the answer to which `ask-status`. */
  private readonly asked = new Map<number, Asked>();
  private tickets = 0;
  private readonly parts: KeeperParts<Plan>;

  constructor(parts: KeeperParts<Plan>) {
    this.parts = parts;
    this.started = parts.clock.now();
  }

  get isReady(): boolean {
    return this.life === 'ready';
  }

  get runs(): boolean {
    return this.life !== 'off';
  }

  /** Starts the part with its first plan. */
  run(plan: Plan): void {
    this.plan = plan;
    this.deaths = noDeaths;
    this.hasDied = false;
    this.legacy = undefined;
    this.spawn();
  }

  /** Treats the part so from now on, and every worker that it gets. */
  treat(treatment: Treatment): void {
    const before = this.treatment;
    this.treatment = treatment;
    const { thread: settings } = treatment;
    if (isDeepStrictEqual(settings, before?.thread)) return;
    this.thread?.post({ type: 'thread', settings });
  }

  /** Gives the part another plan, if it is one; settles when its worker goes by it. */
  reload(plan: Plan): Promise<void> {
    const isSame = isDeepStrictEqual(plan, this.plan);
    this.plan = plan;
    if (isSame) return Promise.resolve();
    if (!this.thread) return Promise.resolve(); // the next worker starts with it
    const { thread } = this;
    return new Promise((reloaded) => {
      this.onReloaded = reloaded;
      thread.post({ type: 'reload', plan });
    });
  }

  /** How the part stands now; undefined when there is no worker, or it dies before it answers. */
  status(traffic?: Duration): Promise<Status | undefined> {
    const { thread } = this;
    if (!thread || this.life !== 'ready') return Promise.resolve(undefined);
    const ticket = ++this.tickets;
    return new Promise((answer) => {
      this.asked.set(ticket, { answer, portions: [] });
      thread.post({ type: 'ask-status', ticket, ...(traffic !== undefined && { traffic }) });
    });
  }

  /** Tells the worker of a change from outside; the next worker, or plan, does not know of it. */
  adjust(change: Adjustment): void {
    this.thread?.post({ type: 'adjust', ...change });
  }

  /** Ends the part; settles when nothing of it runs. */
  stop(): Promise<void> {
    this.parts.alarm.set(null, () => undefined);
    this.mayCleanUp = !this.parts.keepAtStop;
    if (this.life === 'waiting') this.cleanUp();
    if (!this.thread) {
      this.life = 'off';
      return Promise.resolve();
    }
    return new Promise((ended) => {
      this.afterEnd = ended;
      this.askToStop();
    });
  }

  private get patience(): Duration {
    return this.treatment?.wait ?? CHILD_WAIT_TIME;
  }

  private askToStop(): void {
    this.life = 'stopping';
    this.thread?.post({ type: 'stop' });
    this.endWithin(this.patience);
  }

  /**
   * What a dead worker left in the kernel must not outlive us: an address that nobody defends is
   * held twice once the other node takes over. So one more worker starts, only to remove it.
   */
  private cleanUp(): void {
    if (!this.mayCleanUp) return;
    this.mayCleanUp = false;
    this.hasDied = true;
    this.spawn();
  }

  private spawn(): void {
    const { parts, plan } = this;
    if (plan === undefined) return;
    this.life = 'starting';
    this.leavesNothing = false;
    this.started = parts.clock.now();
    let over = false;
    let failure: Error | undefined;
    parts.log({ event: 'worker-starting', part: parts.name, pid: process.pid });
    const thread = parts.start(
      {
        protocol: PROTOCOL_VERSION,
        plan,
        posted: this.started,
        detail: parts.detail,
        keepAtStop: parts.keepAtStop,
        restarted: this.hasDied,
        ...(this.treatment && { thread: this.treatment.thread }),
        ...(this.legacy && { legacy: this.legacy }),
        ...(parts.record !== undefined && { record: parts.record }),
      },
      {
        message: (message) =>
          this.hear(message, (answer) => {
            if (!over) thread.post(answer);
          }),
        output: (text) => parts.log({ event: 'worker-output', part: parts.name, text }),
        failed: (error) => {
          failure ??= error;
        },
        ended: () => {
          over = true;
          this.ended(failure);
        },
      },
    );
    this.thread = thread;
  }

  private hear(message: FromWorker, reply: (message: ToWorker<never>) => void): void {
    // Whatever it says while it stops shows that it gets on.
    if (this.life === 'stopping') this.endWithin(this.patience);
    switch (message.type) {
      case 'ready':
        if (this.life === 'starting') {
          this.life = 'ready';
          this.parts.news.ready();
        }
        return;
      case 'reloaded':
        this.onReloaded?.();
        this.onReloaded = undefined;
        return;
      case 'status':
        this.hearStatus(message);
        return;
      case 'hopeless':
        this.parts.log({ ...message, event: 'hopeless', part: this.parts.name });
        this.leavesNothing = true;
        this.giveUp(message.exitCode, 'stopping');
        this.thread?.terminate();
        return;
      case 'stopped':
        this.leavesNothing = true;
        this.endWithin(LAST_WORDS, false);
        return;
      case 'bequeath':
        this.legacy = { ...this.legacy, ...message.legacy };
        return;
      case 'busy':
        return;
      default:
        this.parts.news.message(message, reply);
    }
  }

  private hearStatus({ ticket, status, more }: Extract<FromWorker, { type: 'status' }>): void {
    const asked = this.asked.get(ticket);
    if (!asked) return;
    asked.portions.push(status);
    if (more) return;
    this.asked.delete(ticket);
    asked.answer(joined(asked.portions));
  }

  /** Terminates the worker unless it ends by itself, or says something, in time. */
  private endWithin(limit: Duration, complain = true): void {
    const { alarm, clock, log, name } = this.parts;
    alarm.set(after(clock.now(), limit), () => {
      if (complain) log({ event: 'forcing-end', part: name });
      this.thread?.terminate();
    });
  }

  private ended(failure: Error | undefined): void {
    const { parts } = this;
    const wasReady = this.life === 'ready';
    this.thread = undefined;
    parts.alarm.set(null, () => undefined);
    if (failure) parts.log({ event: 'worker-error', part: parts.name, reason: told(failure) });
    parts.news.died();
    this.onReloaded?.();
    this.onReloaded = undefined;
    for (const { answer } of this.asked.values()) answer(undefined);
    this.asked.clear();
    if (this.life === 'stopping') {
      if (!this.leavesNothing) this.cleanUp();
      if (this.thread) this.askToStop();
      else this.off();
      return;
    }
    this.hasDied = true;
    this.restart(wasReady);
  }

  private off(): void {
    this.life = 'off';
    this.afterEnd?.();
    this.afterEnd = undefined;
  }

  private restart(wasReady: boolean): void {
    const { parts } = this;
    const fields = { part: parts.name, pid: process.pid };
    if (!parts.respawn) {
      parts.log({ event: 'died-exiting', ...fields });
      this.giveUp(1, 'waiting');
      return;
    }
    const now = parts.clock.now();
    const [deaths, next] = respawn(this.deaths, this.started, wasReady, now);
    this.deaths = deaths;
    if (next.do === 'give-up') {
      parts.log({ event: 'dies-at-once', part: parts.name, times: MOST_STILLBORN });
      this.giveUp(1, 'off');
      return;
    }
    parts.log({ event: 'respawning', ...fields });
    if (next.after === 0) {
      this.spawn();
      return;
    }
    this.life = 'waiting';
    parts.log({ event: 'respawn-delayed', part: parts.name, seconds: toSeconds(next.after) });
    parts.alarm.set(after(now, next.after), () => this.spawn());
  }

  /** `life` is what the daemon's stop finds: something to end, to clean up, or nothing. */
  private giveUp(exitCode: number, life: Life): void {
    this.life = life;
    this.parts.news.hopeless(exitCode);
  }
}

/** A thread's failure in one line; the stack only of what is our own mistake. */
function told(error: Error & { code?: string }): string {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'out of memory';
  return error.stack ?? String(error);
}

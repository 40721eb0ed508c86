import { render } from '@keepalived-ts/base/events.js';
import { type IpAddress, ip } from '@keepalived-ts/base/ip.js';
import { type Instant, instant } from '@keepalived-ts/base/time.js';
import { down, type Target, up, type Verdict } from '#checks/core/define-checker.js';
import type { Effect, Input } from '#checks/core/effects.js';
import { Engine } from '#checks/core/engine.js';
import type { CheckerPlan, CheckPlan } from '#checks/core/plan.js';
import { checkEvents } from '#checks/events.js';
import type { Table } from '#lvs/core/table.js';
import type { CheckStatus } from '#src/ipc/status.js';
import { checkers, planOf } from './support.js';

export const good: Verdict = up('good');
export const bad: Verdict = down('bad', 'it is bad');

/** What a server answers to a question at a time, in seconds. */
export type Answer = (
  check: CheckerPlan & { target: Target },
  question: number,
  t: number,
) => Verdict;

/**
 * The engine with a clock that runs as fast as it can, and servers that answer at once or after
 * `takes` microseconds. What it says is kept as lines: time, then a log line or a notice.
 */
export class Rehearsal {
  readonly lines: string[] = [];
  /** Every probe: when, whom, which question. */
  readonly probes: string[] = [];
  private readonly engine: Engine;
  private plan: CheckPlan;
  private readonly answer: Answer;
  private readonly takes: number;
  private local: ReadonlySet<IpAddress> = new Set();
  private now: Instant = instant(0);
  private pending: { at: Instant; input: Input }[] = [];

  constructor(text: string, answer: Answer, options: { random?: number; takes?: number } = {}) {
    this.plan = planOf(text).plan;
    this.engine = new Engine(this.plan, checkers, () => options.random ?? 0);
    this.answer = answer;
    this.takes = options.takes ?? 0;
  }

  start(found?: Table): this {
    this.feed({ kind: 'start', found });
    this.feed({ kind: 'settled', local: this.local });
    return this;
  }

  reload(text: string): this {
    this.plan = planOf(text).plan;
    this.feed({ kind: 'reload', plan: this.plan });
    this.feed({ kind: 'settled', local: this.local });
    return this;
  }

  /** These are the addresses of this machine from now on. */
  has(...addresses: string[]): this {
    this.local = new Set(addresses.map(ip));
    this.feed({ kind: 'addresses', local: this.local });
    return this;
  }

  stop(): this {
    this.feed({ kind: 'stop' });
    return this;
  }

  /** Lets the clock run to `seconds`. */
  until(seconds: number): this {
    const end = instant(seconds * 1_000_000);
    for (;;) {
      const due = this.engine.deadline();
      const reply = this.pending[0];
      const next = Math.min(due ?? Infinity, reply?.at ?? Infinity);
      if (next > end) break;
      this.now = instant(next);
      if (reply && reply.at <= next) {
        this.pending.shift();
        this.feed(reply.input);
      } else this.feed({ kind: 'deadline' });
    }
    this.now = end;
    return this;
  }

  /** The lines since the last call. */
  said(): string[] {
    return this.lines.splice(0);
  }

  asked(): string[] {
    return this.probes.splice(0);
  }

  status(): CheckStatus {
    return this.engine.status();
  }

  /** The wanted table: `10.0.0.1:80: 192.168.1.1:80=1 192.168.1.2:80=0`. */
  table(): string[] {
    return [...this.engine.table()].map(([key, { destinations }]) => {
      const pool = [...destinations].map(([name, { weight }]) => `${name}=${weight}`);
      return `${key.replace('TCP ', '')}: ${pool.join(' ')}`.trim();
    });
  }

  wanted(): Table {
    return this.engine.table();
  }

  private feed(input: Input): void {
    for (const effect of this.engine.advance(input, this.now)) this.perform(effect);
  }

  private perform(effect: Effect): void {
    const t = this.now / 1_000_000;
    switch (effect.do) {
      case 'probe': {
        const { check, generation, question, target } = effect;
        const plan = this.plan.checks[check];
        if (!plan) throw new Error(`no check ${check}`);
        this.probes.push(`${t} ${plan.server} ${question}`);
        const verdict = this.answer({ ...plan, target }, question, t);
        const input: Input = { kind: 'verdict', check, generation, verdict };
        this.pending.push({ at: instant(this.now + this.takes), input });
        break;
      }
      case 'log':
        this.lines.push(`${t} ${render('check', checkEvents, effect.event).text}`);
        break;
      case 'notify': {
        const { notice } = effect;
        if (notice.of === 'real-server') {
          this.lines.push(`${t} * RS ${notice.server} ${notice.service} ${notice.state}`);
        } else if (notice.of === 'virtual-server') {
          this.lines.push(`${t} * VS ${notice.service} ${notice.state}`);
        }
        break;
      }
      case 'mail':
        this.lines.push(`${t} mail: ${effect.letter.subject}: ${effect.letter.body}`);
        break;
      default:
    }
  }
}

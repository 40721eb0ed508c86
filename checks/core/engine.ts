import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { after, type Instant, plus, seconds, times } from '@keepalived-ts/base/time.js';
import type { Table } from '#lvs/core/table.js';
import type { AllTraffic } from '#lvs/core/traffic.js';
import type { CheckStatus } from '#src/ipc/status.js';
import { adoptTable, type Check, carryOver, extraWeight, foundOf, newChecks } from './carry.js';
import { type CheckState, judge } from './check-state.js';
import { type Checkers, succeedOrFail, type Verdict } from './define-checker.js';
import { DueHeap } from './due-heap.js';
import type { CheckEvent, Effect, Input } from './effects.js';
import type { CheckPlan } from './plan.js';
import { names, Pool, restingServices, type Server, type Service, setWeight } from './pool.js';
import { statusOf } from './status.js';
import { targetOf } from './target.js';

/** The later of two points in time. */
const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);

/** No check runs in the first second, whatever the warm-up says (reference §3). */
const SETTLING = seconds(1);

/**
 * Decides when which check runs and what its outcome means: data in, effects out.
 *
 * The same inputs at the same times give the same effects. Unlike a router of `vrrp/` it is
 * changed in place: a copy of 10,000 servers for each verdict would be the thread's main work.
 */
export class Engine {
  private readonly checkers: Checkers;
  private readonly random: () => number;
  private pool: Pool;
  private mailsEachWord: boolean;
  private checks: Check[];
  private due = new DueHeap();
  /** Services that are not checked now: ha_suspend. */
  private resting: ReadonlySet<Service> = new Set();
  /** Counts plans; verdicts of probes that an older plan sent out are ignored. */
  private generation = 0;
  private effects: Effect[] = [];
  private readonly emit = (effect: Effect): void => void this.effects.push(effect);

  /** `random` gives numbers from 0 to 1 for the warm-up, which spreads the checks over time. */
  constructor(plan: CheckPlan, checkers: Checkers, random: () => number) {
    this.checkers = checkers;
    this.random = random;
    this.pool = new Pool(plan, this.emit);
    this.mailsEachWord = plan.mailsEachWord;
    this.checks = newChecks(plan, this.pool);
  }

  /** Works through one input. */
  advance(input: Input, now: Instant): readonly Effect[] {
    this.effects = [];
    switch (input.kind) {
      case 'start':
        this.start(input.found);
        break;
      case 'settled':
        this.activate(input.local, now);
        break;
      case 'addresses':
        this.suspend(input.local);
        break;
      case 'deadline':
        this.probeDue(now);
        break;
      case 'verdict':
        if (input.generation === this.generation) this.weigh(input.check, input.verdict, now);
        break;
      case 'reload':
        this.reload(input.plan);
        break;
      case 'stop':
        this.stop();
        break;
    }
    return this.effects;
  }

  /** When `advance` wants to be called with a `deadline`; `null`: not before something else. */
  deadline(): Instant | null {
    return this.due.next();
  }

  /** What IPVS should hold now. */
  table(): Table {
    return this.pool.table();
  }

  /** How services and servers stand now. */
  status(traffic?: AllTraffic): CheckStatus {
    return statusOf(this.pool, this.checks, traffic);
  }

  private start(found: Table | undefined): void {
    if (found) adoptTable(this.pool, this.checks, found);
    for (const service of this.pool.services.values()) {
      if (!found || !foundOf(service, found)) this.pool.begin(service);
    }
    this.emit({ do: 'update-table' });
  }

  private activate(local: ReadonlySet<IpAddress>, now: Instant): void {
    this.due = new DueHeap();
    this.resting = restingServices(this.pool, local);
    for (const [i, { plan, server }] of this.checks.entries()) {
      const rests = this.resting.has(server.service);
      this.log({ event: rests ? 'deactivating' : 'activating', ...names(server) });
      const warmup = times(plan.rules.warmup, this.random());
      this.due.add(after(now, plus(SETTLING, warmup)), i);
    }
  }

  /** Virtual addresses have come or gone. */
  private suspend(local: ReadonlySet<IpAddress>): void {
    const before = this.resting;
    this.resting = restingServices(this.pool, local);
    for (const { server } of this.checks) {
      const rests = this.resting.has(server.service);
      if (rests === before.has(server.service)) continue;
      this.log({ event: rests ? 'suspending' : 'activating', ...names(server) });
    }
  }

  private probeDue(now: Instant): void {
    for (let i = this.due.take(now); i !== undefined; i = this.due.take(now)) {
      const check = this.checks[i];
      if (!check) continue;
      const { plan, server, state } = check;
      if (this.resting.has(server.service)) {
        this.due.add(after(now, plan.rules.delayLoop), i);
        continue;
      }
      check.asked = now;
      const target = targetOf(plan, server.plan);
      const { generation } = this;
      this.emit({ do: 'probe', check: i, generation, question: state.question, target });
    }
  }

  private weigh(index: number, verdict: Verdict, now: Instant): void {
    const check = this.checks[index];
    if (!check) return;
    const { plan, server, state: before } = check;
    const { state, wait, says } = judge(plan, before, verdict);
    check.state = state;
    const next = after(plan.rules.fromStart ? check.asked : now, wait);
    this.due.add(later(next, now), index);
    this.emit({ do: 'count', ...names(server), counter: verdict.is });
    this.tell(check, verdict, before, says !== undefined);
    if (says !== undefined && verdict.is !== 'undecided') this.say(check, verdict, before.hasRun);
    const weight = server.weight + extraWeight(server, state) - extraWeight(server, before);
    // A server that goes down forgets what its checker had made of its weight, without a word.
    if (state.up) this.pool.reweigh(server, weight);
    else setWeight(server, weight);
    if (says === undefined) return;
    if (state.up === before.up) {
      // An alpha server whose first check fails was down all along, but nobody has been told.
      if (!state.up) this.pool.tellServer(server, false);
      if (this.mailsEachWord && this.checkers.get(plan.keyword)?.mailsFirstWord) {
        this.mail(check, verdict);
      }
      return;
    }
    const was = server.alive;
    this.pool.report(server, state.up);
    if (server.alive !== was || this.mailsEachWord) this.mail(check, verdict);
  }

  private mail({ plan, server }: Check, verdict: Verdict): void {
    if (verdict.is === 'undecided') return;
    const text = this.checkers.get(plan.keyword)?.mail ?? succeedOrFail('CHECK');
    this.pool.mail(server, server.alive, text(verdict));
  }

  /** A checker's word, in its own phrase. */
  private say(
    { plan, server }: Check,
    verdict: Exclude<Verdict, { is: 'undecided' }>,
    hasRun: boolean,
  ): void {
    const { options } = plan.question;
    const { retry } = plan.rules;
    const occasion = { ...names(server), options, verdict, retry, retries: hasRun ? retry : 0 };
    const phrase = this.checkers.get(plan.keyword)?.phrase(occasion) ?? '';
    if (phrase === '') return;
    this.log({ event: verdict.is === 'up' ? 'check-succeeded' : 'check-failed', phrase });
  }

  /** The story behind a verdict, where there is one. */
  private tell(
    { plan, server }: Check,
    verdict: Verdict,
    { trouble, remark }: CheckState,
    decided: boolean,
  ): void {
    const fields = { ...names(server), checker: plan.keyword, detail: verdict.detail };
    if (verdict.is === 'up') {
      const detail = verdict.remark;
      if (detail !== undefined && detail !== remark)
        this.log({ event: 'remark', ...fields, detail });
    } else if (verdict.is === 'undecided') {
      if (verdict.reason !== trouble) this.log({ event: 'undecided', ...fields });
    } else if (plan.rules.logAllFailures) this.log({ event: 'attempt-failed', ...fields });
    else if (decided) this.log({ event: 'failure-reason', ...fields });
  }

  private reload(plan: CheckPlan): void {
    this.generation++;
    this.emit({ do: 'cancel-probes' });
    this.log({ event: 'reloading' });
    const pool = new Pool(plan, this.emit);
    const checks = newChecks(plan, pool);
    carryOver({ pool: this.pool, checks: this.checks }, { pool, checks }, this.emit);
    this.pool = pool;
    this.mailsEachWord = plan.mailsEachWord;
    this.checks = checks;
    this.due = new DueHeap();
    this.emit({ do: 'update-table' });
  }

  private stop(): void {
    this.generation++;
    this.due = new DueHeap();
    this.emit({ do: 'cancel-probes' });
    this.log({ event: 'stopping' });
    for (const service of this.pool.services.values()) {
      for (const server of service.servers.values()) this.shutDown(server);
      if (service.plan.omega) this.pool.tellService(service, false);
    }
  }

  private shutDown(server: Server): void {
    const inhibited = server.plan.inhibit && !server.alive;
    this.log({ event: 'shutting-down', ...names(server), inhibited });
    if (server.alive && server.service.plan.omega) this.pool.leave(server, 'Shutting down');
  }

  private log(event: CheckEvent): void {
    this.emit({ do: 'log', event });
  }
}

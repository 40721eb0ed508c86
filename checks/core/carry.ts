import { type Instant, instant } from '@keepalived-ts/base/time.js';
import { entryOf, type Table, type TableEntry, weightIn } from '#lvs/core/table.js';
import { type CheckState, initialState } from './check-state.js';
import type { Emit } from './effects.js';
import type { CheckerPlan, CheckPlan } from './plan.js';
import { names, type Pool, type Server, type Service, setAlive, setWeight } from './pool.js';
import { quorumHeld } from './quorum.js';

/** A checker as it stands now. */
export interface Check {
  plan: CheckerPlan;
  server: Server;
  state: CheckState;
  /** When it last asked. */
  asked: Instant;
}

/** The checkers of a plan before any probe, and the servers of `pool` as that makes them. */
export function newChecks(plan: CheckPlan, pool: Pool): Check[] {
  const checks = plan.checks.flatMap((checker) => {
    const server = pool.server(checker.service, checker.server);
    const state = initialState(checker);
    return server ? [{ plan: checker, server, state, asked: instant(0) }] : [];
  });
  recount(pool, checks);
  return checks;
}

/** Works out every server's state from the words of its checkers. */
function recount(pool: Pool, checks: readonly Check[]): void {
  for (const service of pool.services.values()) {
    for (const server of service.servers.values()) {
      server.failed = 0;
      setWeight(server, server.plan.weight);
    }
  }
  for (const { server, state } of checks) {
    if (!state.up) server.failed++;
    setWeight(server, server.weight + extraWeight(server, state));
  }
  for (const service of pool.services.values()) {
    for (const server of service.servers.values()) setAlive(server, server.failed === 0);
  }
}

/** What a checker's word adds to the configured weight of its server. */
export function extraWeight({ plan }: Server, { weight }: CheckState): number {
  if (!weight) return 0;
  return 'instead' in weight ? weight.instead - plan.weight : weight.plus;
}

/**
 * Believes the table that a dead thread left behind: a server that it had taken out stays out
 * until its checks succeed, so that a restart sends no client to a dead server. Nobody is told
 * anything, because nothing has changed.
 */
export function adoptTable(pool: Pool, checks: Check[], found: Table): void {
  for (const check of checks) {
    const { server } = check;
    const entry = foundOf(server.service, found);
    if (!entry) continue;
    const weight = weightIn(entry, server.plan);
    const up = weight !== undefined && (weight > 0 || server.plan.weight === 0);
    check.state = { ...check.state, up, hasRun: true, failures: 0 };
  }
  recount(pool, checks);
  for (const service of pool.services.values()) {
    const entry = foundOf(service, found);
    if (!entry) continue;
    service.quorumUp = quorumHeld(service.plan, !sorryServes(service, entry), service.weight);
    service.entries = undefined;
  }
}

/** What was found of a virtual server: its service, or the first one of its group. */
export const foundOf = ({ plan }: Service, found: Table): TableEntry | undefined =>
  entryOf(plan, found);

/** Whether the sorry server has clients. One that is also a real server can't be told apart. */
function sorryServes({ plan, servers }: Service, entry: TableEntry): boolean {
  const { sorryServer: sorry } = plan;
  if (!sorry || servers.has(sorry.key)) return false;
  return (weightIn(entry, sorry) ?? 0) > 0;
}

/** One side of a reload. */
export interface Half {
  pool: Pool;
  checks: Check[];
}

/**
 * Moves to a new plan what the old one knew, and tells what it means (reference §7).
 *
 * Differs: quorum is looked at once, when everything is in place. keepalived runs quorum_down when
 * it removes the last live server even if the same reload brings others, and no quorum_up after.
 */
export function carryOver(old: Half, next: Half, emit: Emit): void {
  for (const [key, service] of old.pool.services) {
    const kept = next.pool.services.get(key);
    if (kept) dropServers(old.pool, service, kept, emit);
    else dropService(old.pool, service, emit);
  }
  inherit(old, next);
  recount(next.pool, next.checks);
  for (const [key, service] of next.pool.services) {
    const former = old.pool.services.get(key);
    if (!former) {
      next.pool.begin(service);
      continue;
    }
    service.quorumUp = former.quorumUp;
    for (const [name, server] of service.servers) {
      const before = former.servers.get(name);
      if (before) compare(before, server, next.pool, emit);
      else next.pool.beginServer(server);
    }
    next.pool.evaluate(service);
  }
}

/** Checkers that ask what they asked before keep their word; new ones are given the benefit. */
function inherit(old: Half, next: Half): void {
  // Most checkers connect alike, and share what says how.
  const texts = new Map<object, string>();
  const textOf = (connect: object): string => {
    const text = texts.get(connect) ?? JSON.stringify(connect);
    texts.set(connect, text);
    return text;
  };
  const id = ({ plan: { service, server, keyword, question, connect } }: Check): string =>
    [service, server, keyword, question.identity, textOf(connect)].join('\n');
  const known = new Map(old.checks.map((check) => [id(check), check.state]));
  for (const check of next.checks) {
    const { plan } = check;
    const state = known.get(id(check));
    const server = old.pool.server(plan.service, plan.server);
    if (state) check.state = { ...state, question: 0, stuck: false, trouble: undefined };
    else if (server) check.state = { ...check.state, up: !plan.rules.alpha || server.failed === 0 };
  }
}

/** A virtual server has left the configuration. */
function dropService(pool: Pool, service: Service, emit: Emit): void {
  emit({ do: 'log', event: { event: 'service-removed', service: service.plan.name } });
  for (const server of service.servers.values()) {
    if (!server.alive) continue;
    emit({ do: 'log', event: { event: 'removing', ...names(server) } });
    pool.leave(server, 'Removing');
  }
  if (service.quorumUp) pool.tellService(service, false);
}

/** Real servers have left a virtual server that stays. */
function dropServers(pool: Pool, service: Service, kept: Service, emit: Emit): void {
  for (const [key, server] of service.servers) {
    if (kept.servers.has(key)) continue;
    emit({ do: 'log', event: { event: 'no-longer-exists', ...names(server) } });
    if (server.alive) pool.leave(server, 'Removing');
  }
}

/** A server that stays: another weight, or other checkers with another word. */
function compare(before: Server, server: Server, pool: Pool, emit: Emit): void {
  const { alive } = server;
  const [from, to] = [before.weight, server.weight];
  if (from !== to) {
    emit({ do: 'log', event: { event: 'weight-changed', ...names(server), from, to, alive } });
  }
  if (before.alive === alive) return;
  pool.logChange(server);
  pool.tellServer(server, alive);
}

import { isDeepStrictEqual } from 'node:util';
import { instant } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { down, up } from '#checks/core/define-checker.js';
import type { Input as CheckInput } from '#checks/core/effects.js';
import { Engine } from '#checks/core/engine.js';
import { type CheckPlan, planChecks } from '#checks/core/plan.js';
import { loadCheckers } from '#checks/shell/registry.js';
import { perform, reconcile, serviceOf } from '#lvs/core/reconcile.js';
import type { Table, TableEntry } from '#lvs/core/table.js';
import { type Compared, configDiff } from '#src/daemon/config-diff.js';
import { checkers as blocks, dumpOf, loadText } from '#test/support/config.js';
import { runs } from '#test/support/fuzz.js';
import { linkOf } from '#test/support/lan.js';
import { INTERFACES, RandomConfig } from '#test/support/random-config.js';
import { planVrrp } from '#vrrp/core/plan.js';
import type { Effect, Input, VrrpPlan } from '#vrrp/core/types.js';
import { advance, emptyWorld, nextDeadline } from '#vrrp/core/world.js';

const checkers = await loadCheckers();

interface Plans extends Compared {
  check: CheckPlan;
}

function plansOf(text: string): Plans {
  const { config, diagnostics } = loadText(text);
  const vrrp = planVrrp(config, (d) => diagnostics.push(d));
  const check = planChecks(config, (d) => diagnostics.push(d), checkers);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { config, vrrp, check, checkers: blocks };
}

/** The vrrp thread's core with a kernel that does as it is told. */
class Node {
  /** `eth0 10.0.0.9/24`, as the kernel has it. */
  readonly addresses = new Set<string>();
  private world = emptyWorld;
  private now = instant(0);

  constructor(plan: VrrpPlan) {
    for (const [i, name] of INTERFACES.entries()) {
      this.feed({ kind: 'link', name, link: linkOf(name, i + 2, `10.0.${i}.1`) });
    }
    this.feed({ kind: 'start', plan, keepAddresses: false });
  }

  feed(input: Input): readonly Effect[] {
    const [next, effects] = advance(this.world, input, this.now);
    this.world = next;
    for (const effect of effects) {
      if (effect.do !== 'add-addresses' && effect.do !== 'remove-addresses') continue;
      for (const { address, prefix, interface: name } of effect.addresses) {
        const place = `${name} ${address}/${prefix}`;
        if (effect.do === 'remove-addresses') this.addresses.delete(place);
        else this.addresses.add(place);
      }
    }
    return effects;
  }

  /** Lets time pass in which a lonely router becomes master. */
  settle(): this {
    const end = instant(this.now + 6_000_000);
    for (let due = nextDeadline(this.world); due !== null && due <= end; ) {
      this.now = due;
      this.feed({ kind: 'deadline' });
      due = nextDeadline(this.world);
    }
    this.now = end;
    return this;
  }

  /** What each router is and says, by name. */
  get routers(): unknown[] {
    return [...this.world.routers].map(({ plan: { name, vrid, vips }, state, priority }) => {
      return { name, vrid, state, priority, vips: vips.map(({ address }) => address) };
    });
  }
}

/** A server that fails its checks, whichever they are and whenever. */
const isBad = (server: string): boolean => /\.\d*[37]:/.test(server);

/** The check thread's core, and the IPVS table that its commands make. */
class Balancer {
  readonly table = new Map<string, TableEntry>();
  private readonly engine: Engine;
  private plan: CheckPlan;
  private now = instant(0);

  constructor(plan: CheckPlan) {
    this.plan = plan;
    this.engine = new Engine(plan, checkers, () => 0);
    this.feed({ kind: 'start', found: undefined });
    this.feed({ kind: 'settled', local: new Set() });
  }

  /** Services that the reload's commands are about. */
  reload(plan: CheckPlan): Set<string> {
    this.plan = plan;
    const touched = this.feed({ kind: 'reload', plan });
    this.feed({ kind: 'settled', local: new Set() });
    return touched;
  }

  /** Lets every check run often enough to be decided. */
  settle(): this {
    const end = instant(this.now + 12_000_000);
    for (let due = this.engine.deadline(); due !== null && due <= end; ) {
      this.now = due;
      this.feed({ kind: 'deadline' });
      due = this.engine.deadline();
    }
    this.now = end;
    return this;
  }

  private feed(input: CheckInput): Set<string> {
    const touched = new Set<string>();
    for (const effect of this.engine.advance(input, this.now)) {
      if (effect.do === 'update-table') {
        const commands = reconcile(this.engine.table(), this.table);
        for (const command of commands) touched.add(serviceOf(command) ?? '');
        perform(this.table, commands);
      } else if (effect.do === 'probe') {
        const { check, generation } = effect;
        const server = this.plan.checks[check]?.server ?? '';
        const verdict = isBad(server) ? down('bad', 'it is bad') : up('good');
        this.feed({ kind: 'verdict', check, generation, verdict });
      }
    }
    return touched;
  }
}

/** As `toEqual`, which takes ten times as long to find out that nothing differs. */
function same(found: unknown, wanted: unknown, what: string): void {
  if (!isDeepStrictEqual(found, wanted)) expect(found, what).toEqual(wanted);
}

/** All there is to compare of a node, and that of one that has just been started. */
function sameNode(node: Node, { vrrp }: Plans, what: string): void {
  const fresh = new Node(vrrp).settle();
  expect(node.addresses.size).toBeGreaterThan(50);
  same(node.routers, fresh.routers, what);
  same([...node.addresses].sort(), [...fresh.addresses].sort(), what);
}

function sameTable(balancer: Balancer, { check }: Plans, what: string): void {
  const fresh = new Balancer(check).settle();
  same(sorted(balancer.table), sorted(fresh.table), what);
  const servers = [...fresh.table.values()].flatMap(({ destinations }) => [...destinations.keys()]);
  expect(servers.length).toBeGreaterThan(250);
  expect(servers.some(isBad), 'servers without a check').toBe(true);
}

/** A table in the order of its keys, for comparing. */
const sorted = (table: Table): unknown =>
  [...table]
    .map(([key, { service, destinations }]) => ({
      key,
      service,
      destinations: [...destinations].sort(([a], [b]) => (a < b ? -1 : 1)),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));

const routersOf = ({ instances }: VrrpPlan): string[] => instances.map(({ name }) => name);

const EDITS = runs(25).numRuns;
const RELOADS = runs(10).numRuns;

describe('reloads of 50 instances and 500 real servers', () => {
  it.each([1, 2, 3])(
    'edit by edit end where a fresh start does (seed %i)',
    { timeout: 300_000 },
    (seed) => {
      const config = new RandomConfig(seed, { instances: 50, services: 50, servers: 10 });
      let inUse = plansOf(config.text);
      const node = new Node(inUse.vrrp).settle();
      const balancer = new Balancer(inUse.check).settle();
      for (let n = 0; n < EDITS; n++) {
        const { what, instances, services } = config.edit();
        const next = plansOf(config.text);
        const effects = node.feed({ kind: 'reload', plan: next.vrrp });
        const others = new Set(routersOf(next.vrrp).filter((name) => !instances.includes(name)));
        expect(
          effects.filter((e) => 'instance' in e && others.has(e.instance ?? '')),
          what,
        ).toEqual([]);
        const touched = [...balancer.reload(next.check)];
        expect(
          touched.filter((key) => !services.includes(key)),
          what,
        ).toEqual([]);
        const changes = configDiff(inUse, next);
        expect(changes.length > 0, what).toBe(dumpOf(next.config) !== dumpOf(inUse.config));
        for (const { kind, name, within } of changes) {
          const known = kind === 'vrrp_instance' ? instances : services.map(titled);
          expect(known, what).toContain(within[0]?.replace('virtual_server ', '') ?? name);
        }
        node.settle();
        balancer.settle();
        // What an edit does not concern has just been seen to stay as it is.
        if (instances.length > 0) sameNode(node, next, what);
        if (services.length > 0) sameTable(balancer, next, what);
        inUse = next;
      }
    },
  );

  it('from any configuration to any other end there, too', { timeout: 300_000 }, () => {
    const config = new RandomConfig(5, { instances: 50, services: 50, servers: 10 });
    let inUse = plansOf(config.text);
    const node = new Node(inUse.vrrp);
    const balancer = new Balancer(inUse.check);
    for (let n = 0; n < RELOADS; n++) {
      for (let edits = 0; edits < 40; edits++) config.edit();
      const next = plansOf(config.text);
      // Sooner than the last reload has settled.
      node.feed({ kind: 'reload', plan: next.vrrp });
      balancer.reload(next.check);
      if (n % 3 > 0) continue;
      sameNode(node.settle(), next, `after ${n} reloads`);
      sameTable(balancer.settle(), next, `after ${n} reloads`);
      inUse = next;
    }
    expect(configDiff(inUse, inUse)).toEqual([]);
  });
});

/** `TCP 10.1.0.1:80` as the configuration writes it. */
const titled = (key: string): string => key.replace('TCP ', '').replace(':', ' ');

import { ip } from '@keepalived-ts/base/ip.js';
import { secret } from '@keepalived-ts/base/secret.js';
import { type Instant, instant, seconds } from '@keepalived-ts/base/time.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '#test/support/fuzz.js';
import { linkOf } from '#test/support/lan.js';
import { anything } from '#test/support/vrrp-arbitraries.js';
import { route, routerPlan, rule, scriptPlan, vip, vrrpPlan } from '#test/vrrp/core/values.js';
import { routeText, ruleText } from '#vrrp/core/entries.js';
import { UNPACED } from '#vrrp/core/garp-queue.js';
import { inputWriter, readInput } from '#vrrp/core/record.js';
import { allVips } from '#vrrp/core/router.js';
import type { Effect, Input, Link, RouterPlan, Vip, VrrpPlan } from '#vrrp/core/types.js';
import { advance, emptyWorld, nextDeadline, type World } from '#vrrp/core/world.js';
import { passwordField } from '#vrrp/wire/advert.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import { decodeIpv4 } from '#vrrp/wire/ip-header.js';

const hmac = {
  type: 'HMAC',
  keys: [{ id: 1, key: secret('k'.repeat(32)) }],
  active: 1,
  mode: 'permissive',
  window: seconds(5),
} as const;

/** Plans of a few routers that have much in common, so that reloads find something to compare. */
const routers = (): fc.Arbitrary<RouterPlan[]> =>
  fc.uniqueArray(
    fc
      .record({
        interface: fc.constantFrom('eth0', 'eth1'),
        vrid: fc.constantFrom(51, 52),
        priority: fc.constantFrom(1, 100, 150, 254, 255),
        wanted: fc.constantFrom('MASTER' as const, 'BACKUP' as const),
        nopreempt: fc.boolean(),
        preemptDelay: fc.constantFrom(0, 0, 2).map(seconds),
        authentication: fc.constantFrom(
          undefined,
          { type: 'PASS' as const, password: secret('secret') },
          { type: 'AH' as const, password: secret('secret') },
          hmac,
          { ...hmac, active: 2 },
        ),
        lowerPrioNoAdvert: fc.boolean(),
        higherPrioSendAdvert: fc.boolean(),
        scripts: fc.subarray([
          { name: 'chk', weight: 0, reverse: false },
          { name: 'two', weight: -30, reverse: true },
        ]),
        interfaces: fc.subarray([
          { name: 'eth0', weight: 0, reverse: false },
          { name: 'eth1', weight: 40, reverse: false },
        ]),
        vips: fc.subarray([vip('10.0.0.100'), vip('10.0.0.101'), vip('10.0.1.1', { prefix: 32 })]),
        routes: fc.subarray([route('10.1.0.0'), route('10.2.0.0')]),
        rules: fc.subarray([rule(1), rule(2)]),
      })
      .map((change) => routerPlan({ ...change, name: `${change.interface}.${change.vrid}` })),
    { selector: (plan) => `${plan.interface} ${plan.vrid}`, maxLength: 3 },
  );
/** Now and then all of them are one sync group, which leads at once only if all members would. */
const grouped = fc.tuple(routers(), fc.boolean()).map(([all, yes]) => ({
  instances: all.map((router): RouterPlan => {
    const waits = yes && !all.every((vr) => vr.priority === 255 && vr.wanted === 'MASTER');
    return { ...router, grouped: yes, wanted: waits ? 'BACKUP' : router.wanted };
  }),
  groups: yes && all.length > 0 ? [{ name: 'G', members: all.map((_, i) => i) }] : [],
}));
const settings = fc.record({
  scripts: fc.constant([scriptPlan({ rise: 2, fall: 2 }), scriptPlan({ name: 'two' })]),
  startupDelay: fc.constantFrom(0, 0, 0, 1.5).map(seconds),
  garpPaces: fc.constantFrom(0, 0, 0.5).map((arp) => ({ ...UNPACED, arp: seconds(arp) })),
});
const plan: fc.Arbitrary<VrrpPlan> = fc
  .tuple(grouped, settings)
  .map(([routing, rest]) => vrrpPlan({ ...routing, ...rest }));
const link: fc.Arbitrary<Link | undefined> = fc.option(
  fc
    .record({
      up: fc.boolean(),
      index: fc.constantFrom(2, 2, 2, 9),
      from: fc.subarray(['7', '100']),
    })
    .map(({ up, index, from }) => ({
      ...linkOf('eth0', index, ''),
      up,
      addresses: from.map((n) => ({ address: ip(`10.0.0.${n}`), prefix: 24 })),
    })),
  { nil: undefined, freq: 6 },
);
const packet = fc
  .record({
    vrid: fc.constantFrom(51, 52, 53),
    priority: fc.constantFrom(0, 1, 100, 150, 254, 255),
    source: fc.constantFrom('10.0.0.1', '10.0.0.7', '10.0.0.9').map(ip),
    secured: fc.boolean(),
  })
  .map(({ vrid, priority, source, secured }) =>
    encodeDatagram({
      source,
      destination: ip('224.0.0.18'),
      ttl: 255,
      summedFor: undefined,
      id: 1,
      advert: {
        version: 2,
        vrid,
        priority,
        interval: seconds(1),
        password: secured ? passwordField(Buffer.from('secret')) : undefined,
        addresses: [ip('10.0.0.100')],
      },
    }),
  );
const name = fc.constantFrom('eth0', 'eth1');
const input: fc.Arbitrary<Input> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Input>({ kind: 'deadline' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('time-of-day' as const),
      epoch: fc.constantFrom(0, 100, 10_000).map(seconds),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('packet' as const),
      port: name,
      bytes: fc.oneof({ weight: 8, arbitrary: packet }, anything),
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(name, link)
      .map(([n, l]) => ({ kind: 'link' as const, name: n, link: l && { ...l, name: n } })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('address-lost' as const),
      interface: name,
      address: fc.constantFrom('10.0.0.100', '10.0.0.101', '10.0.0.7').map(ip),
      prefix: fc.constantFrom(24, 32),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('route-lost' as const),
      instance: fc.constantFrom('eth0.51', 'eth1.52', 'none', ''),
      route: fc.constantFrom(route('10.1.0.0'), route('10.9.0.0')),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rule-lost' as const),
      instance: fc.constantFrom('eth0.51', 'eth1.52', 'none', ''),
      rule: fc.constantFrom(rule(1), rule(9)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('script' as const),
      script: fc.constantFrom('chk', 'two', 'none'),
      run: fc.integer({ min: 0, max: 3 }),
      outcome: fc.constantFrom(
        { result: 'exited', status: 0 } as const,
        { result: 'exited', status: 0 } as const,
        { result: 'exited', status: 1 } as const,
        { result: 'timed-out' } as const,
      ),
    }),
  },
  { weight: 1, arbitrary: plan.map((p) => ({ kind: 'reload' as const, plan: p })) },
);

/** What the kernel has of each instance, by the effects so far. */
class Ledger {
  readonly #held = new Map<string, Set<string>>();

  /** Books a turn: nothing is added twice, and what is added stays for the turn at least. */
  book(effects: readonly Effect[]): void {
    const added = new Set<string>();
    for (const effect of effects) {
      this.#bookEntries(effect);
      if (effect.do !== 'add-addresses' && effect.do !== 'remove-addresses') continue;
      expect(effect.addresses.length).toBeGreaterThan(0);
      const held = this.#of(effect.instance);
      for (const address of effect.addresses.map(keyOf)) {
        if (effect.do === 'add-addresses') {
          expect(held).not.toContain(address);
          held.add(address);
          added.add(`${effect.instance} ${address}`);
        } else {
          expect(added).not.toContain(`${effect.instance} ${address}`);
          held.delete(address);
        }
      }
    }
  }

  /** Routes may be set again, since the kernel may have dropped them. */
  #bookEntries(effect: Effect): void {
    if (effect.do === 'add-routes') {
      for (const entry of effect.routes) this.#of(effect.instance).add(routeText(entry));
    } else if (effect.do === 'remove-routes') {
      for (const entry of effect.routes) this.#of(effect.instance).delete(routeText(entry));
    } else if (effect.do === 'add-rules') {
      for (const entry of effect.rules) this.#of(effect.instance).add(ruleText(entry));
    } else if (effect.do === 'remove-rules') {
      for (const entry of effect.rules) this.#of(effect.instance).delete(ruleText(entry));
    }
  }

  /** A MASTER has all its addresses, routes and rules, and nobody else has any. */
  compare(world: World): void {
    const due = new Map(
      [...world.routers].map((vr) => [
        vr.plan.name,
        vr.state === 'MASTER' ? possessionsOf(vr.plan) : [],
      ]),
    );
    for (const [owner, held] of this.#held) {
      expect([...held].toSorted()).toEqual((due.get(owner) ?? []).toSorted());
    }
  }

  #of(instance: string): Set<string> {
    const held = this.#held.get(instance) ?? new Set();
    this.#held.set(instance, held);
    return held;
  }
}

const possessionsOf = (plan: RouterPlan): string[] => [
  ...allVips(plan).map(keyOf),
  ...plan.routes.map(routeText),
  ...plan.rules.map(ruleText),
];

const keyOf = (v: Vip): string => `${v.interface} ${v.address}/${v.prefix}`;

/** What is true of every router, whatever happened. */
function inspect(world: World): void {
  const next = nextDeadline(world);
  for (const vr of world.routers) {
    const { state, deadline, priority, faults } = vr;
    expect(deadline !== null).toBe(state === 'BACKUP' || state === 'MASTER');
    if (deadline !== null) expect(next).toBeLessThanOrEqual(deadline);
    if (state !== 'MASTER') {
      expect([vr.secondBatch, vr.refresh, vr.lowerPrioBatch]).toEqual([null, null, null]);
    }
    const isAlone = !vr.plan.grouped;
    if (world.stage === 'running' && isAlone) expect(faults.length > 0).toBe(state === 'FAULT');
    expect(new Set(faults).size).toBe(faults.length);
    const [least, most] = vr.plan.priority === 255 ? [254, 255] : [1, 254];
    expect(priority).toBeGreaterThanOrEqual(least);
    expect(priority).toBeLessThanOrEqual(most);
  }
}

/** Members of a group are of one mind; one that has joined a master at a reload may still wait. */
function inspectGroups(world: World): void {
  if (world.stage !== 'running') return;
  for (const { plan: group, state } of world.groups) {
    const members = group.members.map((place) => world.routers.at(place));
    const states = new Set(members.map((vr) => vr.state));
    expect(members.some((vr) => vr.faults.length > 0)).toBe(state === 'FAULT');
    if (state === 'MASTER') states.delete('BACKUP');
    expect([...states]).toEqual([state]);
  }
}

/** What is true of the effects of a turn. */
function examine(world: World, effects: readonly Effect[]): void {
  const states = new Map([...world.routers].map((vr) => [vr.plan.name, vr.state]));
  const told = new Map<string, string>();
  for (const effect of effects) {
    if (effect.do === 'send-advert') {
      const packetSent = decodeIpv4(encodeDatagram(effect));
      expect(packetSent).toMatchObject({ id: effect.id, ttl: 255 });
      expect(effect.id).toBeGreaterThan(0);
    }
    if (effect.do === 'announce') {
      expect(effect.repeat).toBeGreaterThan(0);
      expect(states.get(effect.instance)).toBe('MASTER');
    }
    if (effect.do === 'notify' && effect.state !== 'MASTER_RX_LOWER_PRI') {
      told.set(effect.instance, effect.state);
    }
  }
  for (const [instance, state] of told) {
    const is = states.get(instance);
    // Those that left tell STOP, or FAULT when a reload removed them.
    if (is === 'INIT') expect(state).toBe('STOP');
    else expect(state).toBe(is ?? 'FAULT');
  }
}

describe('the world', () => {
  it('keeps its promises whatever happens', () => {
    const pause = fc.integer({ min: 0, max: 4_000_000 });
    const story = fc.array(fc.tuple(pause, input), { maxLength: 60 });
    fc.assert(
      fc.property(plan, story, (first, happenings) => {
        const write = inputWriter(Buffer.from('key'));
        const ledger = new Ledger();
        let world: World = emptyWorld;
        let now: Instant = instant(0);
        const feed = (next: Input): void => {
          expect(readInput(write(now, next))).toMatchObject({ now, input: { kind: next.kind } });
          const [after, effects] = advance(world, next, now);
          world = after;
          ledger.book(effects);
          ledger.compare(world);
          inspect(world);
          inspectGroups(world);
          examine(world, effects);
          const due = nextDeadline(world);
          if (next.kind === 'deadline' && due !== null) expect(due).toBeGreaterThan(now);
        };
        feed({ kind: 'link', name: 'eth0', link: linkOf('eth0', 2, '10.0.0.1') });
        feed({ kind: 'link', name: 'eth1', link: linkOf('eth1', 3, '10.0.1.1') });
        feed({ kind: 'start', plan: first, keepAddresses: false });
        for (const [wait, next] of happenings) {
          now = instant(now + wait);
          feed(next);
        }
        feed({ kind: 'stop' });
        expect([...world.routers].every((vr) => vr.state === 'INIT')).toBe(true);
        expect(nextDeadline(world)).toBeNull();
      }),
      runs(1_000),
    );
  });
});

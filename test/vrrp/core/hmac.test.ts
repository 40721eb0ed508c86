import { ip } from '@keepalived-ts/base/ip.js';
import { reveal, secret } from '@keepalived-ts/base/secret.js';
import { instant, seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { Lan, linkOf } from '#test/support/lan.js';
import { planOf as planText } from '#test/support/plan-text.js';
import { type AuthenticationPlan, lostKey } from '#vrrp/core/authentication.js';
import { inputWriter, readInput } from '#vrrp/core/record.js';
import type { Effect, Input, VrrpPlan } from '#vrrp/core/types.js';
import { advance, emptyWorld } from '#vrrp/core/world.js';
import { Life, planOf, sealed } from './life.js';
import { settled } from './planned.js';
import { advert, at, counts, events, routerPlan, vrrpPlan } from './values.js';

const [OLD, NEW] = ['a key of which 32 bytes are enough', 'another key with 32 bytes or more'];
const block = (lines: string): string => `auth_hmac {\n${lines}\n}`;
const key = (id: number, text: string): string => `key ${id} "${text}"`;
const TWO = `${key(1, OLD)}\n${key(2, NEW)}`;

describe('auth_hmac in a plan', () => {
  const hmac = (lines: string, more = '') => {
    const { router, messages } = settled(`${block(lines)}\n${more}`);
    return { by: router.authentication, messages };
  };

  it('has what the lines say, and defaults', () => {
    const { by, messages } = hmac(`${TWO}\nactive_key 2`);
    expect(messages).toEqual([]);
    expect(by).toMatchObject({ type: 'HMAC', active: 2, mode: 'enforce', window: seconds(5) });
    const keys = by?.type === 'HMAC' ? by.keys : [];
    expect(keys.map((one) => [one.id, reveal(one.key).toString()])).toEqual([
      [1, OLD],
      [2, NEW],
    ]);
    expect(JSON.stringify(by)).not.toContain('32 bytes');
  });

  it.each([
    ['advert_int 20', '', 60],
    ['advert_int 250', '', 300],
    ['', 'time_window 9', 9],
    ['', 'anti_replay monotonic', undefined],
  ])('%s %s gives a window of %s s', (more, lines, window) => {
    const { by } = hmac(`${TWO}\nactive_key 1\n${lines}`, more);
    expect(by).toMatchObject({ window: window === undefined ? undefined : seconds(window) });
  });

  it.each([
    [
      `${TWO}\nactive_key 3`,
      'auth_hmac active_key 3 is not among its keys - adverts are neither signed nor checked',
    ],
    [TWO, 'auth_hmac has no active_key - adverts are neither signed nor checked'],
    [`${key(1, 'too short')}\nactive_key 1`, 'a key of 9 bytes is ignored'],
    [`key 1 hex:xyz\nactive_key 1`, 'a hex key has pairs of hexadecimal digits - ignoring the key'],
  ])('without a key to sign with is none: %j', (lines, message) => {
    const { by, messages } = hmac(lines);
    expect(by).toBeUndefined();
    expect(messages).toContain(message);
  });

  it('has the keys that were read; the number of one to sign with that was not is a FAULT', () => {
    const { by, messages } = hmac(`key 1 file:/lost\n${key(2, NEW)}\nactive_key 1`);
    expect(messages).toEqual([]);
    expect(by).toMatchObject({ type: 'HMAC', keys: [{ id: 2 }], active: 1, mode: 'enforce' });
    expect(lostKey(by)).toBe(1);
    expect(lostKey(hmac(`key 1 file:/lost\n${key(2, NEW)}\nactive_key 2`).by)).toBeUndefined();
  });

  it('takes the first of two keys with one number', () => {
    const { by, messages } = hmac(`${key(1, OLD)}\n${key(1, NEW)}\nactive_key 1`);
    expect(by?.type === 'HMAC' && by.keys.map((one) => reveal(one.key).toString())).toEqual([OLD]);
    expect(messages).toEqual(['auth_hmac key 1 already defined - the first one counts']);
  });

  it('is what counts beside passwords, and must be enforced in strict mode', () => {
    const both = hmac(`${TWO}\nactive_key 1`, 'authentication {\n auth_type PASS\n auth_pass x\n}');
    expect(both).toMatchObject({
      by: { type: 'HMAC' },
      messages: ['(V) authentication is ignored with auth_hmac'],
    });
    const strict = hmac(`${TWO}\nactive_key 1\nmode permissive`, 'strict_mode on');
    expect(strict.by).toMatchObject({ mode: 'enforce' });
  });

  it('leaves less room for addresses in an advert over IPv6', () => {
    const vips = Array.from({ length: 95 }, (_, i) => `2001:db8::${(i + 1).toString(16)}`);
    const lines = `${block(`${TWO}\nactive_key 1`)}\nvirtual_ipaddress {\n${vips.join('\n')}\n}`;
    const { plan } = planText(
      `vrrp_instance V {\n interface eth0\n virtual_router_id 51\n${lines}\n}\n`,
    );
    expect(plan.instances[0]?.vips).toHaveLength(89);
  });
});

const EPOCH = seconds(1_700_000_000);
const HMAC = {
  type: 'HMAC',
  keys: [{ id: 1, key: secret(OLD) }],
  active: 1,
  mode: 'enforce',
  window: seconds(5),
} as const satisfies AuthenticationPlan;
const told: Input = { kind: 'time-of-day', epoch: EPOCH };

/** Nodes on one segment that have been told the time, each with a key for auth_hmac. */
class Segment {
  readonly counted = new Map<string, string[]>();
  readonly lan = new Lan(({ node, effects }) => {
    const list = this.counted.get(node.name) ?? [];
    this.counted.set(node.name, [...list, ...counts(effects)]);
  });

  add(name: string, priority: number, by: AuthenticationPlan, epoch = EPOCH): void {
    const host = this.lan.nodes.size + 1;
    const node = this.lan.add(name, [linkOf('eth0', 2, `10.0.0.${host}`)]);
    node.start(this.plan(priority, by));
    node.feed({ kind: 'time-of-day', epoch });
  }

  plan(priority: number, authentication: AuthenticationPlan): VrrpPlan {
    return vrrpPlan({ instances: [routerPlan({ priority, authentication })] });
  }

  run(until: number): this {
    this.counted.clear();
    this.lan.clock.runUntil(instant(seconds(until)));
    return this;
  }

  get masters(): string[] {
    return Object.entries(this.states).flatMap(([name, state]) =>
      state === 'MASTER' ? [name] : [],
    );
  }

  get states(): Record<string, string> {
    const all = [...this.lan.nodes.values()];
    return Object.fromEntries(all.map(({ name, world }) => [name, world.routers.at(0).state]));
  }

  of(name: string): Set<string> {
    return new Set(this.counted.get(name));
  }
}

describe('routers with auth_hmac on one segment', () => {
  const wrong = { ...HMAC, keys: [{ id: 1, key: secret(NEW) }] };

  it('elect one of those with the key; who has another one is on its own', () => {
    const segment = new Segment();
    segment.add('A', 150, HMAC);
    segment.add('B', 100, HMAC);
    segment.add('M', 200, wrong);
    expect(segment.run(10).masters).toEqual(['A', 'M']);
    segment.run(12);
    expect(segment.of('B')).toEqual(new Set(['advert_rcvd', 'auth_ext_invalid_hmac']));
    expect(segment.of('M')).toEqual(new Set(['advert_sent', 'auth_ext_invalid_hmac']));
  });

  it('go over to another key one by one without a second master', () => {
    const segment = new Segment();
    const keys = [...HMAC.keys, { id: 2, key: secret(NEW) }];
    segment.add('A', 150, HMAC);
    segment.add('B', 100, HMAC);
    segment.run(10);
    const steps: [string, number, AuthenticationPlan][] = [
      ['A', 150, { ...HMAC, keys }],
      ['B', 100, { ...HMAC, keys }],
      ['A', 150, { ...HMAC, keys, active: 2 }],
      ['B', 100, { ...HMAC, keys, active: 2 }],
      ['A', 150, { ...HMAC, keys: keys.slice(1), active: 2 }],
      ['B', 100, { ...HMAC, keys: keys.slice(1), active: 2 }],
    ];
    let time = 10;
    for (const [name, priority, by] of steps) {
      segment.lan.node(name).feed({ kind: 'reload', plan: segment.plan(priority, by) });
      time += 5;
      expect(segment.run(time).masters).toEqual(['A']);
      expect([...segment.of('B')]).toEqual(['advert_rcvd']);
    }
  });

  describe.each(['enforce', 'permissive', 'receive-only'] as const)('in mode %s', (mode) => {
    const keyed = { ...HMAC, mode };
    const others = { ...keyed, keys: [{ id: 2, key: secret(NEW) }] };

    it.each([
      ['none of its keys', { ...keyed, keys: [] }],
      ['others than the one to sign with', others],
    ])('bear one that has %s: it never leads and never sends', (_, lost) => {
      const segment = new Segment();
      segment.add('A', 150, keyed);
      segment.add('B', 100, lost);
      segment.add('C', 200, lost);
      expect(segment.run(10).masters).toEqual(['A']);
      expect([segment.of('B'), segment.of('C')]).toEqual([new Set(), new Set()]);
      expect(segment.states).toEqual({ A: 'MASTER', B: 'FAULT', C: 'FAULT' });
      // Not even when nobody else is left.
      segment.lan.node('A').kill();
      segment.run(20);
      expect(segment.states).toMatchObject({ B: 'FAULT', C: 'FAULT' });
    });

    it('take it in when it has read the key', () => {
      const segment = new Segment();
      segment.add('A', 150, keyed);
      segment.add('B', 100, others);
      segment.run(10);
      segment.lan.node('B').feed({ kind: 'reload', plan: segment.plan(100, keyed) });
      segment.run(20);
      expect(segment.states).toEqual({ A: 'MASTER', B: 'BACKUP' });
      segment.lan.node('A').kill();
      segment.run(30);
      expect(segment.states).toMatchObject({ B: 'MASTER' });
    });
  });

  it('are apart when their clocks are, and together again when those are set', () => {
    const segment = new Segment();
    segment.add('A', 150, HMAC);
    segment.add('B', 100, HMAC, seconds(1_700_000_060));
    expect(segment.run(10).masters).toEqual(['A', 'B']);
    expect(segment.of('B')).toContain('auth_ext_stale');
    segment.lan.node('B').feed(told);
    expect(segment.run(12).masters).toEqual(['A']);
  });

  it('agree again after all of their clocks were set back', () => {
    const segment = new Segment();
    segment.add('A', 150, HMAC);
    segment.add('B', 100, HMAC);
    segment.run(10);
    for (const name of ['A', 'B']) {
      segment.lan.node(name).feed({ kind: 'time-of-day', epoch: seconds(1_699_990_000) });
    }
    expect(segment.run(20).masters).toEqual(['A']);
    expect([...segment.of('B')]).toEqual(['advert_rcvd']);
  });
});

const signed = (priority: number, sequence: bigint, text = OLD): Uint8Array =>
  sealed(advert(priority), { type: 'HMAC', id: 1, key: secret(text), sequence });
const second = (s: number): bigint => BigInt(EPOCH / 1e6 + s) << 32n;
const seals = (effects: readonly Effect[]): unknown[] =>
  effects.flatMap((e) => (e.do === 'send-advert' ? [e.seal?.sequence] : []));

describe('an instance with auth_hmac', () => {
  const plan = planOf(routerPlan({ authentication: HMAC }));
  const life = (): Life => {
    const one = new Life(plan).feed(0, told);
    return one.hear(1, signed(200, second(1)));
  };

  it('takes each advert once, also after a reload', () => {
    const one = life();
    expect(counts(one.effects)).toEqual(['advert_rcvd']);
    expect(counts(one.hear(2, signed(200, second(1))).effects)).toEqual(['auth_ext_replay']);
    const other = { ...HMAC, mode: 'permissive' } as const;
    one.feed(2, { kind: 'reload', plan: planOf(routerPlan({ authentication: other })) });
    expect(counts(one.hear(2.5, signed(200, second(1))).effects)).toEqual(['auth_ext_replay']);
  });

  it('that loses the key to sign with resigns with the old one, and says why it is in FAULT', () => {
    const one = new Life(plan).feed(0, told).runUntil(3.61);
    const lost = planOf(routerPlan({ authentication: { ...HMAC, active: 2 } }));
    one.feed(4, { kind: 'reload', plan: lost });
    const sent = one.effects.flatMap((e) => (e.do === 'send-advert' ? [e] : []));
    expect(sent.map(({ advert: { priority }, seal }) => [priority, seal?.type === 'HMAC'])).toEqual(
      [
        [0, true],
        [0, true],
      ],
    );
    expect(events(one.effects)).toContain('fault-no-key');
    expect(seals(one.feed(5, { kind: 'stop' }).effects)).toEqual([]);
  });

  it('signs with the time of day, once for all peers, and a second advert with the next number', () => {
    const peers = ['10.0.0.7', '10.0.0.8'].map((one) => ({
      address: ip(one),
      minTtl: 0,
      maxTtl: 255,
    }));
    const unicast = { peers, ttl: 255, checkSource: false };
    const router = routerPlan({ authentication: HMAC, unicast, preemptDelay: seconds(0) });
    const one = new Life(planOf(router)).feed(0, told).runUntil(3.61);
    const first = second(3) + (BigInt(Math.floor(0.609375 * 65_536)) << 16n);
    expect(seals(one.effects)).toEqual([first, first]);
    one.feed(4, { kind: 'link', name: 'eth0', link: { ...linkOf('eth0', 2, '10.0.0.1') } });
    one.feed(4, { kind: 'stop' });
    expect(seals(one.effects)).toEqual([second(4), second(4)]);
  });

  it('complains once of each fault, and of clocks that go apart before they are too far', () => {
    const one = life();
    const wrong = signed(200, second(2), NEW);
    expect(events(one.hear(2, wrong).effects)).toEqual(['hmac-invalid']);
    expect(events(one.hear(2.1, wrong).effects)).toEqual([]);
    const early = one.hear(2.2, signed(200, second(5)));
    expect([counts(early.effects), events(early.effects)]).toEqual([
      ['advert_rcvd'],
      ['hmac-clock'],
    ]);
  });
});

describe('a recording of auth_hmac', () => {
  const plan = vrrpPlan({ instances: [routerPlan({ authentication: HMAC })] });
  const packets = [signed(200, second(1)), signed(250, second(2), NEW)];
  const story: [number, Input][] = [
    [0, { kind: 'link', name: 'eth0', link: linkOf('eth0', 2, '10.0.0.1') }],
    [0, told],
    [0, { kind: 'start', plan, keepAddresses: false }],
    ...packets.map((bytes, i): [number, Input] => [i + 1, { kind: 'packet', port: 'eth0', bytes }]),
    [9, { kind: 'deadline' }],
  ];
  const live = (inputs: readonly [number, Input][]): unknown[] => {
    let world = emptyWorld;
    return inputs.map(([time, input]) => {
      const [next, effects] = advance(world, input, at(time));
      world = next;
      return [counts(effects), events(effects), seals(effects)];
    });
  };

  it('has no key in it and nothing that a key could be guessed by, and lives as it was lived', () => {
    const write = inputWriter(Buffer.from('a key'));
    const lines = story.map(([time, input]) => write(at(time), input));
    const file = lines.join('\n');
    for (const text of [OLD, NEW]) {
      for (const encoding of ['utf8', 'hex', 'base64'] as const) {
        expect(file).not.toContain(Buffer.from(text).toString(encoding).replace(/=+$/, ''));
      }
    }
    for (const bytes of packets) {
      expect(file).not.toContain(Buffer.from(bytes.subarray(-16)).toString('hex'));
    }
    const again = lines.map((line, i): [number, Input] => {
      const noted = readInput(line);
      if (!noted) throw new Error(line);
      return [story[i]?.[0] ?? 0, noted.input];
    });
    const lived = live(story);
    expect(live(again)).toEqual(lived);
    expect(lived.flat(2)).toEqual(expect.arrayContaining(['advert_rcvd', 'auth_ext_invalid_hmac']));
  });
});

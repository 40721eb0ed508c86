import { ip } from '@keepalived-ts/base/ip.js';
import { secret } from '@keepalived-ts/base/secret.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { linkOf } from '#test/support/lan.js';
import type { Effect, Input, Link, RouterPlan, VrrpPlan } from '#vrrp/core/types.js';
import { advance, emptyWorld, nextDeadline, type World } from '#vrrp/core/world.js';
import { type Advert, passwordField } from '#vrrp/wire/advert-v2.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import { advert, at, counts, deeds, events, routerPlan, scriptPlan, vip } from './values.js';

const eth0 = linkOf('eth0', 2, '10.0.0.1');
const planOf = (...instances: RouterPlan[]): VrrpPlan => ({
  instances,
  scripts: [],
  startupDelay: seconds(0),
  garpInterval: seconds(0),
});

/** A world that has been fed inputs one after the other, and the effects of the last. */
class Life {
  world: World = emptyWorld;
  effects: readonly Effect[] = [];

  constructor(plan: VrrpPlan, links: readonly Link[] = [eth0], keepAddresses = false) {
    for (const link of links) this.feed(0, { kind: 'link', name: link.name, link });
    this.feed(0, { kind: 'start', plan, keepAddresses });
  }

  feed(time: number, input: Input): this {
    [this.world, this.effects] = advance(this.world, input, at(time));
    return this;
  }

  hear(time: number, bytes: Uint8Array, name = 'eth0'): this {
    return this.feed(time, { kind: 'packet', interface: name, bytes });
  }

  /** Wakes it whenever it wants to be, up to a time. */
  runUntil(end: number): this {
    for (let next = nextDeadline(this.world); next !== null && next <= at(end); ) {
      this.feed(next / 1e6, { kind: 'deadline' });
      next = nextDeadline(this.world);
    }
    return this;
  }

  get states(): string[] {
    return [...this.world.routers].map((vr) => vr.state);
  }
}

const datagram = (content: Advert, from = '10.0.0.9', group = '224.0.0.18'): Uint8Array =>
  encodeDatagram({ source: ip(from), group: ip(group), id: 1, advert: content });

describe('the start', () => {
  it('joins the groups, starts the routers and runs the scripts', () => {
    const scripts = [{ script: 'chk', weight: -5, reverse: false }];
    const life = new Life({ ...planOf(routerPlan({ scripts })), scripts: [scriptPlan()] });
    expect(deeds(life.effects)).toEqual([
      'join eth0 224.0.0.18',
      'notify BACKUP 100',
      'run-script chk',
    ]);
  });

  it('clears away what a crash left: our VIPs, with their prefix, and nothing else', () => {
    const left = ['10.0.0.100/24', '10.0.0.101/32', '10.0.0.7/24'].map((text) => {
      const [address = '', prefix] = text.split('/');
      return { address: ip(address), prefix: Number(prefix) };
    });
    const vips = [vip('10.0.0.100'), vip('10.0.0.101'), vip('10.0.0.102')];
    const life = new Life(planOf(routerPlan({ vips })), [{ ...eth0, addresses: left }]);
    expect(deeds(life.effects)).toContain('remove-addresses 10.0.0.100');
    expect(life.world.routers.at(0).source).toBe('10.0.0.7');
  });

  it('can be told once only', () => {
    const life = new Life(planOf(routerPlan()));
    const { world } = life;
    life.feed(1, { kind: 'start', plan: planOf(), keepAddresses: false });
    expect(life.world).toBe(world);
    expect(life.effects).toEqual([]);
  });

  it('can be put off: until then nothing is heard and no time passes', () => {
    const life = new Life({ ...planOf(routerPlan()), startupDelay: seconds(10) });
    expect(events(life.effects)).toContain('start-delayed');
    life.hear(1, datagram(advert(200)));
    expect(life.effects).toEqual([]);
    expect(nextDeadline(life.world)).toBe(at(10));
    life.feed(10, { kind: 'deadline' });
    expect(events(life.effects)).toEqual(['start-delayed-over']);
    expect(nextDeadline(life.world)).toBe(at(10) + 3_609_375);
  });
});

describe('a packet', () => {
  const life = (): Life => new Life(planOf(routerPlan()));
  const broken = (change: (bytes: Uint8Array) => void): Uint8Array => {
    const bytes = datagram(advert(200));
    change(bytes);
    return bytes;
  };

  it('of a master is counted and followed', () => {
    const heard = life().hear(1, datagram(advert(200)));
    expect(counts(heard.effects)).toEqual(['advert_rcvd']);
    expect(nextDeadline(heard.world)).toBe(at(1) + 3_609_375);
  });

  it('with priority 0 is counted as such', () => {
    expect(counts(life().hear(1, datagram(advert(0))).effects)).toEqual([
      'advert_rcvd',
      'pri_zero_rcvd',
    ]);
  });

  it.each([
    ['an unknown VRID', datagram(advert(200, { vrid: 9 }))],
    ['another group', datagram(advert(200), '10.0.0.9', '224.0.0.19')],
  ])('with %s belongs to nobody', (_, bytes) => {
    const heard = life().hear(1, bytes);
    expect(heard.effects).toEqual([{ do: 'count', instance: undefined, counter: 'vrid_err' }]);
  });

  it('on another interface belongs to nobody', () => {
    expect(counts(life().hear(1, datagram(advert(200)), 'eth9').effects)).toEqual(['vrid_err']);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['half a header', datagram(advert(200)).subarray(0, 12)],
    ['a header alone', datagram(advert(200)).subarray(0, 20)],
    [
      'another protocol',
      broken((bytes) => {
        bytes[9] = 6;
      }),
    ],
  ])('that is %s is not even counted', (_, bytes) => {
    expect(life().hear(1, bytes).effects).toEqual([]);
  });

  it('to our own address is for the router of that VRID, and dropped', () => {
    const unicast = broken((bytes) => bytes.set([10, 0, 0, 1], 16));
    const heard = life().hear(1, unicast);
    expect(counts(heard.effects)).toEqual(['addr_list_err']);
  });

  it('that is malformed is told once and counted always; 20,000 of them change nothing', () => {
    const wrong = broken((bytes) => {
      bytes[8] = 254;
    });
    const target = life().hear(1, wrong);
    expect(events(target.effects)).toEqual(['bad-ttl']);
    const { world } = target;
    for (let i = 0; i < 20_000; i++) target.hear(1, wrong);
    expect(target.world).toBe(world);
    expect(target.effects).toEqual([{ do: 'count', instance: 'V', counter: 'ip_ttl_err' }]);
    expect(nextDeadline(target.world)).toBe(3_609_375);
  });

  it('is told again of when the master has changed', () => {
    const wrong = broken((bytes) => {
      bytes[8] = 254;
    });
    const target = life()
      .hear(1, wrong)
      .hear(1, datagram(advert(200)))
      .hear(1, wrong);
    expect(events(target.effects)).toEqual(['bad-ttl']);
  });

  it('with other addresses is told, and counts nevertheless', () => {
    const heard = life().hear(1, datagram(advert(200, { addresses: [ip('10.9.9.9')] })));
    expect(counts(heard.effects)).toEqual(['advert_rcvd', 'addr_list_err']);
    expect(events(heard.effects)).toEqual(['vip-not-in-advert', 'master-known']);
    expect(nextDeadline(heard.world)).toBe(at(1) + 3_609_375);
  });

  it('of the known master is not compared again with skip_check_adv_addr', () => {
    const target = new Life(planOf(routerPlan({ skipCheckAdvAddr: true })));
    const other = datagram(advert(200, { addresses: [] }));
    expect(counts(target.hear(1, other).effects)).toContain('addr_list_err');
    expect(counts(target.hear(2, other).effects)).toEqual(['advert_rcvd']);
  });

  it('needs our password', () => {
    const password = secret('secret');
    const target = new Life(planOf(routerPlan({ password })));
    const field = (text: string): Uint8Array => passwordField(Buffer.from(text));
    const wrong = datagram(advert(200, { password: field('Secret') }));
    expect(counts(target.hear(1, wrong).effects)).toEqual(['auth_failure']);
    const right = datagram(advert(200, { password: field('secret') }));
    expect(counts(target.hear(1, right).effects)).toEqual(['advert_rcvd']);
    expect(counts(target.hear(1, datagram(advert(200))).effects)).toEqual(['authtype_mismatch']);
  });

  it('says nothing to a router in FAULT', () => {
    const target = new Life(planOf(routerPlan()), [{ ...eth0, up: false }]);
    expect(target.hear(1, datagram(advert(200))).effects).toEqual([]);
  });
});

describe('adverts of a world', () => {
  it('carry the password, the VIPs in order, and no excluded ones', () => {
    const plan = routerPlan({
      password: secret('secret'),
      vips: [vip('10.0.0.9'), vip('10.0.0.8')],
      excluded: [vip('10.0.0.7')],
    });
    const { effects } = new Life(planOf(plan)).feed(4, { kind: 'deadline' });
    const sent = effects.find((e) => e.do === 'send-advert');
    expect(sent).toMatchObject({
      interface: 'eth0',
      source: '10.0.0.1',
      group: '224.0.0.18',
      id: 1,
      advert: {
        addresses: ['10.0.0.9', '10.0.0.8'],
        password: passwordField(Buffer.from('secret')),
      },
    });
    expect(deeds(effects)).toContain('add-addresses 10.0.0.9 10.0.0.8 10.0.0.7');
  });
});

describe('gratuitous ARP', () => {
  it('goes only where it can be heard', () => {
    const quiet = { ...linkOf('tun0', 3, '10.1.0.1'), noArp: true };
    const vips = [vip('10.0.0.100'), vip('10.1.0.100', { interface: 'tun0' })];
    const life = new Life(planOf(routerPlan({ vips })), [eth0, quiet]);
    life.feed(4, { kind: 'deadline' });
    expect(deeds(life.effects)).toContain('announce 10.0.0.100 x5');
  });

  it('is left out where nobody could hear any', () => {
    const life = new Life(planOf(routerPlan()), [{ ...eth0, noArp: true }]);
    life.feed(4, { kind: 'deadline' });
    expect(deeds(life.effects)).toEqual([
      'send-advert 100',
      'add-addresses 10.0.0.100',
      'notify MASTER 100',
    ]);
  });
});

describe('a lost address', () => {
  it('matters to the master that put it there', () => {
    const life = new Life(planOf(routerPlan())).runUntil(4);
    life.feed(4, { kind: 'address-lost', interface: 'eth0', address: ip('10.0.0.100') });
    expect(events(life.effects)).toContain('vip-lost');
    expect(life.states).toEqual(['BACKUP']);
  });

  it.each([
    ['on another interface', 'eth1', '10.0.0.100'],
    ['that is no VIP', 'eth0', '10.0.0.101'],
  ])('%s is nobody of ours', (_, name, address) => {
    const life = new Life(planOf(routerPlan())).runUntil(4);
    life.feed(4, { kind: 'address-lost', interface: name, address: ip(address) });
    expect(life.effects).toEqual([]);
  });
});

describe('a reload', () => {
  const second = routerPlan({ name: 'W', vrid: 52, vips: [vip('10.0.0.200')] });

  it('lets go of routers that are gone, and begins new ones', () => {
    const life = new Life(planOf(routerPlan())).runUntil(4);
    life.feed(4, { kind: 'reload', plan: planOf(second) });
    expect(deeds(life.effects)).toEqual([
      'send-advert 0',
      'remove-addresses 10.0.0.100',
      'notify FAULT 100',
      'notify BACKUP 100',
    ]);
  });

  it('keeps a router that only changed its name', () => {
    const life = new Life(planOf(routerPlan())).runUntil(4);
    life.feed(4, { kind: 'reload', plan: planOf({ ...routerPlan(), name: 'New' }) });
    expect(life.states).toEqual(['MASTER']);
    expect(deeds(life.effects)).toEqual(['send-advert 100', 'send-advert 100']);
  });

  it('keeps routers that changed their place in the file', () => {
    const life = new Life(planOf(routerPlan(), second)).runUntil(4);
    life.hear(4, datagram(advert(200, { vrid: 52, addresses: [ip('10.0.0.200')] })));
    expect(life.states).toEqual(['MASTER', 'BACKUP']);
    life.feed(5, { kind: 'reload', plan: planOf(second, routerPlan()) });
    expect(life.states).toEqual(['BACKUP', 'MASTER']);
  });

  it('joins and leaves groups', () => {
    const life = new Life(planOf(routerPlan()));
    const other = routerPlan({ group: ip('224.0.0.77') });
    life.feed(1, { kind: 'reload', plan: planOf(other) });
    expect(deeds(life.effects)).toEqual(
      expect.arrayContaining(['leave eth0 224.0.0.18', 'join eth0 224.0.0.77']),
    );
  });

  it('adds an address that moved between routers after it was removed', () => {
    const life = new Life(planOf(routerPlan({ vips: [] }), second)).runUntil(4);
    const moved = planOf(
      routerPlan({ vips: second.vips }),
      routerPlan({ name: 'W', vrid: 52, vips: [] }),
    );
    life.feed(4, { kind: 'reload', plan: moved });
    const order = deeds(life.effects).filter((d) => d.endsWith('addresses 10.0.0.200'));
    expect(order).toEqual(['remove-addresses 10.0.0.200', 'add-addresses 10.0.0.200']);
  });

  it('that makes a master fail takes its addresses and adds none (found by fuzzing)', () => {
    const life = new Life(planOf(routerPlan())).runUntil(4);
    // The only address of the interface becomes a VIP: no source is left.
    const vips = [vip('10.0.0.1'), vip('10.0.0.100')];
    life.feed(4, { kind: 'reload', plan: planOf(routerPlan({ vips })) });
    expect(deeds(life.effects)).toEqual([
      'send-advert 0',
      'send-advert 0',
      'remove-addresses 10.0.0.100',
      'notify FAULT 100',
    ]);
  });

  it('does not take a master down for a new script that has not run yet', () => {
    const life = new Life(planOf(routerPlan())).runUntil(4);
    const scripts = [{ script: 'chk', weight: 0, reverse: false }];
    const plan = { ...planOf(routerPlan({ scripts })), scripts: [scriptPlan()] };
    life.feed(4, { kind: 'reload', plan });
    expect(life.states).toEqual(['MASTER']);
    life.feed(4.1, { kind: 'script', script: 'chk', outcome: { result: 'exited', status: 1 } });
    expect(life.states).toEqual(['FAULT']);
  });

  it('raises an instance that became the owner', () => {
    const life = new Life(planOf(routerPlan())).hear(1, datagram(advert(200)));
    const owner = routerPlan({ priority: 255, wanted: 'MASTER' });
    life.feed(1, { kind: 'reload', plan: planOf(owner) }).runUntil(1.1);
    expect(life.world.routers.at(0)).toMatchObject({ state: 'MASTER', priority: 255 });
  });

  it('before the start is no reload', () => {
    expect(advance(emptyWorld, { kind: 'reload', plan: planOf(second) }, at(0))).toEqual([
      emptyWorld,
      [],
    ]);
  });
});

describe('the stop', () => {
  it('is told to every router, and is the end', () => {
    const life = new Life(planOf(routerPlan())).runUntil(4).feed(4, { kind: 'stop' });
    expect(deeds(life.effects)).toEqual([
      'send-advert 0',
      'remove-addresses 10.0.0.100',
      'notify STOP 100',
      'stopped',
    ]);
    expect(nextDeadline(life.world)).toBeNull();
    expect(life.feed(5, { kind: 'stop' }).effects).toEqual([]);
    expect(life.hear(5, datagram(advert(200))).effects).toEqual([]);
    expect(life.feed(5, { kind: 'deadline' }).effects).toEqual([]);
  });

  it('leaves the addresses with -V', () => {
    const life = new Life(planOf(routerPlan()), [eth0], true).runUntil(4).feed(4, { kind: 'stop' });
    expect(deeds(life.effects)).toEqual(['notify STOP 100', 'stopped']);
  });
});

describe('a thousand routers', () => {
  const many = Array.from({ length: 1_000 }, (_, i) =>
    routerPlan({
      name: `V${i}`,
      interface: `eth${i >> 8}`,
      vrid: (i & 255) + 1,
      vips: [vip(`10.1.${i >> 8}.${i & 255}`, { interface: `eth${i >> 8}` })],
      interfaces: [],
    }),
  ).filter((plan) => plan.vrid <= 255);
  const links = [0, 1, 2, 3].map((i) => linkOf(`eth${i}`, i + 2, `10.0.${i}.1`));

  it('leave all routers alone that an input does not concern', () => {
    const life = new Life(planOf(...many), links);
    const before = [...life.world.routers];
    life.hear(1, datagram(advert(200, { vrid: 7 }), '10.0.1.9'), 'eth1');
    const changed = [...life.world.routers].flatMap((vr, i) =>
      vr === before[i] ? [] : [vr.plan.name],
    );
    expect(changed).toEqual(['V262']);
  });

  it('take over in one turn', () => {
    const life = new Life(planOf(...many), links).feed(4, { kind: 'deadline' });
    expect(new Set(life.states)).toEqual(new Set(['MASTER']));
    expect(life.effects.filter((e) => e.do === 'send-advert')).toHaveLength(many.length);
  });

  it('work off their adverts quickly enough for an idle backup', () => {
    const life = new Life(planOf(...many), links);
    const packets = many.map((plan) => ({
      name: plan.interface,
      bytes: datagram(advert(200, { vrid: plan.vrid, addresses: plan.vips.map((v) => v.address) })),
    }));
    const begin = process.cpuUsage();
    for (let round = 0; round < 5; round++) {
      for (const { name, bytes } of packets) {
        life.hear(1 + round, bytes, name);
        nextDeadline(life.world);
      }
    }
    const { user, system } = process.cpuUsage(begin);
    const perPacket = (user + system) / (5 * packets.length);
    expect(life.states.every((s) => s === 'BACKUP')).toBe(true);
    // Seen: some 8 once compiled. 1,000 adverts a second then cost about 1 % of a core.
    expect(perPacket).toBeLessThan(200);
  });
});

describe('a refusal of the kernel', () => {
  it('is told', () => {
    const refused = {
      kind: 'refused',
      instance: 'V',
      operation: 'send',
      reason: 'ENETDOWN',
    } as const;
    const life = new Life(planOf(routerPlan())).feed(1, refused);
    expect(events(life.effects)).toEqual(['refused']);
  });
});

describe('values', () => {
  it('are never changed: an old world can be gone back to', () => {
    const life = new Life(planOf(routerPlan()));
    const { world } = life;
    const routers = [...world.routers];
    const first = advance(world, { kind: 'deadline' }, at(4));
    const again = advance(world, { kind: 'deadline' }, at(4));
    expect([...world.routers]).toEqual(routers);
    expect(again[1]).toEqual(first[1]);
    expect([...again[0].routers]).toEqual([...first[0].routers]);
  });
});

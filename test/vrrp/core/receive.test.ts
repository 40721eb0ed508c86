import { ip } from '@keepalived-ts/base/ip.js';
import { secret } from '@keepalived-ts/base/secret.js';
import { describe, expect, it } from 'vitest';
import { linkOf } from '#test/support/lan.js';
import type { Effect } from '#vrrp/core/types.js';
import { nextDeadline } from '#vrrp/core/world.js';
import { passwordField } from '#vrrp/wire/advert.js';
import { datagram, eth0, Life, planOf, sealed } from './life.js';
import { advert, at, counts, deeds, events, routerPlan, vip } from './values.js';

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
    expect(target.effects).toEqual([
      { do: 'count', instance: 'V', counter: 'ip_ttl_err', from: '10.0.0.9' },
    ]);
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
    const target = new Life(planOf(routerPlan({ authentication: { type: 'PASS', password } })));
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
      authentication: { type: 'PASS', password: secret('secret') },
      vips: [vip('10.0.0.9'), vip('10.0.0.8')],
      excluded: [vip('10.0.0.7')],
    });
    const { effects } = new Life(planOf(plan)).feed(4, { kind: 'deadline' });
    const sent = effects.find((e) => e.do === 'send-advert');
    expect(sent).toMatchObject({
      port: { interface: 'eth0' },
      source: '10.0.0.1',
      destination: '224.0.0.18',
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

describe('an instance of AH', () => {
  const key = passwordField(Buffer.from('secret'));
  const plan = routerPlan({ authentication: { type: 'AH', password: secret('secret') } });
  const open = routerPlan({ authentication: { type: 'PASS', password: secret('secret') } });
  const signed = (priority: number, sequence: number): Uint8Array =>
    sealed(advert(priority, { signed: true }), { type: 'AH', key, sequence });
  const sequences = (effects: readonly Effect[]): unknown[] =>
    effects.flatMap((e) => (e.do === 'send-advert' ? [e.seal?.sequence] : []));

  it('takes each number once, and as MASTER goes on from the greatest', () => {
    const life = new Life(planOf(plan)).hear(1, signed(200, 41), 'eth0 AH');
    expect(counts(life.effects)).toEqual(['advert_rcvd']);
    expect(counts(life.hear(1.5, signed(200, 41), 'eth0 AH').effects)).toEqual(['auth_failure']);
    life.runUntil(4.61);
    expect(life.states).toEqual(['MASTER']);
    expect(sequences(life.effects)).toEqual([42]);
    expect(sequences(life.hear(5, signed(50, 60), 'eth0 AH').effects)).toEqual([61]);
  });

  it('carries its number through a reload, also to another kind of authentication', () => {
    const life = new Life(planOf(plan)).hear(1, signed(200, 41), 'eth0 AH');
    life.feed(2, { kind: 'reload', plan: planOf(open) });
    expect(deeds(life.effects)).toEqual(
      expect.arrayContaining(['leave eth0 AH 224.0.0.18', 'join eth0 224.0.0.18']),
    );
    life.feed(3, { kind: 'reload', plan: planOf(plan) });
    expect(life.states).toEqual(['BACKUP']);
    expect(counts(life.hear(3.1, signed(200, 41), 'eth0 AH').effects)).toEqual(['auth_failure']);
  });
});

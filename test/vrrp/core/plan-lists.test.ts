import { describe, expect, it } from 'vitest';
import { planOf } from '#test/support/plan-text.js';
import { instance, planned, script, VIP } from './planned.js';

describe('addresses', () => {
  const vips = (lines: string): ReturnType<typeof planned> =>
    planned(instance(`virtual_ipaddress {\n${lines}\n}`));

  it.each([
    ['10.1.2.3/24 brd +', '10.1.2.255'],
    ['10.1.2.3/24 brd -', '10.1.2.0'],
    ['10.1.2.3/8 brd +', '10.255.255.255'],
    ['10.1.2.3/0 brd +', '255.255.255.255'],
    ['10.1.2.3/30 brd +', '10.1.2.3'],
    ['10.1.2.3/24 brd 10.9.9.9', '10.9.9.9'],
    ['10.1.2.3/24', undefined],
  ])('%s: broadcast %s', (line, broadcast) => {
    expect(vips(line).router.vips[0]?.broadcast).toBe(broadcast);
  });

  it('have no broadcast where there are no hosts', () => {
    const { router, messages } = vips('10.1.2.3/31 brd +');
    expect(router.vips[0]?.broadcast).toBeUndefined();
    expect(messages).toEqual(['Address prefix length 31 too long for broadcast']);
  });

  it('on other interfaces make these tracked, unless no_track', () => {
    const { router } = vips('10.0.0.1 dev eth1\n10.0.0.2 dev eth2 no_track');
    expect(router.interfaces.map((t) => t.name)).toEqual(['eth0', 'eth1']);
    expect(router.vips.map((v) => [v.interface, v.tracked])).toEqual([
      ['eth1', true],
      ['eth2', false],
    ]);
  });

  it('of the other family are dropped from the adverts, but may be excluded ones', () => {
    const { router, messages } = planned(
      instance(`${VIP}\nvirtual_ipaddress_excluded {\n 2001:db8::1\n}`).replace(
        '10.0.0.100/24',
        '10.0.0.100/24\n2001:db8::2',
      ),
    );
    expect(router.vips.map((v) => v.address)).toEqual(['10.0.0.100']);
    expect(router.excluded.map((v) => v.address)).toEqual(['2001:db8::1']);
    expect(messages).toEqual([
      '(V): address family must match VRRP instance [2001:db8::2] - ignoring',
    ]);
  });

  it('beyond 255 follow the master unannounced', () => {
    const lines = Array.from({ length: 258 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    const { router, messages } = vips(lines.join('\n'));
    expect([router.vips.length, router.excluded.length]).toEqual([255, 3]);
    expect(router.excluded[0]?.address).toBe('10.0.0.255');
    expect(messages).toEqual([
      '(V) Number of VIPs (258) exceeds maximum/space available in packet (max 255 addresses) - ' +
        'excess moved to eVIPs',
    ]);
  });
});

describe('scripts', () => {
  it('bring their own weight where the line has none', () => {
    const track = (lines: string): string => instance(`${VIP}\ntrack_script {\n${lines}\n}`);
    const own = planned(`${script('weight -20')}${track('chk')}`).router;
    expect(own.scripts).toEqual([{ name: 'chk', weight: -20, reverse: false }]);
    const other = planned(`${script('weight -20')}${track('chk weight 3 reverse')}`).router;
    expect(other.scripts).toEqual([{ name: 'chk', weight: 3, reverse: true }]);
  });

  it('with a weight are ignored by an owner', () => {
    const track = instance(`priority 255\n${VIP}\ntrack_script {\n chk\n}`);
    const { router, messages } = planned(`${script('weight 5')}${track}`);
    expect(router.scripts).toEqual([]);
    expect(messages[0]).toBe('(V) ignoring tracked script chk with weights due to address_owner');
  });

  it('take their interval as timeout', () => {
    const { plan } = planOf(
      `${script('interval 3\nrise 2\nuser nobody nogroup')}${instance(`${VIP}\ntrack_script {\n chk\n}`)}`,
    );
    expect(plan.scripts).toEqual([
      {
        name: 'chk',
        argv: ['/bin/chk'],
        user: 'nobody',
        group: 'nogroup',
        interval: 3_000_000,
        timeout: 3_000_000,
        rise: 2,
        fall: 1,
      },
    ]);
  });

  it('that nobody tracks do not run', () => {
    const { plan, diagnostics } = planOf(`${script()}${instance(VIP)}`);
    expect(plan.scripts).toEqual([]);
    expect(diagnostics).toMatchObject([{ severity: 'warning', class: 'advice' }]);
  });
});

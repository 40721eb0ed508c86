import { describe, expect, it } from 'vitest';
import { noNamespaces } from '../support/netns.js';
import { a, b, start } from '../support/two-routers.js';
import { configuration, instance, simple, VIP } from '../support/vrrp-conf.js';

describe.skipIf(noNamespaces)('interfaces that matter', () => {
  it('missing at start is FAULT until it is there', async () => {
    const daemon = await start(a, simple({ interface: 'late0', vips: ['10.81.0.100/24'] }));
    await daemon.logged('(VI_1) entering FAULT state');
    await a.connect('late0', '10.81.0.1/24');
    await a.gains('10.81.0.100', undefined, 'late0');
    await a.disconnect('late0');
    await daemon.logged('Interface late0 deleted');
  });

  it('without an address of their own are FAULT until they get one', async () => {
    await a.connect('bare0');
    const daemon = await start(a, simple({ interface: 'bare0', vips: ['10.82.0.100/24'] }));
    await daemon.logged('(VI_1) entering FAULT state (no IPv4 address for interface)');
    await a.ip('address add 10.82.0.1/24 dev bare0');
    await a.gains('10.82.0.100', undefined, 'bare0');
    await a.disconnect('bare0');
  });

  it('that are tracked with a weight change the priority', async () => {
    await a.connect('up0');
    await start(b, simple({ priority: 110 }));
    const track = ['track_interface {', '    up0 weight 50', '}'];
    const daemon = await start(a, simple({ priority: 100, lines: track }));
    await a.gains(VIP);
    await a.link('down', 'up0');
    await daemon.logged('(VI_1) Changing effective priority from 150 to 100');
    await b.gains(VIP);
    await a.loses(VIP);
    await a.link('up', 'up0');
    await daemon.logged('(VI_1) Changing effective priority from 100 to 150');
    await a.gains(VIP);
    await a.disconnect('up0');
  });

  it('that carry only a VIP count as well, unless no_track', async () => {
    await a.connect('vip0');
    const both = configuration([
      instance({ name: 'TRACKED', vrid: 1, vips: ['10.83.0.1/24 dev vip0'] }),
      instance({ name: 'FREE', vrid: 2, vips: ['10.84.0.1/24 dev vip0 no_track'] }),
    ]);
    const daemon = await start(a, both);
    await Promise.all([
      a.gains('10.83.0.1', undefined, 'vip0'),
      a.gains('10.84.0.1', undefined, 'vip0'),
    ]);
    await a.disconnect('vip0');
    await daemon.logged('(TRACKED) Entering FAULT STATE');
    expect(daemon.log()).not.toContain('(FREE) Entering FAULT STATE');
    await a.connect('vip0');
    await a.gains('10.84.0.1', undefined, 'vip0');
    await a.gains('10.83.0.1', undefined, 'vip0');
    await a.disconnect('vip0');
  });
});

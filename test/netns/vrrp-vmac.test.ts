import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { noNamespaces } from '../support/netns.js';
import { a, b, start } from '../support/two-routers.js';
import { simple, VIP } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

/** The owner of the addresses leads at once, so that nobody waits here. */
const owner = (...lines: string[]): string => simple({ priority: 255, lines });
const DEVICE = 'vrrp.51';

const macvlans = (): Promise<string> => a.ip('-br link show type macvlan');
const filter = (name: string): Promise<string> =>
  a.exec('sysctl', '-n', `net.ipv4.conf.${name}.rp_filter`);

describe.skipIf(noNamespaces)('the interface of a virtual MAC', () => {
  it('is made again when it is deleted, or its base is', async () => {
    await a.exec('sysctl', '-w', 'net.ipv4.conf.all.rp_filter=2');
    const usual = await filter('eth0');
    const daemon = await start(a, owner('use_vmac'));
    await a.gains(VIP, undefined, DEVICE);
    expect([await filter('all'), await filter('eth0')]).toEqual(['0\n', '2\n']);
    await a.ip(`link delete ${DEVICE}`);
    await daemon.logged(`Interface ${DEVICE} deleted`);
    await daemon.logged(/deleted[\s\S]*Entering MASTER STATE/);
    await a.gains(VIP, undefined, DEVICE);
    await a.disconnect();
    await daemon.logged('Interface eth0 deleted');
    await a.connect('eth0', `${a.address}/24`);
    await a.gains(VIP, undefined, DEVICE);
    await daemon.stop();
    expect((await macvlans()).trim()).toBe('');
    expect([await filter('all'), await filter('eth0')]).toEqual(['2\n', usual]);
  });

  it('that a killed daemon left is used by the next one, and then deleted', async () => {
    const killed = await start(a, owner('use_vmac'));
    await a.gains(VIP, undefined, DEVICE);
    await killed.crash();
    expect(await macvlans()).toContain(DEVICE);
    const next = await start(a, owner('use_vmac'));
    await next.logged(`(VI_1) Found matching interface ${DEVICE}`);
    await next.logged('Entering MASTER STATE');
    await a.gains(VIP, undefined, DEVICE);
    await next.stop();
    expect((await macvlans()).trim()).toBe('');
  });

  it('goes with its keyword, after a last advert by it, and comes with it', async () => {
    const wire = await Capture.begin(b);
    const daemon = await start(a, owner('use_vmac'));
    await a.gains(VIP, undefined, DEVICE);
    writeFileSync(daemon.configuration, owner());
    daemon.process.signal('SIGHUP');
    await a.gains(VIP);
    await until('the interface is gone', async () => (await macvlans()).trim() === '');
    await wire.advert('a last advert', ({ priority }) => priority === 0);
    const resignation = wire.advertFrames()[wire.adverts().findIndex((one) => one.priority === 0)];
    expect(resignation?.bytes.toString('hex', 6, 12)).toBe('00005e000133');
    writeFileSync(daemon.configuration, owner('use_vmac'));
    daemon.process.signal('SIGHUP');
    await a.gains(VIP, undefined, DEVICE);
    await a.loses(VIP);
    await wire.end();
  });

  it('leaves alone what somebody else has under its name', async () => {
    await a.ip(`link add ${DEVICE} type bridge`);
    await start(a, owner('use_vmac'));
    await a.gains(VIP, undefined, 'vrrp1.51');
    expect(await a.ip(`-d link show dev ${DEVICE}`)).toContain('bridge');
    await a.ip(`link delete ${DEVICE}`);
  });
});

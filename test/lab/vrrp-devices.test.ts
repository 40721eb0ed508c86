import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';
import { configuration, instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const program = fileURLToPath(new URL('../../dist/program/cli.js', import.meta.url));

/** Owners, which lead at once. */
const text = configuration([
  instance({
    name: 'IV',
    priority: 255,
    vips: ['10.77.0.100/24'],
    lines: ['use_ipvlan 10.77.0.9/24 private'],
  }),
  instance({
    name: 'VM',
    interface: 'eth1',
    priority: 255,
    vips: ['10.78.0.100/24'],
    lines: ['use_vmac vm group 7'],
  }),
]);

describe.skipIf(noLab)('interfaces of virtual routers that only the lab has', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot();
    await lab.output(`
      for i in 0 1; do
        ip link add eth$i type veth peer name far$i
        ip address add 10.7$((7 + i)).0.1/24 dev eth$i
        ip link set far$i up; ip link set eth$i up
      done
      ip link add red type vrf table 100; ip link set red up; ip link set eth1 master red
    `);
  }, 120_000);
  afterAll(() => lab?.close());

  it('an ipvlan with its own address, and a macvlan in the VRF of its base', async () => {
    const file = lab.file('vrrp.conf', text);
    const log = lab.file('vrrp.log', '');
    await lab.output(`
      tcpdump -n -e -i far0 -c 2 'ip proto 112' > /tmp/wire 2>/dev/null & echo $! > /tmp/tcpdump
      ${process.execPath} ${program} -n -l -P -f ${file} -p /tmp/p -r /tmp/r -c /tmp/c > ${log} 2>&1 &
    `);
    const shown = (words: string): Promise<string> => lab.output(`ip ${words}`);
    await until(
      'both lead',
      async () => /10\.78\.0\.100/.test(await shown('-br address show dev vm')),
      { within: 60_000, every: 500 },
    );
    expect(await shown('-d link show type ipvlan')).toMatch(/vrrp\.51@eth0[\s\S]*mode l2 private/);
    expect(await shown('-br address show dev vrrp.51')).toContain('10.77.0.9/24');
    expect(await shown('-br address show dev eth0')).toContain('10.77.0.100/24');
    expect(await shown('-d link show dev vm')).toMatch(
      /master red[\s\S]*group 7[\s\S]*00:00:5e:00:01:33[\s\S]*macvlan mode private/,
    );
    await until(
      'adverts are heard',
      async () => /10\.77\.0\.9 > 224\.0\.0\.18/.test(await lab.output('cat /tmp/wire')),
      { within: 40_000, every: 500 },
    );
    await lab.output('kill $(cat /tmp/p)');
    await until(
      'they are gone',
      async () =>
        (await shown('-br link show type ipvlan')) + (await shown('-br link show type macvlan')) ===
        '',
      { within: 40_000, every: 500 },
    );
  }, 180_000);
});

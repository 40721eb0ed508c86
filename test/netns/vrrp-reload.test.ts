import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { type Daemon, startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const [KEPT, OLD, NEW, OTHER] = ['10.77.0.101', '10.77.0.102', '10.77.0.103', '10.77.0.104'];
const first = (vips: readonly string[], priority = 150): string =>
  instance({ name: 'VI_1', vrid: 1, priority, vips });
const second = instance({ name: 'VI_2', vrid: 2, vips: [OTHER] });

describe.skipIf(noNamespaces)('a reload of a master', () => {
  let lan: Lan;
  let a: NetNode;
  let daemon: Daemon;
  let wire: Capture;

  const reload = async (instances: readonly string[]): Promise<number> => {
    const before = Date.now();
    const done = daemon.log().split('Reload complete').length;
    writeFileSync(daemon.configuration, configuration(instances));
    daemon.process.signal('SIGHUP');
    await until('reload is complete', () => daemon.log().split('Reload complete').length > done);
    return before;
  };

  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a'] });
    a = lan.node('a');
    wire = await Capture.begin(a);
    daemon = await startOurs(a, configuration([first([KEPT, OLD])]));
    await Promise.all([a.gains(KEPT), a.gains(OLD)]);
  });
  afterAll(() => lan?.remove());

  it('adds and removes addresses, announces the new ones and never stops being master', async () => {
    const before = await reload([first([KEPT, NEW], 140)]);
    await Promise.all([a.gains(NEW), a.loses(OLD)]);
    expect(await a.has(KEPT)).toBe(true);
    await wire.advert('an advert of priority 140', ({ priority }) => priority === 140);
    expect(wire.adverts().map(({ priority }) => priority)).not.toContain(0);
    await until('the new address is announced', () =>
      wire.gratuitousArps().some(({ at, address }) => at > before && address === NEW),
    );
    expect(daemon.log().split('Entering MASTER STATE')).toHaveLength(2);
  });

  it('starts instances that are new, and resigns for those that are gone', async () => {
    await reload([first([KEPT, NEW]), second]);
    await a.gains(OTHER);
    const before = await reload([second]);
    await Promise.all([a.loses(KEPT), a.loses(NEW)]);
    expect(await a.has(OTHER)).toBe(true);
    const last = (): number | undefined =>
      wire.adverts().findLast(({ at, vrid }) => at > before && vrid === 1)?.priority;
    await until('its last advert is the resignation', () => last() === 0);
  });

  it('runs the scripts of the instances that it removes, the last one too', async () => {
    const touch = (name: string): string => `"/usr/bin/touch ${join(a.directory, name)}"`;
    const lines = [`notify_fault ${touch('fault')}`, `notify_stop ${touch('stop')}`];
    const leaving = instance({ name: 'VI_3', vrid: 3, vips: [KEPT], lines });
    const ran = (name: string) => (): boolean => existsSync(join(a.directory, name));
    await reload([second, leaving]);
    await a.gains(KEPT);
    await reload([second]);
    await until('notify_fault has run', ran('fault'));
    await reload([leaving]);
    await reload([]);
    await until('notify_stop has run', ran('stop'));
    await reload([second]);
    await a.gains(OTHER);
  });

  it('with mistakes changes nothing', async () => {
    const before = daemon.log().length;
    writeFileSync(daemon.configuration, 'vrrp_instance VI_2 {\n    no_such_keyword\n');
    daemon.process.signal('SIGHUP');
    await until('the mistake is named', () =>
      daemon.log().slice(before).includes('no_such_keyword'),
    );
    expect(await a.has(OTHER)).toBe(true);
    expect(daemon.process.running).toBe(true);
  });
});

import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { type Daemon, startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { RandomConfig } from '../support/random-config.js';
import { until } from '../support/wait.js';

const INSTANCES = 50;
const EDITS = 24;
/** advert_int of all of them. */
const INTERVAL_MS = 1_000;

describe.skipIf(noNamespaces)('reloads of 50 masters, one after the other', () => {
  const config = new RandomConfig(7, {
    instances: INSTANCES,
    services: 0,
    servers: 0,
    interfaces: ['eth0'],
  });
  const untouched = new Map(config.model.instances.map(({ name, vrid }) => [name, vrid]));
  let lan: Lan;
  let a: NetNode;
  let daemon: Daemon;
  let wire: Capture;

  const said = (text: string): number => daemon.log().split(text).length - 1;
  const vips = async (): Promise<string[]> =>
    (await a.addresses()).flatMap(({ local }) => (local.startsWith('10.2.') ? [local] : [])).sort();
  const wanted = (): string[] => config.model.instances.flatMap(({ vips }) => vips).sort();
  const reload = async (): Promise<void> => {
    const done = said('Reload complete');
    writeFileSync(daemon.configuration, config.text);
    daemon.process.signal('SIGHUP');
    await until('the reload is complete', () => said('Reload complete') > done);
  };

  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'watcher'] });
    a = lan.node('a');
    daemon = await startOurs(a, config.text);
    wire = await Capture.begin(lan.node('watcher'));
    await until('all are masters', () => said('Entering MASTER STATE') === INSTANCES);
  });
  afterAll(() => lan?.remove());

  it('leave untouched instances in peace: their adverts come as if there were none', async () => {
    const begin = Date.now();
    for (let n = 0; n < EDITS; n++) {
      for (const name of config.edit('instances').instances) untouched.delete(name);
      await reload();
      await sleep(INTERVAL_MS / 3);
    }
    await sleep(2 * INTERVAL_MS);
    const end = Date.now();
    expect(untouched.size).toBeGreaterThan(15);
    const adverts = wire.adverts();
    for (const [name, vrid] of untouched) {
      const own = adverts.filter((advert) => advert.vrid === vrid);
      const times = [begin, ...own.map(({ at }) => at).filter((at) => at > begin), end];
      const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
      expect(Math.max(...gaps), name).toBeLessThan(3 * INTERVAL_MS);
      expect(
        own.map(({ priority }) => priority),
        name,
      ).not.toContain(0);
      expect(said(`(${name}) Entering`), name).toBe(2);
    }
  });

  it('end with the addresses of a fresh start', async () => {
    await until('the last new instance is master', async () => {
      return (await vips()).length === wanted().length;
    });
    expect(await vips()).toEqual(wanted());
  });

  it('that change nothing say so and send nothing', async () => {
    const before = wire.adverts().length;
    const begin = Date.now();
    await reload();
    await daemon.logged('Reload: the configuration has not changed');
    await sleep(INTERVAL_MS / 2);
    // Nothing but what is due anyway.
    const most = config.model.instances.length * Math.ceil((Date.now() - begin) / INTERVAL_MS + 1);
    expect(wire.adverts().length - before).toBeLessThanOrEqual(most);
  });

  it('with a mistake that is new change nothing', async () => {
    const [first] = config.model.instances;
    writeFileSync(
      daemon.configuration,
      config.text.replace('vrrp_instance', 'no_such_block {\n}\nvrrp_instance'),
    );
    daemon.process.signal('SIGHUP');
    await until('the reload is refused', () => said('the configuration in use is kept') === 1);
    expect(await vips()).toEqual(wanted());
    expect(daemon.log()).not.toContain(`(${first?.name}) Entering FAULT`);
  });
});

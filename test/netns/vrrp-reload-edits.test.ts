import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { type Daemon, startOurs } from '../support/daemons.js';
import { editCount, longestGap } from '../support/edits.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { RandomConfig } from '../support/random-config.js';
import { until } from '../support/wait.js';

const INSTANCES = 50;
const EDITS = editCount(24);
/** advert_int of all of them. */
const INTERVAL_MS = 1_000;
const EDIT_TIMEOUT = 60_000 + EDITS * 3_000;

describe.skipIf(noNamespaces)('reloads of 50 masters and 500 real servers', () => {
  const config = new RandomConfig(7, {
    instances: INSTANCES,
    services: 50,
    servers: 10,
    interfaces: ['eth0'],
  });
  /** Virtual routers that no edit has removed; whatever else has changed, they go on. */
  let lasting = config.vrids;
  const untouched = new Set(config.model.instances.map(({ name }) => name));
  let lan: Lan;
  let a: NetNode;
  let daemon: Daemon;
  let wire: Capture;

  const said = (text: string): number => daemon.log().split(text).length - 1;
  const vips = async (): Promise<string[]> =>
    (await a.addresses()).flatMap(({ local }) => (local.startsWith('10.2.') ? [local] : [])).sort();
  const wanted = (): string[] => config.vips.sort();
  const reload = async (): Promise<void> => {
    const done = said('Reload complete');
    writeFileSync(daemon.configuration, config.text);
    daemon.process.signal('SIGHUP');
    await until('the reload is complete', () => said('Reload complete') > done);
  };

  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'watcher'] });
    a = lan.node('a');
    daemon = await startOurs(a, config.text, { options: ['-P'] });
    wire = await Capture.begin(lan.node('watcher'));
    await until('all are masters', () => said('Entering MASTER STATE') === INSTANCES);
  });
  afterAll(() => lan?.remove());

  it(
    `leave masters in peace: ${EDITS} of them delay no advert`,
    async () => {
      const begin = Date.now();
      for (let n = 0; n < EDITS; n++) {
        for (const name of config.edit().instances) untouched.delete(name);
        lasting = new Set([...lasting].filter((vrid) => config.vrids.has(vrid)));
        await reload();
        await sleep(INTERVAL_MS / 3);
      }
      await sleep(2 * INTERVAL_MS);
      const end = Date.now();
      expect(lasting.size).toBeGreaterThan(10);
      const adverts = wire.adverts();
      for (const vrid of lasting) {
        const own = adverts.filter((advert) => advert.vrid === vrid);
        const times = own.map(({ at }) => at);
        expect(longestGap(begin, times, end), `VRID ${vrid}`).toBeLessThan(3 * INTERVAL_MS);
        const priorities = own.map(({ priority }) => priority);
        expect(priorities, `VRID ${vrid}`).not.toContain(0);
      }
      for (const name of untouched) expect(said(`(${name}) Entering`), name).toBe(2);
    },
    EDIT_TIMEOUT,
  );

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

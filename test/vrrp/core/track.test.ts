import { ip } from '@keepalived-ts/base/ip.js';
import { describe, expect, it } from 'vitest';
import { linkOf } from '#test/support/lan.js';
import { newProcess } from '#vrrp/core/process.js';
import { ended, newScript, type Script } from '#vrrp/core/script.js';
import { conditions } from '#vrrp/core/track.js';
import type { Link, RouterPlan } from '#vrrp/core/types.js';
import { at, processPlan, routerPlan, scriptPlan } from './values.js';

const script = (state: 'up' | 'down' | 'unknown'): Script => {
  const fresh = newScript(scriptPlan(), at(0));
  if (state === 'unknown') return fresh;
  return ended(fresh, { result: 'exited', status: state === 'up' ? 0 : 1 })[0];
};

function found(
  plan: Partial<RouterPlan>,
  around: {
    links?: Link[];
    script?: 'up' | 'down' | 'unknown';
    file?: number;
    copies?: number;
    vips?: string[];
  } = {},
): { priority: number | undefined; causes: readonly string[]; source: string | undefined } {
  const links = around.links ?? [linkOf('eth0', 2, '10.0.0.1'), linkOf('eth1', 3, '10.0.1.1')];
  return conditions(routerPlan(plan), {
    links: new Map(links.map((link) => [link.name, link])),
    scripts: new Map([['chk', script(around.script ?? 'up')]]),
    files: new Map(around.file === undefined ? [] : [['number', around.file]]),
    processes: new Map([['web', newProcess(processPlan(), around.copies ?? 0)]]),
    vips: new Set((around.vips ?? []).map(ip)),
  });
}
const eth1 = (weight: number, reverse = false): Partial<RouterPlan> => ({
  interfaces: [{ name: 'eth1', weight, reverse }],
});
const chk = (weight: number, reverse = false): Partial<RouterPlan> => ({
  scripts: [{ name: 'chk', weight, reverse }],
});
const up = [linkOf('eth0', 2, '10.0.0.1'), linkOf('eth1', 3, '10.0.1.1')];
const down = [linkOf('eth0', 2, '10.0.0.1'), { ...linkOf('eth1', 3, '10.0.1.1'), up: false }];

describe('a tracked interface', () => {
  it.each([
    [20, false, up, 120],
    [20, false, down, 100],
    [-20, false, up, 100],
    [-20, false, down, 80],
    [20, true, up, 80],
    [20, true, down, 100],
    [-20, true, up, 100],
    [-20, true, down, 120],
  ])('of weight %i (reverse %s) makes 100 of priority', (weight, reverse, links, priority) => {
    expect(found(eth1(weight, reverse), { links })).toMatchObject({ priority, causes: [] });
  });

  it.each([
    [false, up, []],
    [false, down, ['interface eth1']],
    [true, up, ['interface eth1']],
    [true, down, []],
    [false, up.slice(0, 1), ['interface eth1']],
  ])('without weight (reverse %s) is a fault when it is down or gone', (reverse, links, causes) => {
    expect(found(eth1(0, reverse), { links }).causes).toEqual(causes);
  });
});

describe('a tracked script', () => {
  it.each([
    [20, false, 'up', 120],
    [20, false, 'down', 100],
    [20, false, 'unknown', 100],
    [-20, false, 'up', 100],
    [-20, false, 'down', 80],
    [-20, false, 'unknown', 100],
    [20, true, 'up', 80],
    [-20, true, 'down', 120],
  ] as const)(
    'of weight %i (reverse %s) that is %s: priority %i',
    (weight, reverse, state, priority) => {
      const result = found(chk(weight, reverse), { script: state });
      expect(result).toMatchObject({ priority, causes: [] });
    },
  );

  it.each([
    [false, 'up', []],
    [false, 'down', ['script chk']],
    [false, 'unknown', ['awaiting chk']],
    [true, 'up', ['script chk']],
    [true, 'down', []],
  ] as const)('without weight (reverse %s) that is %s', (reverse, state, causes) => {
    expect(found(chk(0, reverse), { script: state }).causes).toEqual(causes);
  });
});

describe('the effective priority', () => {
  it.each([
    [10, -50, 1],
    [1, -253, 1],
    [254, 100, 254],
    [200, 253, 254],
  ])('of %i and a weight of %i is kept within 1..254', (priority, weight, effective) => {
    const state = weight > 0 ? 'up' : 'down';
    expect(found({ priority, ...chk(weight) }, { script: state }).priority).toBe(effective);
  });

  it('of an owner is not moved', () => {
    expect(found({ priority: 255, ...chk(0) }).priority).toBeUndefined();
  });
});

describe('the source of adverts', () => {
  const many: Link = {
    ...linkOf('eth0', 2, ''),
    addresses: ['10.0.0.100', '10.0.0.7', '10.0.0.8'].map((a) => ({ address: ip(a), prefix: 24 })),
  };
  it('is the first address of the interface that is no VIP', () => {
    expect(found({}, { links: [many], vips: ['10.0.0.100'] }).source).toBe('10.0.0.7');
  });

  it('is mcast_src_ip where there is one, whatever the interface has', () => {
    expect(found({ source: ip('192.0.2.1') }, { links: [many] }).source).toBe('192.0.2.1');
  });

  it('is missing where the interface has none: a fault', () => {
    const bare = [linkOf('eth0', 2, '')];
    expect(found({}, { links: bare })).toMatchObject({ source: undefined, causes: ['no address'] });
  });

  it('is missing where the interface is gone: told once, as the fault of the interface', () => {
    expect(found({}, { links: [] }).causes).toEqual(['interface eth0']);
    expect(found({ interfaces: [] }, { links: [] }).causes).toEqual(['no address']);
  });
});

describe('a tracked file', () => {
  const number = (weight: number, reverse = false): Partial<RouterPlan> => ({
    files: [{ name: 'number', weight, reverse }],
  });

  it.each([
    [1, false, 20, 120, []],
    [-2, false, 20, 60, []],
    [1, true, 20, 80, []],
    [1, false, 400, 254, []],
    [1, false, -200, 1, []],
    [1, false, -254, 100, ['file number']],
    [0, false, 0, 100, []],
    [0, false, 3, 100, ['file number']],
    [0, true, 0, 100, ['file number']],
    [0, true, 3, 100, []],
  ])('with weight %i, reverse %s and the number %i', (weight, reverse, file, priority, causes) => {
    expect(found(number(weight, reverse), { file })).toMatchObject({ priority, causes });
  });
});

describe('a tracked process', () => {
  const web = (weight: number, reverse = false): Partial<RouterPlan> => ({
    processes: [{ name: 'web', weight, reverse }],
  });

  it.each([
    [20, false, 1, 120, []],
    [20, false, 0, 100, []],
    [-20, false, 0, 80, []],
    [-20, true, 0, 120, []],
    [0, false, 0, 100, ['process web']],
    [0, true, 1, 100, ['process web']],
  ])('with weight %i, reverse %s and %i copies', (weight, reverse, copies, priority, causes) => {
    expect(found(web(weight, reverse), { copies })).toMatchObject({ priority, causes });
  });
});

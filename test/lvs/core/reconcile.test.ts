import { describe as words } from '@keepalived-ts/ipvs-netlink/command.js';
import { IP_VS_SVC_F_HASHED } from '@keepalived-ts/ipvs-netlink/constants.js';
import type { Destination, Service } from '@keepalived-ts/ipvs-netlink/types.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perform, reconcile } from '#lvs/core/reconcile.js';
import { type Table, tableOf } from '#lvs/core/table.js';
import { FakeIpvs } from '../../support/fake-ipvs.js';
import { anyDestination, anyService, destinationAt, serviceAt } from '../../support/ipvs-values.js';

const tableWith = (service: Service, ...destinations: Destination[]): Table =>
  tableOf([{ service, destinations }]);
const commands = (wanted: Table, actual: Table): string[] => reconcile(wanted, actual).map(words);

const web = serviceAt('10.0.0.1:80');
const a = destinationAt('192.168.0.1:80');
const b = destinationAt('192.168.0.2:80');

describe('reconcile', () => {
  it('sends nothing where nothing differs', () => {
    expect(commands(tableWith(web, a, b), tableWith(web, b, a))).toEqual([]);
  });

  it('makes a service before its destinations', () => {
    expect(commands(tableWith(web, a), new Map())).toEqual([
      'new-service TCP 10.0.0.1:80',
      'new-destination TCP 10.0.0.1:80 -> 192.168.0.1:80',
    ]);
  });

  it('takes additions and weights before removals, so that the pool is never empty', () => {
    const heavier = { ...b, weight: 5 };
    const c = destinationAt('192.168.0.3:80');
    expect(commands(tableWith(web, heavier, c), tableWith(web, a, b))).toEqual([
      'set-destination TCP 10.0.0.1:80 -> 192.168.0.2:80',
      'new-destination TCP 10.0.0.1:80 -> 192.168.0.3:80',
      'delete-destination TCP 10.0.0.1:80 -> 192.168.0.1:80',
    ]);
  });

  it.each([
    ['scheduler', { scheduler: 'rr' }],
    ['flags', { flags: 8 }],
    ['timeout', { timeout: 7 }],
    ['netmask', { netmask: 0xffffff00 }],
    ['engine', { engine: 'sip' }],
  ])('changes the %s of a service in place', (_, change) => {
    expect(commands(tableWith({ ...web, ...change }, a), tableWith(web, a))).toEqual([
      'set-service TCP 10.0.0.1:80',
    ]);
  });

  it.each([
    ['weight', { weight: 0 }],
    ['upper threshold', { upperThreshold: 9 }],
    ['lower threshold', { lowerThreshold: 9 }],
    ['forwarding', { forwarding: { method: 'DR' as const } }],
  ])('changes the %s of a destination in place', (_, change) => {
    expect(commands(tableWith(web, { ...a, ...change }), tableWith(web, a))).toEqual([
      'set-destination TCP 10.0.0.1:80 -> 192.168.0.1:80',
    ]);
  });

  it('tells tunnels apart by type, port and checksum', () => {
    const tunnel = { method: 'TUN', type: 'gue', port: 5, checksum: 'csum' } as const;
    const present = tableWith(web, { ...a, forwarding: tunnel });
    const differing = [
      { ...tunnel, type: 'gre' as const },
      { ...tunnel, port: 6 },
      { ...tunnel, checksum: 'nocsum' as const },
    ].map((forwarding) => commands(tableWith(web, { ...a, forwarding }), present).length);
    expect(differing).toEqual([1, 1, 1]);
    expect(commands(tableWith(web, { ...a, forwarding: { ...tunnel } }), present)).toEqual([]);
  });

  it('does not mind the flag that the kernel keeps for itself', () => {
    const dumped = { ...web, flags: IP_VS_SVC_F_HASHED };
    expect(commands(tableWith(web, a), tableWith(dumped, a))).toEqual([]);
  });

  it('removes a service by one command, after everything else', () => {
    const other = serviceAt('10.0.0.2:80');
    expect(commands(tableWith(other), tableWith(web, a, b))).toEqual([
      'new-service TCP 10.0.0.2:80',
      'delete-service TCP 10.0.0.1:80',
    ]);
  });

  it('is linear: 10,000 destinations take well under a second', () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      destinationAt(`10.1.${i >> 8}.${i & 255}:80`),
    );
    const changed = many.map((d, i) => ({ ...d, weight: i % 2 }));
    const start = performance.now();
    expect(reconcile(tableWith(web, ...changed), tableWith(web, ...many)).length).toBe(5_000);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

const anyTable = fc
  .array(fc.record({ service: anyService, destinations: fc.array(anyDestination) }))
  .map(tableOf);

describe('perform', () => {
  it('turns any table into any other, as does the kernel', () => {
    fc.assert(
      fc.asyncProperty(anyTable, anyTable, async (wanted, actual) => {
        const known = new Map(actual);
        perform(known, reconcile(wanted, known));
        expect(reconcile(wanted, known)).toEqual([]);
        expect(new Set(known.keys())).toEqual(new Set(wanted.keys()));
        const kernel = new FakeIpvs();
        const outcomes = [
          ...(await kernel.batch(reconcile(actual, new Map()))),
          ...(await kernel.batch(reconcile(wanted, actual))),
        ];
        expect(outcomes.every(({ ok }) => ok)).toBe(true);
        expect(kernel.lines.length).toBe(
          [...wanted.values()].reduce((sum, entry) => sum + 1 + entry.destinations.size, 0),
        );
      }),
    );
  });

  it('leaves the entries that it was given as they are', () => {
    const before = tableWith(web, a);
    const table = new Map(before);
    perform(table, [
      { do: 'delete-destination', service: web.id, destination: a },
      { do: 'new-destination', service: web.id, destination: b },
    ]);
    expect([...(before.get('TCP 10.0.0.1:80')?.destinations.keys() ?? [])]).toEqual([
      '192.168.0.1:80',
    ]);
    expect([...(table.get('TCP 10.0.0.1:80')?.destinations.keys() ?? [])]).toEqual([
      '192.168.0.2:80',
    ]);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { groupTables } from '#checks/mib/groups.js';
import { serverTables } from '#checks/mib/servers.js';
import { serviceTables } from '#checks/mib/services.js';
import { globalTables } from '#src/daemon/management/globals-mib.js';
import { oidText } from '#src/snmp/oid.js';
import { addressTables } from '#vrrp/mib/addresses.js';
import { instanceTables } from '#vrrp/mib/instances.js';
import { rfc2787Tables } from '#vrrp/mib/rfc2787.js';
import { rfc6527Tables } from '#vrrp/mib/rfc6527.js';
import { routeTables } from '#vrrp/mib/routes.js';
import { ruleTables } from '#vrrp/mib/rules.js';
import { trackerTables } from '#vrrp/mib/trackers.js';

const FOLDER = '/usr/share/snmp/mibs';
const ofKeepalived = [
  ...globalTables,
  ...groupTables,
  ...serviceTables,
  ...serverTables,
  ...instanceTables,
  ...trackerTables,
  ...addressTables,
  ...routeTables,
  ...ruleTables,
];

describe('the tables of our MIBs', () => {
  it('have each column once', () => {
    const all = [...ofKeepalived, ...rfc2787Tables, ...rfc6527Tables].flatMap((table) =>
      table.columns.map(({ number }) => oidText([...table.entry, number])),
    );
    expect(all.length).toBeGreaterThan(400);
    expect(new Set(all).size).toBe(all.length);
  });

  /** Name and number of every object of a MIB's text: `name OBJECT-TYPE ... ::= { parent 3 }`. */
  const objectsOf = (file: string): Map<string, number> =>
    new Map(
      [
        ...readFileSync(`${FOLDER}/${file}`, 'utf8').matchAll(
          /^\s*(\w+)\s+OBJECT-TYPE\b[\s\S]*?::=\s*\{\s*\w+\s+(\d+)\s*\}/gm,
        ),
      ].map(([, name = '', number]) => [name, Number(number)]),
    );

  it.skipIf(!existsSync(`${FOLDER}/KEEPALIVED-MIB.txt`)).each([
    ['KEEPALIVED-MIB.txt', ofKeepalived],
    ['VRRP-MIB.txt', rfc2787Tables],
    ['VRRPv3-MIB.txt', rfc6527Tables],
  ])('call objects by the numbers and names of %s', (file, tables) => {
    const objects = objectsOf(file);
    const columns = tables.flatMap(({ columns }) =>
      columns.map(({ number, name }) => ({ number, name })),
    );
    const known = columns.filter(({ name }) => objects.has(name));
    expect(known.map(({ number, name }) => `${name} ${number}`)).toEqual(
      known.map(({ name }) => `${name} ${objects.get(name)}`),
    );
    // What the text does not have came with keepalived 2.4.
    expect(columns.filter(({ name }) => !objects.has(name)).length).toBeLessThan(25);
    expect(known.length).toBeGreaterThan(20);
  });
});

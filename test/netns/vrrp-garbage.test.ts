import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { internetChecksum, viewOf } from '@keepalived-ts/base/bytes.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import { Capture } from '../support/capture.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import type { Running } from '../support/process.js';
import { LATE } from '../support/timing.js';
import { simple, VIP } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const support = (name: string): string =>
  fileURLToPath(new URL(`../support/${name}`, import.meta.url));

const RATE = 20_000;
const SECONDS = 4;
const HEADER = 20;
const group = ip('224.0.0.18');
const password = Buffer.from('secret\0\0');

/** An advert that would win the election if it were believed, changed by `spoil`. */
function advert(spoil: (bytes: Uint8Array) => Uint8Array | undefined): string {
  const bytes = encodeDatagram({
    source: ip('10.77.0.9'),
    destination: group,
    ttl: 255,
    summedFor: undefined,
    id: 1,
    advert: {
      version: 2,
      vrid: 51,
      priority: 250,
      interval: seconds(1),
      password,
      addresses: [ip(VIP)],
    },
  });
  const spoilt = spoil(bytes) ?? bytes;
  return Buffer.from(spoilt).toString('hex');
}

const set = (offset: number, value: number) => (bytes: Uint8Array) => {
  bytes[offset] = value;
  return undefined;
};
/** The same with a checksum that fits, so that only the field is wrong. */
const setAndSum = (offset: number, value: number) => (bytes: Uint8Array) => {
  bytes[offset] = value;
  const body = bytes.subarray(HEADER);
  viewOf(body).setUint16(6, 0);
  viewOf(body).setUint16(6, internetChecksum(body));
  return undefined;
};

/** Ways to be wrong, and the counter that names each. */
const garbage: readonly (readonly [reason: string, counter: string | undefined, hex: string])[] = [
  ['shorter than its own header', undefined, advert((b) => b.subarray(0, HEADER + 6))],
  ['without its last eight octets', 'packet_len_err', advert((b) => b.subarray(0, HEADER + 12))],
  ['with a TTL of 254', 'ip_ttl_err', advert(set(8, 254))],
  ['of version 4', 'vers_err', advert(setAndSum(HEADER, 0x41))],
  ['of another type', 'invalid_type_rcvd', advert(setAndSum(HEADER, 0x22))],
  ['with a wrong checksum', 'chk_err', advert(set(HEADER + 6, 0))],
  ['for a VRID that nobody has', 'vrid_err', advert(setAndSum(HEADER + 1, 99))],
  ['with a wrong password', 'auth_failure', advert(setAndSum(HEADER + 12, 0x53))],
  ['without authentication', 'authtype_mismatch', advert(setAndSum(HEADER + 4, 0))],
  ['of an unknown authentication', 'invalid_authtype', advert(setAndSum(HEADER + 4, 7))],
  ['with another interval', 'advert_interval_err', advert(setAndSum(HEADER + 5, 2))],
  ['that claims nine VIPs', 'packet_len_err', advert(setAndSum(HEADER + 3, 9))],
];

interface Message {
  type: string;
  changed?: { object: string; values: Record<string, number> }[];
  notice?: { state: string };
}

describe.skipIf(noNamespaces)(`${RATE} malformed adverts a second`, () => {
  let lan: Lan;
  let a: NetNode;
  let b: NetNode;
  let hosts: Running[];
  let wire: Capture;
  let began: number;
  let sent: number;

  const messages = ({ output }: Running): Message[] =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  /** The latest counters of an object (''; what belongs to no instance). */
  const counters = (host: Running, object: string): Record<string, number> =>
    messages(host)
      .flatMap((m) => m.changed ?? [])
      .findLast((counted) => counted.object === object)?.values ?? {};

  const host = (node: NetNode, priority: number): Running => {
    const file = join(node.directory, 'host.conf');
    const lines = ['authentication {', '    auth_type PASS', '    auth_pass secret', '}'];
    writeFileSync(file, simple({ priority, lines }));
    return node.spawn([process.execPath, support('vrrp-host.mjs'), file]);
  };

  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'b', 'attacker'] });
    [a, b] = [lan.node('a'), lan.node('b')];
    wire = await Capture.begin(a, 'ip proto 112 and src host 10.77.0.1');
    hosts = [host(a, 200), host(b, 100)];
    await a.gains(VIP);
    began = Date.now();
    const flood = lan
      .node('attacker')
      .spawn([
        process.execPath,
        support('flood.mjs'),
        group,
        String(RATE),
        String(SECONDS),
        ...garbage.map(([, , hex]) => hex),
      ]);
    await flood.ended();
    expect(flood.output).toMatch(/^\d+\n$/);
    sent = Number(flood.output);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  });
  afterAll(() => lan?.remove());

  it('were really sent', () => {
    expect(sent).toBeGreaterThan(0.9 * RATE * SECONDS);
  });

  it('change no state, and the master advertises on as if nothing were', async () => {
    const states = hosts.map((h) =>
      messages(h)
        .filter(({ type }) => type === 'notify')
        .map(({ notice }) => notice?.state),
    );
    expect(states).toEqual([['BACKUP', 'MASTER'], ['BACKUP']]);
    expect(await a.has(VIP)).toBe(true);
    expect(await b.has(VIP)).toBe(false);
    await wire.advert('an advert after all that', ({ at }) => at > began + SECONDS * 1000);
    const times = wire.adverts().map(({ at }) => at);
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(1_000 + 2 * LATE);
  });

  it.each(garbage.filter(([, counter]) => counter !== undefined))(
    'are counted: one %s as %s',
    async (_, counter = '') => {
      const each = sent / garbage.length;
      const times = garbage.filter(([, other]) => other === counter).length;
      for (const h of hosts) {
        const object = counter === 'vrid_err' ? '' : 'VI_1';
        const count = (): number => counters(h, object)[counter] ?? 0;
        // What the kernel had no room for while the thread was busy is not counted.
        await until(`${counter} is counted`, () => count() > 0.5 * times * each);
        expect(count()).toBeLessThanOrEqual(times * Math.ceil(each) + 1);
      }
    },
  );

  it('are complained of once, not 20,000 times', () => {
    for (const { output } of hosts) expect(output.split('invalid passwd').length - 1).toBe(1);
  });

  it('leave nothing that hinders a good advert afterwards', async () => {
    await hosts[0]?.stop();
    await b.gains(VIP, 3_000);
  });
});

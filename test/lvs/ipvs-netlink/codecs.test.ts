import { familyOf, ip } from '@keepalived-ts/base/ip.js';
import { putDaemon, readDaemon } from '@keepalived-ts/ipvs-netlink/daemon.js';
import { putDestination, readDestination } from '@keepalived-ts/ipvs-netlink/destination.js';
import { putService, readService } from '@keepalived-ts/ipvs-netlink/service.js';
import {
  putInfo,
  putTimeouts,
  readInfo,
  readTimeouts,
} from '@keepalived-ts/ipvs-netlink/settings.js';
import { noStats } from '@keepalived-ts/ipvs-netlink/stats.js';
import { destinationKey, serviceKey } from '@keepalived-ts/ipvs-netlink/types.js';
import { Attributes, Malformed, Payload } from '@keepalived-ts/netlink/attributes.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyDaemon,
  anyDestination,
  anyService,
  anyStats,
  destinationAt,
  serviceAt,
} from '../../support/ipvs-values.js';

const written = (fill: (payload: Payload) => void): Uint8Array => {
  const payload = new Payload(0);
  fill(payload);
  return payload.finish();
};
const attributesOf = (bytes: Uint8Array): Attributes => {
  const attributes = Attributes.parse(bytes);
  if (attributes instanceof Malformed) throw new Error(attributes.reason);
  return attributes;
};
const transmitted = (fill: (payload: Payload) => void): Attributes => attributesOf(written(fill));

describe('round trips', () => {
  it('a service comes back as it was written, with its statistics', () => {
    fc.assert(
      fc.property(anyService, anyStats, (service, stats) => {
        const sent = transmitted((payload) => putService(payload, service, stats));
        expect(readService(sent)).toEqual({ service, stats });
      }),
    );
  });

  it('a destination comes back as it was written, with its connections', () => {
    fc.assert(
      fc.property(anyDestination, anyStats, fc.nat(), (destination, stats, n) => {
        const reported = {
          activeConnections: n,
          inactiveConnections: n + 1,
          persistentConnections: n + 2,
          stats,
        };
        const sent = transmitted((payload) => putDestination(payload, destination, reported));
        const family = familyOf(destination.address);
        expect(readDestination(sent, family)).toEqual({ destination, ...reported });
      }),
    );
  });

  it('a sync daemon comes back as it was written', () => {
    fc.assert(
      fc.property(anyDaemon, (daemon) => {
        expect(readDaemon(transmitted((payload) => putDaemon(payload, daemon)))).toEqual(daemon);
      }),
    );
  });

  it('timeouts and info come back as they were written', () => {
    const timeouts = { tcp: 900, tcpFin: 120, udp: 300 };
    const info = { version: '1.2.1', connectionTableSize: 4096 };
    expect(readTimeouts(transmitted((payload) => putTimeouts(payload, timeouts)))).toEqual(
      timeouts,
    );
    expect(readInfo(transmitted((payload) => putInfo(payload, info)))).toEqual(info);
  });
});

describe('the bytes', () => {
  const hex = (fill: (payload: Payload) => void): string =>
    Buffer.from(written(fill))
      .toString('hex')
      .replaceAll(/(.{8})/g, '$1 ')
      .trim();

  it('an IPv4 service has its port and netmask in network byte order', () => {
    const service = serviceAt('10.0.0.1:80', { netmask: 0xffffff00, flags: 1, timeout: 300 });
    expect(hex((payload) => putService(payload, service))).toBe(
      [
        ...['54000180'], // IPVS_CMD_ATTR_SERVICE, nested
        ...['06000100', '02000000'], // AF_INET
        ...['06000200', '06000000'], // TCP
        ...['14000300', '0a000001', '00000000', '00000000', '00000000'],
        ...['06000400', '00500000'], // port 80
        ...['08000600', '776c6300'], // wlc
        ...['0c000700', '01000000', 'ffffffff'], // flags and their mask
        ...['08000800', '2c010000'], // 300 s
        ...['08000900', 'ffffff00'],
      ].join(' '),
    );
  });

  it('an IPv6 netmask is a prefix length in the byte order of the machine', () => {
    const service = serviceAt('2001:db8::1:80', { netmask: 64 });
    expect(hex((payload) => putService(payload, service))).toMatch(/08000900 40000000$/);
  });

  it('only a tunnel has tunnel attributes', () => {
    const plain = transmitted((p) => putDestination(p, destinationAt('10.0.0.1:80'))).nested(2);
    expect([13, 14, 15].map((type) => plain?.has(type))).toEqual([false, false, false]);
    const tunnel = destinationAt('10.0.0.1:80', {
      forwarding: { method: 'TUN', type: 'gue', port: 5555, checksum: 'remcsum' },
    });
    const sent = transmitted((p) => putDestination(p, tunnel)).nested(2);
    expect([sent?.u8(13), sent?.be16(14), sent?.u16(15)]).toEqual([1, 5555, 2]);
  });
});

describe('what older kernels send', () => {
  it('statistics of 32 bits are read where there are none of 64', () => {
    const sent = transmitted((payload) =>
      payload.nest(1, (inner) => {
        inner.u16(1, 2).u32(5, 7).text(6, 'rr').bytes(7, new Uint8Array(8)).be32(9, 0xffffffff);
        inner.nest(10, (stats) => stats.u32(1, 11).u64(4, 2n ** 40n));
      }),
    );
    expect(readService(sent)).toEqual({
      service: {
        id: { kind: 'fwmark', mark: 7, family: 4 },
        scheduler: 'rr',
        flags: 0,
        timeout: 0,
        netmask: 0xffffffff,
        engine: undefined,
      },
      stats: { ...noStats(), connections: 11n, inBytes: 2n ** 40n },
    });
  });

  it('a destination without family has that of its service', () => {
    const address = new Uint8Array(16);
    address.set([192, 168, 0, 1]);
    const sent = transmitted((payload) =>
      payload.nest(2, (inner) => inner.bytes(1, address).be16(2, 80).u32(3, 3).u32(4, 5)),
    );
    expect(readDestination(sent, 4)).toMatchObject({
      destination: { address: '192.168.0.1', port: 80, weight: 5, forwarding: { method: 'DR' } },
    });
  });
});

describe('what makes no sense', () => {
  it.each([
    ['no service at all', () => {}, 'no-service'],
    ['an unknown family', (p: Payload) => p.nest(1, (s) => s.u16(1, 9)), 'service-family'],
    ['no address', (p: Payload) => p.nest(1, (s) => s.u16(1, 2).u16(2, 6)), 'service-identity'],
    ['no scheduler', (p: Payload) => p.nest(1, (s) => s.u16(1, 2).u32(5, 1)), 'service-incomplete'],
  ])('a service with %s is malformed', (_, fill, reason) => {
    expect(readService(transmitted(fill))).toEqual(new Malformed(reason));
  });

  it.each([
    ['no destination at all', () => {}, 'no-destination'],
    ['no port', (p: Payload) => p.nest(2, (d) => d.ip(1, ip('10.0.0.1'))), 'destination-identity'],
    [
      'a tunnel of a kind unknown',
      (p: Payload) =>
        p.nest(2, (d) => d.ip(1, ip('10.0.0.1')).be16(2, 80).u32(3, 2).u32(4, 1).u8(13, 9)),
      'destination-incomplete',
    ],
  ])('a destination with %s is malformed', (_, fill, reason) => {
    expect(readDestination(transmitted(fill), 4)).toEqual(new Malformed(reason));
  });
});

describe('keys', () => {
  it('are words that tell identities apart', () => {
    const { id } = serviceAt('10.0.0.1:80');
    expect(serviceKey(id)).toBe('TCP 10.0.0.1:80');
    expect(serviceKey(serviceAt('2001:db8::1:80').id)).toBe('TCP [2001:db8::1]:80');
    expect(serviceKey({ kind: 'fwmark', mark: 5, family: 6 })).toBe('FWM 5 inet6');
    expect(destinationKey(destinationAt('fe80::1:8080'))).toBe('[fe80::1]:8080');
  });
});

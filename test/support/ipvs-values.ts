import { type IpAddress, type IpFamily, ip, ipFromBytes } from '@keepalived-ts/base/ip.js';
import type { SyncDaemon } from '@keepalived-ts/ipvs-netlink/daemon.js';
import { noStats, type Stats } from '@keepalived-ts/ipvs-netlink/stats.js';
import {
  type Destination,
  everyClient,
  type Forwarding,
  type Service,
  type ServiceId,
  serviceFamily,
} from '@keepalived-ts/ipvs-netlink/types.js';
import fc from 'fast-check';

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

export const anyFamily = fc.constantFrom<IpFamily>(4, 6);
export const anyAddress = (family: IpFamily): fc.Arbitrary<IpAddress> =>
  bytes(family === 4 ? 4 : 16).map(ipFromBytes);
const port = fc.integer({ min: 0, max: 65535 });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const schedulerName = fc.constantFrom('rr', 'wrr', 'wlc', 'lblcr', 'mh', 'a_name_of_15_ch');

export const anyServiceId: fc.Arbitrary<ServiceId> = anyFamily.chain((family) =>
  fc.oneof(
    fc.record({
      kind: fc.constant('address' as const),
      protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
      address: anyAddress(family),
      port,
    }),
    fc.record({ kind: fc.constant('fwmark' as const), mark: u32, family: fc.constant(family) }),
  ),
);

export const anyService: fc.Arbitrary<Service> = anyServiceId.chain((id) =>
  fc.record({
    id: fc.constant(id),
    scheduler: schedulerName,
    flags: fc.integer({ min: 0, max: 0x3f }),
    timeout: u32,
    netmask: serviceFamily(id) === 4 ? u32 : fc.integer({ min: 0, max: 128 }),
    engine: fc.constantFrom(undefined, 'sip'),
  }),
);

const anyForwarding: fc.Arbitrary<Forwarding> = fc.oneof(
  fc.constantFrom<Forwarding>(
    { method: 'NAT' },
    { method: 'DR' },
    { method: 'LOCAL' },
    { method: 'BYPASS' },
  ),
  fc.record({
    method: fc.constant('TUN' as const),
    type: fc.constantFrom('ipip' as const, 'gue' as const, 'gre' as const),
    port,
    checksum: fc.constantFrom('nocsum' as const, 'csum' as const, 'remcsum' as const),
  }),
);

export const anyDestination: fc.Arbitrary<Destination> = anyFamily.chain((family) =>
  fc.record({
    address: anyAddress(family),
    port,
    forwarding: anyForwarding,
    weight: fc.integer({ min: 0, max: 0x7fffffff }),
    upperThreshold: u32,
    lowerThreshold: u32,
  }),
);

export const anyStats: fc.Arbitrary<Stats> = fc.record({
  connections: u64,
  inPackets: u64,
  outPackets: u64,
  inBytes: u64,
  outBytes: u64,
  connectionRate: u64,
  inPacketRate: u64,
  outPacketRate: u64,
  inByteRate: u64,
  outByteRate: u64,
});

const groups = fc.constantFrom(ip('224.0.0.81'), ip('239.1.2.3'), ip('ff02::81'), undefined);

export const anyDaemon: fc.Arbitrary<SyncDaemon> = fc.record({
  state: fc.constantFrom('master' as const, 'backup' as const),
  interface: fc.constantFrom('eth0', 'bond0.1234', 'fifteen_letters'),
  syncId: fc.integer({ min: 0, max: 255 }),
  maxLength: fc.option(fc.integer({ min: 1, max: 65507 }), { nil: undefined }),
  group: groups,
  port: fc.option(port, { nil: undefined }),
  ttl: fc.option(fc.integer({ min: 1, max: 255 }), { nil: undefined }),
});

/** A TCP service at an address such as `10.0.0.1:80`, scheduled by `wlc`. */
export function serviceAt(where: string, changes: Partial<Service> = {}): Service {
  const [, address = '', port = ''] = /^(.*):(\d+)$/.exec(where) ?? [];
  const id: ServiceId = { kind: 'address', protocol: 'TCP', address: ip(address), port: +port };
  const base = { id, scheduler: 'wlc', flags: 0, timeout: 0, engine: undefined };
  return { ...base, netmask: everyClient(serviceFamily(id)), ...changes };
}

/** A destination at an address such as `192.168.0.1:80`, by NAT and with weight 1. */
export function destinationAt(where: string, changes: Partial<Destination> = {}): Destination {
  const [, address = '', port = ''] = /^(.*):(\d+)$/.exec(where) ?? [];
  const limits = { weight: 1, upperThreshold: 0, lowerThreshold: 0 };
  return {
    address: ip(address),
    port: +port,
    forwarding: { method: 'NAT' },
    ...limits,
    ...changes,
  };
}

export const idle = {
  activeConnections: 0,
  inactiveConnections: 0,
  persistentConnections: 0,
  stats: noStats(),
};

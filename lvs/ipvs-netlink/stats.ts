import type { Attributes, Payload } from '@keepalived-ts/netlink/attributes.js';
import {
  IPVS_STATS_ATTR_CONNS,
  IPVS_STATS_ATTR_CPS,
  IPVS_STATS_ATTR_INBPS,
  IPVS_STATS_ATTR_INBYTES,
  IPVS_STATS_ATTR_INPKTS,
  IPVS_STATS_ATTR_INPPS,
  IPVS_STATS_ATTR_OUTBPS,
  IPVS_STATS_ATTR_OUTBYTES,
  IPVS_STATS_ATTR_OUTPKTS,
  IPVS_STATS_ATTR_OUTPPS,
} from './constants.js';

/** Which attribute holds which number. Rates are per second, estimated by the kernel every 2 s. */
const FIELDS = {
  connections: IPVS_STATS_ATTR_CONNS,
  inPackets: IPVS_STATS_ATTR_INPKTS,
  outPackets: IPVS_STATS_ATTR_OUTPKTS,
  inBytes: IPVS_STATS_ATTR_INBYTES,
  outBytes: IPVS_STATS_ATTR_OUTBYTES,
  connectionRate: IPVS_STATS_ATTR_CPS,
  inPacketRate: IPVS_STATS_ATTR_INPPS,
  outPacketRate: IPVS_STATS_ATTR_OUTPPS,
  inByteRate: IPVS_STATS_ATTR_INBPS,
  outByteRate: IPVS_STATS_ATTR_OUTBPS,
} as const;

/** What has passed through a service or a destination. */
export type Stats = { -readonly [K in keyof typeof FIELDS]: bigint };

const fields = Object.entries(FIELDS) as [keyof Stats, number][];

/** All numbers at zero. */
export const noStats = (): Stats => Object.fromEntries(fields.map(([name]) => [name, 0n])) as Stats;

/** Writes the 64-bit form, IPVS_SVC_ATTR_STATS64 and IPVS_DEST_ATTR_STATS64. */
export function putStats(payload: Payload, type: number, stats: Stats): void {
  payload.nest(type, (inner) => {
    for (const [name, attribute] of fields) inner.u64(attribute, stats[name]);
  });
}

/**
 * Reads the statistics inside a service or destination: the 64-bit ones, which kernels have since
 * 4.1, else the older ones, where all but the bytes have 32 bits. What is absent counts as 0.
 */
export function readStats(attributes: Attributes, type64: number, type32: number): Stats {
  const wide = attributes.nested(type64);
  const stats = wide ?? attributes.nested(type32);
  const result = noStats();
  if (stats === undefined) return result;
  for (const [name, attribute] of fields) {
    const value = stats.u64(attribute) ?? stats.u32(attribute);
    if (value !== undefined) result[name] = BigInt(value);
  }
  return result;
}

import type { TrafficCounts } from '#src/ipc/status.js';
import { type Column, column } from '#src/snmp/tree.js';
import { counter, counter64, gauge } from '#src/snmp/value.js';

/** Where each number of the traffic stands in a table; those of services and servers differ. */
export interface TrafficColumns {
  /** Conns (Gauge32), InPkts, OutPkts, InBytes, OutBytes. */
  totals: number;
  /** The first packet column, where others stand between it and the connections. */
  packets: number;
  /** RateCps, InPPS, OutPPS, InBPS, OutBPS. */
  rates: number;
  /** Conns64, InPkts64, OutPkts64. */
  wide: number;
  /** Each rate as its low and its high half. */
  halves: number;
  /** Each rate with 64 bits. */
  wideRates: number;
}

const RATES = [
  ['Cps', 'connectionRate'],
  ['InPPS', 'inPacketRate'],
  ['OutPPS', 'outPacketRate'],
  ['InBPS', 'inByteRate'],
  ['OutBPS', 'outByteRate'],
] as const;

const U32 = 0xffffffffn;

/** The columns that tell of traffic, as each table numbers them. */
export function trafficColumns<R>(
  prefix: string,
  at: TrafficColumns,
  of: (row: R) => TrafficCounts | undefined,
): Column<R>[] {
  const counted =
    (name: keyof TrafficCounts) =>
    (row: R): bigint | undefined =>
      of(row)?.[name];
  const number =
    (name: keyof TrafficCounts, change = (n: bigint) => n) =>
    (row: R): number | undefined => {
      const value = of(row)?.[name];
      return value === undefined ? undefined : Number(change(value));
    };
  return [
    column(at.totals, `${prefix}StatsConns`, gauge, number('connections')),
    column(at.packets, `${prefix}StatsInPkts`, counter, counted('inPackets')),
    column(at.packets + 1, `${prefix}StatsOutPkts`, counter, counted('outPackets')),
    column(at.packets + 2, `${prefix}StatsInBytes`, counter64, counted('inBytes')),
    column(at.packets + 3, `${prefix}StatsOutBytes`, counter64, counted('outBytes')),
    column(at.wide, `${prefix}StatsConns64`, counter64, counted('connections')),
    column(at.wide + 1, `${prefix}StatsInPkts64`, counter64, counted('inPackets')),
    column(at.wide + 2, `${prefix}StatsOutPkts64`, counter64, counted('outPackets')),
    ...RATES.flatMap(([suffix, name], i) => [
      column(at.rates + i, `${prefix}Rate${suffix}`, gauge, number(name)),
      column(
        at.halves + 2 * i,
        `${prefix}Rate${suffix}Low`,
        gauge,
        number(name, (n) => n & U32),
      ),
      column(
        at.halves + 2 * i + 1,
        `${prefix}Rate${suffix}High`,
        gauge,
        number(name, (n) => n >> 32n),
      ),
      column(at.wideRates + i, `${prefix}Rate${suffix}64`, counter64, counted(name)),
    ]),
  ];
}

import type { BufferOptions } from '@keepalived-ts/netlink/socket.js';
import { integerOf } from '../numbers.js';
import { keyword } from '../schema.js';
import type { ValueType } from '../value-type.js';
import { boolean, integer } from '../values.js';

const SILENT = 'the checking part hears no such events';
const U32 = 4294967295;

/** How the receive buffer of VRRP sockets is sized: by a rule, or in bytes. */
export type ReceiveBuffer = 'MTU' | 'ADVERT' | number;

export const receiveBuffer: ValueType<ReceiveBuffer> = {
  usage: 'MTU|ADVERT|BYTES',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const rule = first.text.toUpperCase();
    if (rule === 'MTU' || rule === 'ADVERT') return rule;
    return integerOf(first, 0, U32, context, { strict: true });
  },
  print: String,
  json: { schema: { type: ['string', 'integer'] }, of: (value) => value },
};

/** Options of sockets are ints. */
export const MOST_INT = 0x7fffffff;

/** The receive buffer that two of these keywords ask for, if they do. */
export const bufferOf = (bytes = 0, force = false): BufferOptions | undefined =>
  bytes === 0 ? undefined : { receiveBuffer: Math.min(bytes, MOST_INT), withinLimit: !force };

const size = (what: string) =>
  keyword(integer(0, U32), `Receive buffer of ${what}.`).skippedAlone().counting('bytes');
const force = (what: string) =>
  keyword(boolean, `Let that of ${what} exceed the limit in net.core.rmem_max.`);

/** Receive buffers of sockets. */
export const bufferGlobals = {
  vrrp_netlink_cmd_rcv_bufs: size("the VRRP part's netlink socket for commands").unless('4 MiB'),
  vrrp_netlink_cmd_rcv_bufs_force: force("the VRRP part's netlink socket for commands"),
  vrrp_netlink_monitor_rcv_bufs: size("the VRRP part's netlink socket for events").unless('4 MiB'),
  vrrp_netlink_monitor_rcv_bufs_force: force("the VRRP part's netlink socket for events"),
  process_monitor_rcv_bufs: size('the socket that tells of processes').unless('1 MiB'),
  process_monitor_rcv_bufs_force: force('the socket that tells of processes'),
  lvs_netlink_cmd_rcv_bufs: size("the checking part's netlink socket for commands").unless('4 MiB'),
  lvs_netlink_cmd_rcv_bufs_force: force("the checking part's netlink socket for commands"),
  lvs_netlink_monitor_rcv_bufs: size("the checking part's netlink socket for events").without(
    SILENT,
  ),
  lvs_netlink_monitor_rcv_bufs_force: force(
    "the checking part's netlink socket for events",
  ).without(SILENT),
  vrrp_rx_bufs_policy: keyword(
    receiveBuffer,
    'Size of the buffer that adverts wait in: so many MTUs or adverts (vrrp_rx_bufs_multiplier), or bytes.',
  )
    .skippedAlone()
    .unless('room for a second of flood')
    .shown('vrrp_rx_bufs_policy MTU'),
  vrrp_rx_bufs_multiplier: keyword(
    integer(1, U32),
    'How many MTUs or adverts the buffer of vrrp_rx_bufs_policy is to hold.',
  )
    .skippedAlone()
    .default(3),
};

import { integerOf } from '../numbers.js';
import { keyword } from '../schema.js';
import type { ValueType } from '../value-type.js';
import { boolean, integer } from '../values.js';

const BUFFERS = 'the buffer has the size that the program chooses';
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

const size = (what: string) =>
  keyword(integer(0, U32), `Receive buffer of ${what}.`)
    .skippedAlone()
    .counting('bytes')
    .unless("the kernel's choice")
    .refused(BUFFERS);
const force = (what: string) =>
  keyword(boolean, `Let that of ${what} exceed the limit in net.core.rmem_max.`).refused(BUFFERS);

/** Receive buffers of sockets. */
export const bufferGlobals = {
  vrrp_netlink_cmd_rcv_bufs: size("the VRRP part's netlink socket for commands"),
  vrrp_netlink_cmd_rcv_bufs_force: force("the VRRP part's netlink socket for commands"),
  vrrp_netlink_monitor_rcv_bufs: size("the VRRP part's netlink socket for events"),
  vrrp_netlink_monitor_rcv_bufs_force: force("the VRRP part's netlink socket for events"),
  process_monitor_rcv_bufs: size('the socket that tells of processes'),
  process_monitor_rcv_bufs_force: force('the socket that tells of processes'),
  lvs_netlink_cmd_rcv_bufs: size("the checking part's netlink socket for commands"),
  lvs_netlink_cmd_rcv_bufs_force: force("the checking part's netlink socket for commands"),
  lvs_netlink_monitor_rcv_bufs: size("the checking part's netlink socket for events"),
  lvs_netlink_monitor_rcv_bufs_force: force("the checking part's netlink socket for events"),
  vrrp_rx_bufs_policy: keyword(
    receiveBuffer,
    'Size of the buffer that adverts wait in: so many MTUs or adverts (vrrp_rx_bufs_multiplier), or bytes.',
  )
    .skippedAlone()
    .refused('the buffer holds a second of flood in any case'),
  vrrp_rx_bufs_multiplier: keyword(
    integer(1, U32),
    'How many MTUs or adverts the buffer of vrrp_rx_bufs_policy is to hold.',
  )
    .skippedAlone()
    .default(3)
    .refused('the buffer holds a second of flood in any case'),
};

import type { BufferOptions } from '@keepalived-ts/netlink/socket.js';
import { bufferOf } from '#src/config/global-defs/buffers.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import { advertLength } from '../wire/advert.js';
import { TRAILER } from '../wire/hmac.js';
import type { Kind } from './plan-kind.js';

/** Memory for packets that wait to be read: so many octets, and so many MTUs of the interface. */
export interface ReceiveRoom {
  bytes: number;
  frames: number;
}

/** Receive buffers of the netlink sockets; what is not asked for is left to each. */
export interface SocketBuffers {
  commands: BufferOptions | undefined;
  events: BufferOptions | undefined;
  processes: BufferOptions | undefined;
}

export const buffersOf = (globals: GlobalDefsConfig): SocketBuffers => ({
  commands: bufferOf(globals.vrrp_netlink_cmd_rcv_bufs, globals.vrrp_netlink_cmd_rcv_bufs_force),
  events: bufferOf(
    globals.vrrp_netlink_monitor_rcv_bufs,
    globals.vrrp_netlink_monitor_rcv_bufs_force,
  ),
  processes: bufferOf(globals.process_monitor_rcv_bufs, globals.process_monitor_rcv_bufs_force),
});

/** Size of an IPv4 header, which a raw socket gives along (raw(7)). */
const IPV4_HEADER = 20;

/** The receive buffer that an instance asks for; `listed` is how many addresses its adverts have. */
export function roomOf(
  vr: VrrpInstanceConfig,
  { family, version }: Kind,
  listed: number,
  globals: GlobalDefsConfig,
): ReceiveRoom | undefined {
  const { vrrp_rx_bufs_policy: policy, vrrp_rx_bufs_multiplier: times } = globals;
  const size = vr.kernel_rx_buf_size || policy;
  if (size === undefined || size === 0) return undefined;
  if (size === 'MTU') return { bytes: 0, frames: times };
  if (size !== 'ADVERT') return { bytes: size, frames: 0 };
  const around = (family === 4 ? IPV4_HEADER : 0) + (vr.auth_hmac ? TRAILER : 0);
  return { bytes: times * (around + advertLength(version, family, listed)), frames: 0 };
}

/** What two instances at one port ask for together. */
export const joinedRoom = (
  one: ReceiveRoom | undefined,
  other: ReceiveRoom | undefined,
): ReceiveRoom | undefined =>
  one && other
    ? { bytes: one.bytes + other.bytes, frames: one.frames + other.frames }
    : (one ?? other);

import { viewOf } from '@keepalived-ts/base/bytes.js';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { type Instant, systemClock } from '@keepalived-ts/base/time.js';
import { sockaddrNl } from '@keepalived-ts/raw-socket/address.js';
import {
  AF_NETLINK,
  NETLINK_ADD_MEMBERSHIP,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_RAW,
  SOL_NETLINK,
  SOL_SOCKET,
} from '@keepalived-ts/raw-socket/constants.js';
import { type Incoming, RawSocket } from '@keepalived-ts/raw-socket/index.js';
import { HOST_LITTLE_ENDIAN } from './attributes.js';

/** What client and monitor need of a RawSocket; a fake in tests. */
export type NetlinkSocket = Pick<
  RawSocket,
  'send' | 'receive' | 'onMessages' | 'close' | 'ref' | 'unref'
>;

export const now = (): Instant => systemClock.now();

/** How much may wait to be read from a socket. */
export interface BufferOptions {
  /** Bytes, the kernel's own overhead included. */
  readonly receiveBuffer?: number;
  /** Not more than net.core.rmem_max, even where we may. */
  readonly withinLimit?: boolean;
}

/** A bound netlink socket that hears the groups, with the receive buffer asked for. */
export function openSocket(
  protocol: number,
  buffer: Required<BufferOptions>,
  groups: readonly number[] = [],
): RawSocket {
  const socket = RawSocket.open(AF_NETLINK, SOCK_RAW, protocol);
  try {
    setReceiveBuffer(socket, buffer);
    socket.bind(sockaddrNl({ pid: 0, groups: 0 }));
    for (const group of groups) socket.setOption(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** How many bytes of queued datagrams, as the kernel counts them, the socket holds. */
export function receiveBufferOf(socket: RawSocket): number {
  return viewOf(socket.getOption(SOL_SOCKET, SO_RCVBUF, 4)).getInt32(0, HOST_LITTLE_ENDIAN);
}

/** The port the kernel gave the socket: nl_pid of struct sockaddr_nl. */
export function portOf(socket: RawSocket): number {
  return viewOf(socket.localAddress()).getUint32(4, HOST_LITTLE_ENDIAN);
}

/** Switches an option on that older kernels do not know. */
export function tryOption(socket: RawSocket, name: number): void {
  try {
    socket.setOption(SOL_NETLINK, name, 1);
  } catch (error) {
    if (!(error instanceof KernelError && error.code === 'ENOPROTOOPT')) throw error;
  }
}

/**
 * True for datagrams of the kernel itself, whose port is 0 (struct sockaddr_nl, offset 4): some
 * protocols let processes send to each other.
 */
export function fromKernel({ from }: Incoming): boolean {
  if (from.length < 12) return false;
  return viewOf(from).getUint32(4, HOST_LITTLE_ENDIAN) === 0;
}

/** Beyond net.core.rmem_max where we may (CAP_NET_ADMIN); as far as it goes where we may not. */
function setReceiveBuffer(
  socket: RawSocket,
  { receiveBuffer: bytes, withinLimit }: Required<BufferOptions>,
): void {
  if (withinLimit) {
    socket.setOption(SOL_SOCKET, SO_RCVBUF, bytes);
    return;
  }
  try {
    socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, bytes);
  } catch (error) {
    if (!(error instanceof KernelError && error.code === 'EPERM')) throw error;
    socket.setOption(SOL_SOCKET, SO_RCVBUF, bytes);
  }
}

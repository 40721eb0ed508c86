import { deadline } from '@keepalived-ts/base/deadline.js';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { toMilliseconds } from '@keepalived-ts/base/time.js';
import {
  AF_INET,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  SOCK_DGRAM,
  SOCK_RAW,
} from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';
import type { Target } from '../core/define-checker.js';
import { type Exchange, ProbeFailure } from '../core/probe-io.js';
import { domainOf, failureOf, prepare, sockaddr } from './connection.js';

/**
 * A socket connected to the target, so that it hears only that.
 *
 * ICMP goes by a raw socket. Differs: keepalived's is a datagram socket, for which it widens
 * net.ipv4.ping_group_range while it runs; ours needs CAP_NET_RAW, as VRRP does.
 */
function openTo(target: Target, kind: Exchange['kind']): RawSocket {
  const { address, port } = target;
  const domain = domainOf(target);
  const icmp = domain === AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
  const udp = kind === 'udp';
  const socket = RawSocket.open(domain, udp ? SOCK_DGRAM : SOCK_RAW, udp ? 0 : icmp);
  try {
    // Ports are nothing to ICMP.
    prepare(socket, udp ? target : { ...target, bindPort: undefined });
    socket.connect(sockaddr(address, udp ? port : 0));
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Sends one datagram and waits for its answer; see `ProbeIo.datagram`. */
export function datagram(
  target: Target,
  { kind, sent, room, accept }: Exchange,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(failureOf(signal.reason));
      return;
    }
    let socket: RawSocket | undefined;
    let callOff = (): void => undefined;
    const onAbort = (): void => end(() => reject(failureOf(signal.reason)));
    const end = (settle: () => void): void => {
      callOff();
      signal.removeEventListener('abort', onAbort);
      socket?.close();
      settle();
    };
    const fail = (error: unknown): void => {
      if (!(error instanceof KernelError)) throw error;
      const reason = new ProbeFailure(error.code, error.message);
      end(() => reject(reason));
    };
    try {
      socket = openTo(target, kind);
      socket.onMessages(
        (batch) => {
          const reply = batch.find(({ data }) => accept(data))?.data;
          if (reply) end(() => resolve(new Uint8Array(reply)));
        },
        fail,
        { buffer: room, most: 1 },
      );
      const { error } = socket.send([{ data: sent }]);
      if (error) throw error;
    } catch (error) {
      fail(error);
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    callOff = deadline(toMilliseconds(target.connectTimeout), () => {
      end(() => resolve(undefined));
    }).callOff;
  });
}

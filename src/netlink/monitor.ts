import { KernelError } from '@keepalived-ts/base/errors.js';
import type { Incoming } from '@keepalived-ts/raw-socket/index.js';
import { Malformed } from './attributes.js';
import { decodeMessages, type Message } from './message.js';
import { type BufferOptions, fromKernel, type NetlinkSocket, openSocket } from './socket.js';

/** Of `receiveBuffer` 4 MiB is the default: what may wait for us. */
export interface MonitorOptions extends BufferOptions {
  /** NETLINK_ROUTE, NETLINK_GENERIC... */
  readonly protocol: number;
  /** Numbers of multicast groups: RTNLGRP_*, or those a generic family tells. */
  readonly groups: readonly number[];
  readonly onMessage: (message: Message) => void;
  /**
   * Messages were lost: what is known must be read again. Called when the socket works again, so
   * what happens from now on is heard; a dump started in here misses nothing.
   */
  readonly onOverrun: () => void;
}

/** An open ear for what the kernel announces. It keeps the event loop alive unless `unref`ed. */
export interface Monitor {
  /** How often messages were lost, and how many datagrams made no sense. */
  readonly counters: Readonly<{ overruns: number; malformed: number }>;
  close(): void;
  ref(): void;
  unref(): void;
}

/** Hears multicast groups of the network namespace of the thread. Throws KernelError. */
export function openMonitor(options: MonitorOptions): Monitor {
  const { protocol, groups, receiveBuffer = 4 << 20, withinLimit = false } = options;
  return listen(openSocket(protocol, { receiveBuffer, withinLimit }, groups), options);
}

/** For sockets of another make, as in tests; others use `openMonitor`. */
export function listen(
  socket: NetlinkSocket,
  { onMessage, onOverrun }: Pick<MonitorOptions, 'onMessage' | 'onOverrun'>,
): Monitor {
  const counters = { overruns: 0, malformed: 0 };
  let closed = false;

  const read = (batch: readonly Incoming[]): void => {
    for (const datagram of batch) {
      if (!fromKernel(datagram)) continue;
      const messages = datagram.truncated
        ? new Malformed('truncated')
        : decodeMessages(datagram.data);
      if (messages instanceof Malformed) {
        counters.malformed++;
        continue;
      }
      for (const message of messages) if (!closed) onMessage(message);
    }
  };

  // Once it has dropped a message the kernel drops all further ones, without another error, until
  // the queue is empty (NETLINK_S_CONGESTED in net/netlink/af_netlink.c). So a reader that resyncs
  // before it has emptied the queue would miss what happens in between.
  const drain = (): void => {
    while (!closed) {
      try {
        const batch = socket.receive(64);
        if (batch.length === 0) return;
        read(batch);
      } catch (error) {
        if (!isOverrun(error)) throw error;
      }
    }
  };

  socket.onMessages(
    read,
    (error) => {
      if (!isOverrun(error)) throw error;
      counters.overruns++;
      drain();
      if (!closed) onOverrun();
    },
    { buffer: 65_536, most: 64 },
  );
  return {
    counters,
    close() {
      closed = true;
      socket.close();
    },
    ref: () => socket.ref(),
    unref: () => socket.unref(),
  };
}

const isOverrun = (error: unknown): boolean =>
  error instanceof KernelError && error.code === 'ENOBUFS';

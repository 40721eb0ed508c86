import { viewOf } from '@keepalived-ts/base/bytes.js';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { sockaddrNl } from '@keepalived-ts/raw-socket/address.js';
import { NETLINK_CONNECTOR } from '@keepalived-ts/raw-socket/constants.js';
import { HOST_LITTLE_ENDIAN, Malformed } from './attributes.js';
import { NLMSG_DONE } from './constants.js';
import { encodeMessages, type Message } from './message.js';
import { listen, type Monitor } from './monitor.js';
import { type BufferOptions, openSocket } from './socket.js';

/** Of <linux/connector.h>: both the index and the value of messages about processes. */
const CN_IDX_PROC = 1;
const CN_VAL_PROC = 1;
/** enum proc_cn_mcast_op of <linux/cn_proc.h>. */
const PROC_CN_MCAST_LISTEN = 1;

/** What happened to a process, of <linux/cn_proc.h>; threads are left out. */
export type ProcEvent =
  /** The kernel heard our wish to listen; `error` is an errno, 0 for none. */
  | { what: 'acknowledged'; error: number }
  | { what: 'forked'; pid: number; parent: number }
  /** It is another program now, or calls itself so. */
  | { what: 'renamed'; pid: number }
  | { what: 'ended'; pid: number };

/** Kinds of struct proc_event that matter to us. */
const PROC_EVENT_NONE = 0;
const PROC_EVENT_FORK = 1;
const PROC_EVENT_EXEC = 2;
const PROC_EVENT_COMM = 0x200;
const PROC_EVENT_EXIT = 0x80000000;

/**
 * Reads a message of the connector; undefined for what we do not ask about.
 *
 *     offset  size  field
 *     0       8     index and value (struct cn_msg)
 *     8       8     sequence number and acknowledgement
 *     16      2     length of what follows; 18: flags
 *     20      4     what happened (struct proc_event)
 *     24      12    CPU and time
 *     36      8     process and thread group; at `fork` those of the parent
 *     44      8     at `fork` those of the child
 */
export function parseProcEvent({ payload }: Message): ProcEvent | Malformed | undefined {
  if (payload.length < 44) return new Malformed('short-message');
  const view = viewOf(payload);
  const at = (offset: number): number => view.getUint32(offset, HOST_LITTLE_ENDIAN);
  if (at(0) !== CN_IDX_PROC || at(4) !== CN_VAL_PROC) return undefined;
  const [thread, pid] = [at(36), at(40)];
  switch (at(20)) {
    case PROC_EVENT_NONE:
      return { what: 'acknowledged', error: at(36) };
    case PROC_EVENT_FORK: {
      if (payload.length < 52) return new Malformed('short-message');
      const [childThread, child] = [at(44), at(48)];
      return childThread === child ? { what: 'forked', pid: child, parent: pid } : undefined;
    }
    case PROC_EVENT_EXEC:
    case PROC_EVENT_COMM:
      return { what: 'renamed', pid };
    case PROC_EVENT_EXIT:
      return thread === pid ? { what: 'ended', pid } : undefined;
    default:
      return undefined;
  }
}

/** Asks for events: a cn_msg with one word, PROC_CN_MCAST_LISTEN. */
export function listenMessage(): Uint8Array {
  const payload = new Uint8Array(24);
  const view = viewOf(payload);
  view.setUint32(0, CN_IDX_PROC, HOST_LITTLE_ENDIAN);
  view.setUint32(4, CN_VAL_PROC, HOST_LITTLE_ENDIAN);
  view.setUint16(16, 4, HOST_LITTLE_ENDIAN);
  view.setUint32(20, PROC_CN_MCAST_LISTEN, HOST_LITTLE_ENDIAN);
  return encodeMessages([{ type: NLMSG_DONE, flags: 0, sequence: 1, port: 0, payload }]);
}

/**
 * Hears of every process of the machine that starts, ends or becomes another program.
 *
 * Throws KernelError where that is not permitted (CAP_NET_ADMIN), or where the kernel has nobody
 * to ask: outside of the first network namespace. One that is silent, as in a PID namespace, never
 * says `acknowledged`.
 */
export function openProcMonitor(
  onEvent: (event: ProcEvent) => void,
  onOverrun: () => void,
  { receiveBuffer = 1 << 20, withinLimit = false }: BufferOptions = {},
): Monitor {
  const socket = openSocket(NETLINK_CONNECTOR, { receiveBuffer, withinLimit }, [CN_IDX_PROC]);
  const monitor = listen(socket, {
    onMessage: (message) => {
      const event = parseProcEvent(message);
      if (event !== undefined && !(event instanceof Malformed)) onEvent(event);
    },
    onOverrun,
  });
  const { error } = socket.send([{ data: listenMessage(), to: sockaddrNl({}) }]);
  if (error instanceof KernelError) {
    monitor.close();
    throw error;
  }
  return monitor;
}

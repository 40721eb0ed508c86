import { viewOf } from '@keepalived-ts/base/bytes.js';
import {
  AF_INET,
  AF_INET6,
  AF_PACKET,
  EAGAIN,
  ENOMSG,
  IP_RECVERR,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_RECVERR,
  MSG_ERRQUEUE,
  SO_ERROR,
  SOL_SOCKET,
} from './constants.js';
import { decodeControl } from './control.js';
import { littleEndian } from './host.js';
import { Inbox } from './inbox.js';
import { type Handle, native } from './native.js';

const ERROR_BUFFER = 2048;
const ERROR_CONTROL = 512;
const NOTHING = new Uint8Array(0);
/** Families with an error queue. Others ignore MSG_ERRQUEUE and would give an ordinary message. */
const QUEUED: ReadonlySet<number> = new Set([AF_INET, AF_INET6, AF_PACKET]);

/** SO_ERROR, which reading sets back: an errno, 0 for none. */
export function takeSocketError(socket: Handle): number {
  const room = new Uint8Array(4);
  native.getOption(socket, SOL_SOCKET, SO_ERROR, room);
  return viewOf(room).getInt32(0, littleEndian);
}

/**
 * Why the socket polls as erroneous: the errno, 0 for a report that is no error (a timestamp), or
 * undefined when there is nothing to fetch. Fetching takes it away, as poll would not rest else.
 */
export function takePendingError(socket: Handle, domain: number): number | undefined {
  const errno = takeSocketError(socket);
  if (errno !== 0) return errno;
  return QUEUED.has(domain) ? takeQueuedError(socket) : undefined;
}

/** From the error queue that IP_RECVERR and timestamps fill: struct sock_extended_err's ee_errno. */
function takeQueuedError(socket: Handle): number | undefined {
  const reports = new Inbox(ERROR_BUFFER, 1, ERROR_CONTROL).take(socket, 1, MSG_ERRQUEUE);
  if (typeof reports === 'number') return reports === -EAGAIN ? undefined : -reports;
  for (const { level, type, data } of decodeControl(reports[0]?.control ?? NOTHING)) {
    const explained =
      (level === IPPROTO_IP && type === IP_RECVERR) ||
      (level === IPPROTO_IPV6 && type === IPV6_RECVERR);
    if (!explained || data.length < 4) continue;
    const errno = viewOf(data).getUint32(0, littleEndian);
    return errno === ENOMSG ? 0 : errno;
  }
  return 0;
}

import { constants } from 'node:os';
import type { KernelError } from '@keepalived-ts/base/errors.js';
import {
  NETLINK_CAP_ACK,
  NETLINK_EXT_ACK,
  NETLINK_NETFILTER,
  SO_SNDBUFFORCE,
  SOL_SOCKET,
} from '@keepalived-ts/raw-socket/constants.js';
import { kernelError } from '@keepalived-ts/raw-socket/errors.js';
import type { Incoming } from '@keepalived-ts/raw-socket/index.js';
import { Malformed } from '../attributes.js';
import { NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR, NLMSG_MIN_TYPE } from '../constants.js';
import { parseAcknowledgement, refusal } from '../errors.js';
import { decodeMessages, encodeMessages, type Message, type Request } from '../message.js';
import { fromKernel, type NetlinkSocket, openSocket, tryOption } from '../socket.js';
import { header, NFNL_SUBSYS_NFTABLES } from './objects.js';

/** The ends of a transaction (<linux/netfilter/nfnetlink.h>). */
const NFNL_MSG_BATCH_BEGIN = NLMSG_MIN_TYPE;
const NFNL_MSG_BATCH_END = NLMSG_MIN_TYPE + 1;
/** Room for answers, and for a transaction of tens of thousands of elements. */
const BUFFER = 4 << 20;

interface Transaction {
  readonly requests: readonly Request[];
  /** The number of its beginning; those of the requests follow. */
  readonly first: number;
  refused: KernelError | undefined;
  resolve(): void;
  reject(error: KernelError): void;
}

/**
 * Changes nf_tables, several things at a time: the kernel does all of a transaction or nothing.
 *
 * It is done inside sendmsg, so transactions take effect in the order in which they are made, and
 * before anything that is asked of the kernel later. A transaction is one datagram between two
 * marks; refusals are told for its messages, and success for the last one, which alone asks for it
 * (nfnetlink_rcv_batch in net/netfilter/nfnetlink.c).
 */
export class NftablesClient {
  readonly #socket: NetlinkSocket;
  readonly #open: Transaction[] = [];
  #sequence = 0;
  #closed = false;

  /** For sockets of another make, as in tests; others use `open`. */
  constructor(socket: NetlinkSocket) {
    this.#socket = socket;
    socket.onMessages(
      (batch) => this.#read(batch),
      (error) => this.#lose(error.errno, 'the answer is lost'),
    );
    socket.unref();
  }

  /** A client in the network namespace of the thread. */
  static open(): NftablesClient {
    const socket = openSocket(NETLINK_NETFILTER, { receiveBuffer: BUFFER, withinLimit: false });
    try {
      for (const option of [NETLINK_EXT_ACK, NETLINK_CAP_ACK]) tryOption(socket, option);
      socket.setOption(SOL_SOCKET, SO_SNDBUFFORCE, BUFFER);
      return new NftablesClient(socket);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Carried out when this returns. Rejects with what the kernel refused first; nothing is done then. */
  transaction(requests: readonly Request[]): Promise<void> {
    if (requests.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (this.#sequence > 0x7fffffff) this.#sequence = 0;
      const first = this.#sequence + 1;
      const last = requests.length - 1;
      const marked = [
        mark(NFNL_MSG_BATCH_BEGIN),
        ...requests.map(({ type, payload, flags }, i) => {
          return { type, payload, flags: flags | (i === last ? NLM_F_ACK : 0) };
        }),
        mark(NFNL_MSG_BATCH_END),
      ];
      const messages = marked.map(({ flags, ...message }): Message => {
        const sequence = ++this.#sequence;
        return { ...message, flags: flags | NLM_F_REQUEST, sequence, port: 0 };
      });
      const { error } = this.#socket.send([{ data: encodeMessages(messages) }]);
      if (error) reject(error);
      else this.#open.push({ requests, first, refused: undefined, resolve, reject });
    });
  }

  /** What was asked for is done all the same; its answer is ECANCELED. Harmless when repeated. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    this.#lose(constants.errno.ECANCELED, 'the client was closed');
  }

  #read(batch: readonly Incoming[]): void {
    for (const datagram of batch) {
      if (!fromKernel(datagram)) continue;
      const messages = decodeMessages(datagram.data);
      if (messages instanceof Malformed) {
        this.#lose(constants.errno.EBADMSG, messages.reason);
        return;
      }
      for (const message of messages) if (message.type === NLMSG_ERROR) this.#answer(message);
    }
  }

  #answer(message: Message): void {
    const at = this.#open.findIndex(
      ({ first, requests }) =>
        message.sequence >= first && message.sequence <= first + requests.length,
    );
    const transaction = this.#open[at];
    if (transaction === undefined) return;
    const { requests, first } = transaction;
    const place = message.sequence - first;
    const ack = parseAcknowledgement(message);
    const request = requests[place === 0 ? 0 : place - 1];
    if (ack instanceof Malformed || request === undefined) {
      transaction.refused ??= kernelError('nf_tables', constants.errno.EBADMSG);
    } else if (ack.errno !== 0) {
      transaction.refused ??= refusal(request, ack);
    }
    // A refusal of the beginning is one of the whole, and all that there will be.
    if (place !== 0 && place !== requests.length) return;
    this.#open.splice(at, 1);
    if (transaction.refused) transaction.reject(transaction.refused);
    else transaction.resolve();
  }

  #lose(errno: number, detail: string): void {
    for (const { requests, reject } of this.#open.splice(0)) {
      reject(kernelError(requests[0]?.operation ?? 'nf_tables', errno, detail));
    }
  }
}

const mark = (type: number) => ({
  type,
  flags: 0,
  payload: header(0, NFNL_SUBSYS_NFTABLES).finish(),
});

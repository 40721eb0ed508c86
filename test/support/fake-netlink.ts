import { constants } from 'node:os';
import type { KernelError } from '@keepalived-ts/base/errors.js';
import { Malformed } from '@keepalived-ts/netlink/attributes.js';
import { NLM_F_MULTI, NLMSG_DONE, NLMSG_ERROR } from '@keepalived-ts/netlink/constants.js';
import { decodeMessages, encodeMessages, type Message } from '@keepalived-ts/netlink/message.js';
import type { NetlinkSocket } from '@keepalived-ts/netlink/socket.js';
import { sockaddrNl } from '@keepalived-ts/raw-socket/address.js';
import { kernelError } from '@keepalived-ts/raw-socket/errors.js';
import type { Incoming, Outgoing } from '@keepalived-ts/raw-socket/index.js';

type Errno = keyof typeof constants.errno;

/** An answer before it has the number of its request. */
export type Answer = Pick<Message, 'type' | 'payload'> & { flags?: number };

export const datagram = (messages: readonly Message[], pid = 0): Incoming => ({
  data: encodeMessages(messages),
  from: sockaddrNl({ pid, groups: 0 }),
  control: new Uint8Array(0),
  truncated: false,
  controlTruncated: false,
});

/** NLMSG_ERROR: 0 acknowledges. */
export function ack(errno = 0): Answer {
  const payload = new Uint8Array(20);
  new DataView(payload.buffer).setInt32(0, -errno, true);
  return { type: NLMSG_ERROR, payload };
}

/** NLMSG_DONE, the end of a dump. */
export const done = (flags = 0): Answer => ({
  type: NLMSG_DONE,
  flags: NLM_F_MULTI | flags,
  payload: new Uint8Array(4),
});

/** A netlink socket whose other end is the test: it answers in `reply`, later in the same turn. */
export class FakeNetlink implements NetlinkSocket {
  /** The requests, datagram by datagram. */
  readonly datagrams: Message[][] = [];
  /** What the kernel answers to a request, each in a datagram of its own. */
  reply: (request: Message) => readonly Answer[] = () => [ack()];
  /** What the next sends fail with. */
  readonly refusals: Errno[] = [];
  /** Datagrams longer than this are refused with EMSGSIZE. */
  longest = Number.POSITIVE_INFINITY;
  /** False: answers stay in the socket until `deliver`. */
  prompt = true;
  closed = false;
  background = false;
  readonly queue: Incoming[] = [];
  /** The most answers that were ever queued: what the receive buffer would have had to hold. */
  peak = 0;
  #handler: ((batch: Incoming[]) => void) | undefined;
  #onError: ((error: KernelError) => void) | undefined;

  get requests(): Message[] {
    return this.datagrams.flat();
  }

  send(messages: readonly Outgoing[]): { sent: number; error: KernelError | undefined } {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return this.#refuse(refusal);
    for (const { data } of messages) {
      if (data.length > this.longest) return this.#refuse('EMSGSIZE');
      const requests = decodeMessages(data);
      if (requests instanceof Malformed) throw new Error(`the client sent ${requests.reason}`);
      this.datagrams.push(requests);
      for (const request of requests) {
        for (const { type, payload, flags = 0 } of this.reply(request)) {
          this.queue.push(
            datagram([{ type, flags, payload, sequence: request.sequence, port: 9 }]),
          );
        }
      }
    }
    this.peak = Math.max(this.peak, this.queue.length);
    if (this.prompt) setImmediate(() => this.deliver());
    return { sent: messages.length, error: undefined };
  }

  receive(most = 32): Incoming[] {
    return this.queue.splice(0, most);
  }

  onMessages(
    handler: ((batch: Incoming[]) => void) | undefined,
    onError?: (error: KernelError) => void,
  ): void {
    this.#handler = handler;
    this.#onError = onError;
  }

  /** Hands what is queued to the reader. */
  deliver(): void {
    if (!this.closed && this.queue.length > 0) this.#handler?.(this.queue.splice(0));
  }

  /** Lets the socket report an error. */
  fail(code: Errno): void {
    this.#onError?.(kernelError('recvmsg', constants.errno[code]));
  }

  close(): void {
    this.closed = true;
  }

  ref(): void {
    this.background = false;
  }

  unref(): void {
    this.background = true;
  }

  #refuse(code: Errno): { sent: number; error: KernelError } {
    return { sent: 0, error: kernelError('sendmsg', constants.errno[code]) };
  }
}

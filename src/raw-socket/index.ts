import type { KernelError } from '@keepalived-ts/base/errors.js';
import { AF_UNIX, EAGAIN, ENOBUFS } from './constants.js';
import { checked, kernelError } from './errors.js';
import { Inbox, type Incoming } from './inbox.js';
import { type Handle, native } from './native.js';
import { takePendingError } from './pending.js';
import { AnySocket, openHandle } from './socket.js';

export type { Incoming } from './inbox.js';

/** One datagram to send. */
export interface Outgoing {
  data: Uint8Array;
  /** The socket address to send to; none on a connected socket. */
  to?: Uint8Array;
  /** Control data; see `encodeControl`. */
  control?: Uint8Array;
}

export interface ReadOptions {
  /** The longest datagram in bytes; what is longer arrives truncated. */
  buffer?: number;
  /** The most datagrams of one batch, up to 256. */
  most?: number;
}

type Reader = {
  handler: (batch: Incoming[]) => void;
  onError: ((error: KernelError) => void) | undefined;
  inbox: Inbox;
};

/** As many as one call of the addon takes (BATCH in addon.h). */
const MOST = 256;
const DEFAULT_BUFFER = 65536;
const DEFAULT_BATCH = 32;
const CONTROL_ROOM = 512;
/** Milliseconds to rest after an error that might stay. */
const PAUSE = 10;
const NOTHING = new Uint8Array(0);

/**
 * A datagram socket of any family.
 *
 * Bytes in, bytes out: what they mean is the caller's business.
 */
export class RawSocket extends AnySocket {
  readonly #domain: number;
  #reader: Reader | undefined;
  #inbox: Inbox | undefined;
  #pause: NodeJS.Timeout | undefined;

  private constructor(handle: Handle, domain: number) {
    super(handle);
    this.#domain = domain;
  }

  /** Opens a non-blocking, close-on-exec socket. Throws KernelError. */
  static open(domain: number, type: number, protocol: number): RawSocket {
    return new RawSocket(openHandle(domain, type, protocol), domain);
  }

  connect(address: Uint8Array): void {
    checked('connect', native.connect(this.handle, address));
  }

  /** Attaches a classic BPF program: struct sock_filter of <linux/filter.h>, one after the other. */
  attachFilter(program: Uint8Array): void {
    checked('setsockopt', native.attachFilter(this.handle, program));
  }

  /**
   * Sends messages in order, by sendmmsg.
   *
   * `sent` smaller than their number comes with the reason (EAGAIN: the socket's queue is full,
   * ENOBUFS: the device's); the rest is the caller's to keep, to drop or to send again.
   */
  send(messages: readonly Outgoing[]): { sent: number; error: KernelError | undefined } {
    const flat: Uint8Array[] = [];
    for (const { data, to, control } of messages)
      flat.push(data, to ?? NOTHING, control ?? NOTHING);
    let sent = 0;
    while (sent < messages.length) {
      const more = native.send(this.handle, flat, sent);
      if (more < 0) return { sent, error: kernelError('sendmsg', -more) };
      sent += more;
    }
    return { sent, error: undefined };
  }

  /**
   * The datagrams waiting now, by one recvmmsg; empty when there are none.
   *
   * Throws what the socket has to report, as ENOBUFS after an overrun; it can be read on after.
   */
  receive(most = DEFAULT_BATCH): Incoming[] {
    const wanted = Math.min(Math.max(most, 1), MOST);
    if (this.#inbox === undefined || this.#inbox.most < wanted) {
      this.#inbox = this.#newInbox(this.#inbox?.buffer ?? DEFAULT_BUFFER, wanted);
    }
    const batch = this.#inbox.take(this.handle, wanted, 0);
    if (typeof batch !== 'number') return batch;
    if (batch === -EAGAIN) return [];
    throw kernelError('recvmsg', -batch);
  }

  /**
   * Calls back with batches as they arrive; undefined stops.
   *
   * Errors of the socket come to `onError` and reading goes on; without it they are thrown on
   * this thread. So is what a handler throws.
   */
  onMessages(
    handler: ((batch: Incoming[]) => void) | undefined,
    onError?: (error: KernelError) => void,
    { buffer = DEFAULT_BUFFER, most = DEFAULT_BATCH }: ReadOptions = {},
  ): void {
    if (handler === undefined) {
      this.#reader = undefined;
    } else {
      this.demandOpen();
      const wanted = Math.min(Math.max(most, 1), MOST);
      if (this.#inbox?.buffer !== buffer || this.#inbox.most !== wanted) {
        this.#inbox = this.#newInbox(buffer, wanted);
      }
      this.#reader = { handler, onError, inbox: this.#inbox };
    }
    this.#resume();
  }

  override close(): void {
    this.#reader = undefined;
    this.#inbox = undefined;
    clearTimeout(this.#pause);
    super.close();
  }

  protected override get isReading(): boolean {
    return this.#reader !== undefined;
  }

  protected override readable(): void {
    const reader = this.#reader;
    if (!reader) return;
    const batch = reader.inbox.take(this.handle, reader.inbox.most, 0);
    if (typeof batch !== 'number') {
      if (batch.length > 0) reader.handler(batch);
    } else if (batch !== -EAGAIN) {
      if (batch !== -ENOBUFS) this.#pauseReading();
      report(reader, kernelError('recvmsg', -batch));
    }
  }

  /**
   * One error is fetched, and watching starts again first, so that a handler that throws does not
   * end it. With no reader, the next send gets the error.
   */
  protected override failed(): void {
    const reader = this.#reader;
    if (!reader) {
      this.writable();
      return;
    }
    const errno = takePendingError(this.handle, this.#domain);
    if (errno === undefined) {
      this.#pauseReading();
      this.readable();
      return;
    }
    this.#resume();
    if (errno !== 0) report(reader, kernelError('recvmsg', errno));
  }

  /** No room for control on a Unix socket: strangers could leave open descriptors with us. */
  #newInbox(buffer: number, most: number): Inbox {
    return new Inbox(buffer, most, this.#domain === AF_UNIX ? 0 : CONTROL_ROOM);
  }

  #resume(): void {
    clearTimeout(this.#pause);
    this.watch();
  }

  /** Stops watching for a moment, so that an error that stays does not keep the thread busy. */
  #pauseReading(): void {
    clearTimeout(this.#pause);
    this.rest();
    this.#pause = setTimeout(() => this.watch(), PAUSE);
  }
}

function report(reader: Reader, error: KernelError): void {
  if (!reader.onError) throw error;
  reader.onError(error);
}

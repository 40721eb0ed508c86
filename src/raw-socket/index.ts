import type { KernelError } from '@keepalived-ts/base/errors.js';
import { AF_UNIX, EAGAIN, EBADF, ENOBUFS } from './constants.js';
import { checked, kernelError } from './errors.js';
import { Inbox, type Incoming } from './inbox.js';
import { type Handle, native } from './native.js';
import { takePendingError } from './pending.js';

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

/** Of uv_poll_event. */
const READABLE = 1;
const WRITABLE = 2;

/** As many as one call of the addon takes (BATCH in addon.h). */
const MOST = 256;
const DEFAULT_BUFFER = 65536;
const DEFAULT_BATCH = 32;
const CONTROL_ROOM = 512;
/** Milliseconds to rest after an error that might stay. */
const PAUSE = 10;
const NOTHING = new Uint8Array(0);

/**
 * A datagram socket of any family, on the event loop of the thread that opened it.
 *
 * Bytes in, bytes out: what they mean is the caller's business. A socket nobody watches or holds
 * is closed by the garbage collector, and every socket is closed when its thread ends.
 */
export class RawSocket {
  readonly #handle: Handle;
  readonly #domain: number;
  #reader: Reader | undefined;
  #onWritable: (() => void) | undefined;
  #inbox: Inbox | undefined;
  #pause: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #ready = (ready: number): void => this.#dispatch(ready);

  private constructor(handle: Handle, domain: number) {
    this.#handle = handle;
    this.#domain = domain;
  }

  /** Opens a non-blocking, close-on-exec socket. Throws KernelError. */
  static open(domain: number, type: number, protocol: number): RawSocket {
    const handle = native.open(domain, type, protocol);
    if (typeof handle === 'number') throw kernelError('socket', -handle);
    return new RawSocket(handle, domain);
  }

  /** The descriptor, -1 once closed. */
  get fd(): number {
    return native.descriptor(this.#handle, false);
  }

  /**
   * Closes this socket and gives its descriptor away, with the options set here: for a stream
   * that Node is to read. Whoever gets it must close it. Throws KernelError.
   */
  release(): number {
    const fd = checked('dup', native.descriptor(this.#handle, true));
    this.close();
    return fd;
  }

  bind(address: Uint8Array): void {
    checked('bind', native.bind(this.#handle, address));
  }

  connect(address: Uint8Array): void {
    checked('connect', native.connect(this.#handle, address));
  }

  /** The address bound to, as chosen by the kernel where we left it open. */
  localAddress(): Uint8Array {
    const room = new Uint8Array(128);
    return room.slice(0, checked('getsockname', native.localAddress(this.#handle, room)));
  }

  /** A number is passed as a C int. */
  setOption(level: number, name: number, value: number | Uint8Array): void {
    const bytes = typeof value === 'number' ? new Uint8Array(Int32Array.of(value).buffer) : value;
    checked('setsockopt', native.setOption(this.#handle, level, name, bytes));
  }

  /** At most `length` bytes of the option's value. */
  getOption(level: number, name: number, length: number): Uint8Array {
    const room = new Uint8Array(length);
    const used = checked('getsockopt', native.getOption(this.#handle, level, name, room));
    return room.subarray(0, used);
  }

  /** Attaches a classic BPF program: struct sock_filter of <linux/filter.h>, one after the other. */
  attachFilter(program: Uint8Array): void {
    checked('setsockopt', native.attachFilter(this.#handle, program));
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
      const more = native.send(this.#handle, flat, sent);
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
    const batch = this.#inbox.take(this.#handle, wanted, 0);
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
      this.#demandOpen();
      const wanted = Math.min(Math.max(most, 1), MOST);
      if (this.#inbox?.buffer !== buffer || this.#inbox.most !== wanted) {
        this.#inbox = this.#newInbox(buffer, wanted);
      }
      this.#reader = { handler, onError, inbox: this.#inbox };
    }
    this.#watch();
  }

  /** Calls back once, when there is room to send again (or the next send will say why not). */
  onWritable(handler: (() => void) | undefined): void {
    if (handler) this.#demandOpen();
    this.#onWritable = handler;
    this.#watch();
  }

  /** Closes the descriptor; no callback comes after. Harmless when repeated. */
  close(): void {
    this.#closed = true;
    this.#reader = undefined;
    this.#onWritable = undefined;
    this.#inbox = undefined;
    clearTimeout(this.#pause);
    native.close(this.#handle);
  }

  /** Keeps the event loop alive while the socket is watched: the default. */
  ref(): void {
    native.background(this.#handle, false);
  }

  /** Lets the event loop end although the socket is watched. */
  unref(): void {
    native.background(this.#handle, true);
  }

  /** No room for control on a Unix socket: strangers could leave open descriptors with us. */
  #newInbox(buffer: number, most: number): Inbox {
    return new Inbox(buffer, most, this.#domain === AF_UNIX ? 0 : CONTROL_ROOM);
  }

  #demandOpen(): void {
    if (this.#closed) throw kernelError('watch', EBADF);
  }

  #watch(): void {
    if (this.#closed) return;
    const events = (this.#reader ? READABLE : 0) | (this.#onWritable ? WRITABLE : 0);
    clearTimeout(this.#pause);
    checked('watch', native.watch(this.#handle, events, this.#ready));
  }

  /** Stops watching for a moment, so that an error that stays does not keep the thread busy. */
  #rest(): void {
    clearTimeout(this.#pause);
    native.watch(this.#handle, 0, this.#ready);
    this.#pause = setTimeout(() => this.#watch(), PAUSE);
  }

  /** The addon's callback: `ready` is what the socket is ready for, 0 for an error. */
  #dispatch(ready: number): void {
    if (ready === 0) this.#failed();
    else if (ready & READABLE && this.#reader) this.#read(this.#reader);
    if (ready & WRITABLE) this.#writable();
  }

  #read(reader: Reader): void {
    const batch = reader.inbox.take(this.#handle, reader.inbox.most, 0);
    if (typeof batch !== 'number') {
      if (batch.length > 0) reader.handler(batch);
    } else if (batch !== -EAGAIN) {
      if (batch !== -ENOBUFS) this.#rest();
      report(reader, kernelError('recvmsg', -batch));
    }
  }

  #writable(): void {
    const handler = this.#onWritable;
    this.#onWritable = undefined;
    this.#watch();
    handler?.();
  }

  /**
   * POLLERR: libuv has stopped watching. One error is fetched, and watching starts again first, so
   * that a handler that throws does not end it. With no reader, the next send gets the error.
   */
  #failed(): void {
    const reader = this.#reader;
    if (!reader) {
      this.#writable();
      return;
    }
    const errno = takePendingError(this.#handle, this.#domain);
    if (errno === undefined) {
      this.#rest();
      this.#read(reader);
      return;
    }
    this.#watch();
    if (errno !== 0) report(reader, kernelError('recvmsg', errno));
  }
}

function report(reader: Reader, error: KernelError): void {
  if (!reader.onError) throw error;
  reader.onError(error);
}

import { EBADF } from './constants.js';
import { checked, kernelError } from './errors.js';
import { type Handle, native } from './native.js';

/** Of uv_poll_event. */
const READABLE = 1;
const WRITABLE = 2;

/** Opens a non-blocking, close-on-exec socket. Throws KernelError. */
export function openHandle(domain: number, type: number, protocol: number): Handle {
  const handle = native.open(domain, type, protocol);
  if (typeof handle === 'number') throw kernelError('socket', -handle);
  return handle;
}

/**
 * What a socket of every type has, on the event loop of the thread that opened it.
 *
 * A socket nobody watches or holds is closed by the garbage collector, and every socket is closed
 * when its thread ends.
 */
export abstract class AnySocket {
  protected readonly handle: Handle;
  #onWritable: (() => void) | undefined;
  #closed = false;
  readonly #ready = (ready: number): void => this.#dispatch(ready);

  protected constructor(handle: Handle) {
    this.handle = handle;
  }

  /** The descriptor, -1 once closed. */
  get fd(): number {
    return native.descriptor(this.handle, false);
  }

  /**
   * Closes this socket and gives its descriptor away, with the options set here: for a stream
   * that Node is to read. Whoever gets it must close it. Throws KernelError.
   */
  release(): number {
    const fd = checked('dup', native.descriptor(this.handle, true));
    this.close();
    return fd;
  }

  bind(address: Uint8Array): void {
    checked('bind', native.bind(this.handle, address));
  }

  /** The address bound to, as chosen by the kernel where we left it open. */
  localAddress(): Uint8Array {
    const room = new Uint8Array(128);
    return room.slice(0, checked('getsockname', native.localAddress(this.handle, room)));
  }

  /** A number is passed as a C int. */
  setOption(level: number, name: number, value: number | Uint8Array): void {
    const bytes = typeof value === 'number' ? new Uint8Array(Int32Array.of(value).buffer) : value;
    checked('setsockopt', native.setOption(this.handle, level, name, bytes));
  }

  /** At most `length` bytes of the option's value. */
  getOption(level: number, name: number, length: number): Uint8Array {
    const room = new Uint8Array(length);
    const used = checked('getsockopt', native.getOption(this.handle, level, name, room));
    return room.subarray(0, used);
  }

  /** Calls back once, when there is room to send again (or the next send will say why not). */
  onWritable(handler: (() => void) | undefined): void {
    if (handler) this.demandOpen();
    this.#onWritable = handler;
    this.watch();
  }

  /** Closes the descriptor; no callback comes after. Harmless when repeated. */
  close(): void {
    this.#closed = true;
    this.#onWritable = undefined;
    native.close(this.handle);
  }

  /** Keeps the event loop alive while the socket is watched: the default. */
  ref(): void {
    native.background(this.handle, false);
  }

  /** Lets the event loop end although the socket is watched. */
  unref(): void {
    native.background(this.handle, true);
  }

  /** Whether there is anyone to read. */
  protected abstract get isReading(): boolean;
  /** There is something to read. */
  protected abstract readable(): void;
  /** POLLERR: the socket has an error, and is not watched until `watch` is called. */
  protected abstract failed(): void;

  protected demandOpen(): void {
    if (this.#closed) throw kernelError('watch', EBADF);
  }

  /** Watches for what is asked for now. */
  protected watch(): void {
    if (this.#closed) return;
    const events = (this.isReading ? READABLE : 0) | (this.#onWritable ? WRITABLE : 0);
    checked('watch', native.watch(this.handle, events, this.#ready));
  }

  /** Watches for nothing, for a while. */
  protected rest(): void {
    if (!this.#closed) native.watch(this.handle, 0, this.#ready);
  }

  protected writable(): void {
    const handler = this.#onWritable;
    this.#onWritable = undefined;
    try {
      handler?.();
    } finally {
      // Most are closed by now, and spare the call.
      this.watch();
    }
  }

  /** The addon's callback: `ready` is what the socket is ready for, 0 for an error. */
  #dispatch(ready: number): void {
    if (ready === 0) this.failed();
    else if (ready & READABLE) this.readable();
    if (ready & WRITABLE) this.writable();
  }
}

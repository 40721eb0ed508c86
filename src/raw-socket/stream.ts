import type { KernelError } from '@keepalived-ts/base/errors.js';
import { EAGAIN, EINPROGRESS, SOCK_STREAM } from './constants.js';
import { checked, kernelError } from './errors.js';
import { native } from './native.js';
import { takeSocketError } from './pending.js';
import { AnySocket, openHandle } from './socket.js';

/**
 * A stream to somebody, as TCP's.
 *
 * Node's own take several times the work for one that lives a millisecond, and know few options.
 */
export class StreamSocket extends AnySocket {
  #onReadable: (() => void) | undefined;
  #hasFailed = false;

  /** Opens a non-blocking, close-on-exec socket. Throws KernelError. */
  static open(domain: number): StreamSocket {
    return new StreamSocket(openHandle(domain, SOCK_STREAM, 0));
  }

  /**
   * Connects. `false`: that takes its time; `onWritable` calls when it is done, or has failed, as
   * `takeError` tells. Throws KernelError.
   */
  connect(address: Uint8Array): boolean {
    const result = native.connect(this.handle, address);
    if (result === -EINPROGRESS) return false;
    checked('connect', result);
    return true;
  }

  /** What has gone wrong in `operation`, if anything has (SO_ERROR). */
  takeError(operation: string): KernelError | undefined {
    // The kernel has said that there is an error, or there is none.
    if (!this.#hasFailed) return undefined;
    this.#hasFailed = false;
    const errno = takeSocketError(this.handle);
    return errno === 0 ? undefined : kernelError(operation, errno);
  }

  /** Writes what there is room for, and gives how many bytes that were. Throws KernelError. */
  write(bytes: Uint8Array): number {
    const result = native.write(this.handle, bytes);
    return result === -EAGAIN ? 0 : checked('send', result);
  }

  /**
   * Reads what has come into `room`: how many bytes; 0 at the end of the stream, `undefined` when
   * nothing has come. Throws KernelError.
   */
  read(room: Uint8Array): number | undefined {
    const result = native.read(this.handle, room);
    return result === -EAGAIN ? undefined : checked('recv', result);
  }

  /** Calls back whenever there is something to `read`, be it the end or an error. */
  onReadable(handler: (() => void) | undefined): void {
    if (handler) this.demandOpen();
    this.#onReadable = handler;
    this.watch();
  }

  protected override get isReading(): boolean {
    return this.#onReadable !== undefined;
  }

  protected override readable(): void {
    this.#onReadable?.();
  }

  /** Whoever waits gets the error from what it does next. */
  protected override failed(): void {
    this.#hasFailed = true;
    if (!this.#onReadable) {
      this.writable();
      return;
    }
    try {
      this.#onReadable();
    } finally {
      this.watch();
    }
  }
}

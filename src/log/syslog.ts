import { KernelError } from '@keepalived-ts/base/errors.js';
import { sockaddrUn } from '@keepalived-ts/raw-socket/address.js';
import { AF_UNIX, SOCK_DGRAM } from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';

/** Lines kept while the syslog daemon is away or slow; older ones go first. */
const MOST_WAITING = 2000;
const MOST_AT_ONCE = 64;
/** How long to wait before trying again to reach it. */
const RETRY_MS = 1000;

/**
 * Datagrams to the local syslog daemon, never blocking.
 *
 * A daemon that is restarted leaves its socket dead: the next datagram is refused, so we connect
 * anew (/dev/log is another file by then). What can't be sent waits, up to a limit; how many
 * were lost is said by the next line that gets through.
 */
export class Syslog {
  private socket: RawSocket | undefined;
  private waiting: Uint8Array[] = [];
  private lost = 0;
  private retry: NodeJS.Timeout | undefined;
  private blocked = false;
  private whenDone: (() => void) | undefined;
  private readonly path: string;
  private readonly lossNotice: (lost: number) => Uint8Array;

  /** `lossNotice` makes the line that tells how many were lost. */
  constructor(path: string, lossNotice: (lost: number) => Uint8Array) {
    this.path = path;
    this.lossNotice = lossNotice;
  }

  send(datagram: Uint8Array): void {
    if (this.waiting.length >= MOST_WAITING) {
      this.waiting.shift();
      this.lost++;
    }
    this.waiting.push(datagram);
    if (!this.blocked && this.retry === undefined) this.flush();
  }

  /** Settles when all has been taken; at once when nobody listens. */
  close(): Promise<void> {
    clearTimeout(this.retry);
    this.retry = undefined;
    return new Promise((closed) => {
      this.whenDone = () => {
        this.end();
        closed();
      };
      if (!this.blocked) this.flush();
    });
  }

  private end(): void {
    clearTimeout(this.retry);
    this.socket?.close();
    this.socket = undefined;
    this.whenDone = undefined;
  }

  private flush(): void {
    this.blocked = false;
    while (this.waiting.length > 0) {
      const error = this.sendSome();
      if (error === undefined) continue;
      if (error.code === 'EAGAIN' || error.code === 'ENOBUFS') {
        this.blocked = true;
        this.socket?.onWritable(() => this.flush());
        return;
      }
      // Longer than the socket takes: syslog would have cut it anyway.
      if (error.code === 'EMSGSIZE') this.waiting.shift();
      else {
        this.later();
        return;
      }
    }
    this.whenDone?.();
  }

  private sendSome(): KernelError | undefined {
    try {
      this.socket ??= this.connected();
    } catch (e) {
      if (e instanceof KernelError) return e;
      throw e;
    }
    if (this.lost > 0) {
      this.waiting.unshift(this.lossNotice(this.lost));
      this.lost = 0;
    }
    const batch = this.waiting.slice(0, MOST_AT_ONCE);
    const { sent, error } = this.socket.send(batch.map((data) => ({ data })));
    this.waiting.splice(0, sent);
    return error;
  }

  private connected(): RawSocket {
    const socket = RawSocket.open(AF_UNIX, SOCK_DGRAM, 0);
    try {
      socket.connect(sockaddrUn(this.path));
    } catch (e) {
      socket.close();
      throw e;
    }
    // Waiting lines must not keep the process alive.
    socket.unref();
    return socket;
  }

  private later(): void {
    this.socket?.close();
    this.socket = undefined;
    if (this.whenDone) {
      this.whenDone();
      return;
    }
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.flush();
    }, RETRY_MS).unref();
  }
}

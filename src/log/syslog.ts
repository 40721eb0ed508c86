import { KernelError } from '@keepalived-ts/base/errors.js';
import { sockaddrUn } from '@keepalived-ts/raw-socket/address.js';
import { AF_UNIX, SOCK_DGRAM } from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';

/** Lines kept while the syslog daemon is away or slow; older ones go first. */
const MOST_WAITING = 2000;
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

  /** A last attempt; what syslog does not take now is lost. */
  close(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.flush();
    clearTimeout(this.retry);
    this.socket?.close();
    this.socket = undefined;
  }

  private flush(): void {
    this.blocked = false;
    if (this.waiting.length === 0) return;
    try {
      this.socket ??= this.connected();
    } catch (e) {
      if (!(e instanceof KernelError)) throw e;
      this.later();
      return;
    }
    if (this.lost > 0) {
      this.waiting.unshift(this.lossNotice(this.lost));
      this.lost = 0;
    }
    const { sent, error } = this.socket.send(this.waiting.map((data) => ({ data })));
    this.waiting.splice(0, sent);
    if (error === undefined) return;
    if (error.code === 'EAGAIN' || error.code === 'ENOBUFS') {
      this.blocked = true;
      this.socket.onWritable(() => this.flush());
    } else if (error.code === 'EMSGSIZE') {
      // Longer than the socket takes: syslog would have cut it anyway.
      this.waiting.shift();
      this.flush();
    } else {
      this.later();
    }
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
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.flush();
    }, RETRY_MS).unref();
  }
}

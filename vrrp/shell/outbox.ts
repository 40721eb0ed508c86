import type { KernelError } from '@keepalived-ts/base/errors.js';
import type { Outgoing } from '@keepalived-ts/raw-socket/index.js';

/** The sending half of a socket. */
export interface Sender {
  send(messages: readonly Outgoing[]): { sent: number; error: KernelError | undefined };
  onWritable(handler: (() => void) | undefined): void;
}

/** A datagram on its way out. */
export interface Parcel extends Outgoing {
  /** The instance it speaks for. */
  owner: string;
  /** What it is, for the message when the kernel refuses it: `advert on eth0`. */
  what: string;
}

/** One sendmmsg takes at most UIO_MAXIOV messages (<linux/uio.h>). */
const MOST = 1024;
/** How long a full queue of the interface is given to drain: ENOBUFS does not end in POLLOUT. */
const PAUSE_MS = 5;
/** A backlog never grows beyond this: what is older than that many parcels is no news. */
const LONGEST = 16_384;

/**
 * Sends what a turn produced in one sendmmsg and keeps what the kernel did not take yet.
 *
 * EAGAIN waits for the socket to become writable, ENOBUFS for a moment; any other error
 * concerns the first unsent parcel alone, which is given back with the reason.
 */
export class Outbox {
  private readonly sender: Sender;
  private readonly refused: (parcel: Parcel, error: KernelError) => void;
  private readonly replaces: boolean;
  private queue: Parcel[] = [];
  private blocked = false;
  private pause: NodeJS.Timeout | undefined;

  /** `replaces`: while blocked, a parcel takes the place of older ones of its owner and kind. */
  constructor(
    sender: Sender,
    refused: (parcel: Parcel, error: KernelError) => void,
    options: { replaces: boolean },
  ) {
    this.sender = sender;
    this.refused = refused;
    this.replaces = options.replaces;
  }

  /** Nothing is waiting. */
  get empty(): boolean {
    return this.queue.length === 0;
  }

  push(parcel: Parcel): void {
    if (this.blocked && this.replaces) {
      const { owner, what } = parcel;
      this.queue = this.queue.filter((older) => older.owner !== owner || older.what !== what);
    }
    if (this.queue.length === LONGEST) this.queue.shift();
    this.queue.push(parcel);
  }

  /** Forgets what is still to be sent for an owner. */
  drop(owner: string): void {
    if (!this.empty) this.queue = this.queue.filter((parcel) => parcel.owner !== owner);
  }

  /** Sends until nothing is left or the kernel takes no more for now. */
  flush(): void {
    if (this.blocked) return;
    const refusals: [Parcel, KernelError][] = [];
    while (this.queue.length > 0) {
      const { sent, error } = this.sender.send(this.queue.slice(0, MOST));
      this.queue.splice(0, sent);
      if (error === undefined) continue;
      if (error.code === 'EAGAIN' || error.code === 'ENOBUFS') {
        this.block(error.code === 'EAGAIN');
        break;
      }
      const first = this.queue.shift();
      if (first !== undefined) refusals.push([first, error]);
    }
    for (const [parcel, error] of refusals) this.refused(parcel, error);
  }

  /** Stops waiting; what is left is never sent. */
  close(): void {
    this.queue = [];
    this.blocked = true;
    clearTimeout(this.pause);
  }

  private block(pollable: boolean): void {
    this.blocked = true;
    const resume = (): void => {
      this.blocked = false;
      this.flush();
    };
    if (pollable) this.sender.onWritable(resume);
    else this.pause = setTimeout(resume, PAUSE_MS);
  }
}

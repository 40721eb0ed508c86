import { constants } from 'node:os';
import { KernelError } from '@keepalived-ts/base/errors.js';
import {
  type Duration,
  elapsed,
  type Instant,
  instant,
  milliseconds,
  toMilliseconds,
} from '@keepalived-ts/base/time.js';
import type { Incoming } from '@keepalived-ts/raw-socket/index.js';
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from './constants.js';
import { encodeMessages, type Message, type Request } from './message.js';
import { Outstanding } from './outstanding.js';
import { Pace } from './pace.js';
import { fail, type Job, Queue } from './queue.js';
import { type NetlinkSocket, now } from './socket.js';

const { EAGAIN, ECANCELED, EINTR, EMSGSIZE, ENOBUFS, ENOMEM } = constants.errno;

/** Readings of a table before we give up. */
const mostTries = 10;
/** The clock is asked once for all that is sent together: some kernels are slow to tell the time. */
const unsent = instant(Number.POSITIVE_INFINITY);
/** Before we try again when the kernel has no memory for the request. */
const pause = milliseconds(10);

export interface Limits {
  /** How long the kernel may be silent about a request. */
  readonly timeout: Duration;
  /** The most requests without an answer, at least 1. */
  readonly window: number;
  /** How long a system call is to take: nothing else runs on this thread meanwhile. */
  readonly slice: Duration;
  /** Only the last request of a system call is acknowledged: see `ClientOptions`. */
  readonly sparse: boolean;
}

/**
 * The queue of a client: what is to be sent, and what has been sent and waits for its answer.
 *
 * The kernel carries requests out inside sendmsg and queues an answer to each. So answers may
 * never outnumber the room in the receive buffer (the window), and one call takes only as many
 * requests as it can do in a slice of time. Dumps have the socket for themselves: the kernel runs
 * one per socket, and paces it by what we read.
 */
export class Pipeline {
  readonly counters = { interrupted: 0, overruns: 0, timeouts: 0 };
  readonly #socket: NetlinkSocket;
  readonly #limits: Limits;
  readonly #pace: Pace;
  readonly #queue = new Queue();
  readonly #sent: Outstanding;
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Since when the kernel has not taken a request for want of memory. */
  #refusedSince: Instant | undefined;
  #pause: NodeJS.Timeout | undefined;
  #scheduled = false;
  #closed = false;

  constructor(socket: NetlinkSocket, limits: Limits) {
    this.#socket = socket;
    this.#limits = limits;
    this.#pace = new Pace(limits.slice);
    this.#sent = new Outstanding(limits.timeout, (dump) => this.#repeat(dump));
    socket.onMessages(
      (batch) => this.#read(batch),
      (error) => this.#failed(error),
      { buffer: 65_536, most: 64 },
    );
    socket.unref();
  }

  /** Sent before this turn of the event loop ends, together with what else the turn adds. */
  add(request: Request, dump: boolean, settle: Job['settle']): void {
    const job = { request, dump, settle, replies: [], torn: false, tries: 0, deadline: unsent };
    if (this.#closed) {
      fail(job, ECANCELED, 'the client is closed');
    } else {
      this.#queue.push(job);
      this.#schedule();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#pause);
    this.#socket.close();
    this.#sent.lose(ECANCELED, () => true, 'the client was closed');
    for (const job of this.#queue.takeAll()) fail(job, ECANCELED, 'the client was closed');
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  /** Sends one datagram of requests, if there is room for their answers. */
  #pump(): void {
    if (this.#closed || this.#pause !== undefined || this.#sent.oldest?.dump) return;
    const room = Math.min(this.#limits.window - this.#sent.size, this.#pace.count);
    const jobs = this.#queue.peek(room, this.#sent.size === 0);
    if (jobs.length === 0) {
      this.#watch();
      return;
    }
    const begin = now();
    const messages = jobs.map((job, i) => this.#message(job, i === jobs.length - 1));
    const { error } = this.#socket.send([{ data: encodeMessages(messages) }]);
    if (error !== undefined) {
      this.#refused(jobs, error);
      return;
    }
    this.#queue.drop(jobs.length);
    this.#refusedSince = undefined;
    const sequences = messages.map((message) => message.sequence);
    this.#sent.add(jobs, sequences);
    this.#pace.learn(jobs.length, elapsed(begin, now()));
    this.#watch();
  }

  #message({ request, dump }: Job, last: boolean): Message {
    this.#sequence = this.#sequence === 0xffffffff ? 1 : this.#sequence + 1;
    const acknowledged = last || !this.#limits.sparse ? NLM_F_ACK : 0;
    const flags = request.flags | NLM_F_REQUEST | (dump ? NLM_F_DUMP : acknowledged);
    const { type, payload } = request;
    return { type, flags, sequence: this.#sequence, port: 0, payload };
  }

  /** Not one of these requests was taken. Without memory they stay in the queue for a while. */
  #refused(jobs: readonly Job[], error: KernelError): void {
    if (error.errno === EMSGSIZE && jobs.length > 1) {
      this.#pace.tooMany(jobs.length);
      this.#schedule();
      return;
    }
    const scarce = [EAGAIN, ENOBUFS, ENOMEM].includes(error.errno);
    this.#refusedSince ??= now();
    if (scarce && elapsed(this.#refusedSince, now()) < this.#limits.timeout) {
      this.#socket.ref();
      this.#pause = setTimeout(() => {
        this.#pause = undefined;
        this.#pump();
      }, toMilliseconds(pause));
      return;
    }
    this.#queue.drop(jobs.length);
    this.#refusedSince = undefined;
    for (const job of jobs) fail(job, error.errno);
    this.#schedule();
  }

  /** An idle client lets the event loop end; a waiting one keeps it alive and minds the time. */
  #watch(): void {
    const oldest = this.#sent.oldest;
    if (oldest !== undefined) {
      this.#socket.ref();
      if (this.#timer !== undefined) return;
      const left = toMilliseconds(elapsed(now(), oldest.deadline));
      this.#timer = setTimeout(() => this.#expire(), Math.max(1, Math.ceil(left)));
    } else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#socket.unref();
    }
  }

  #read(batch: readonly Incoming[]): void {
    this.#sent.take(batch, this.#limits.sparse);
    this.#pump();
  }

  #repeat(job: Job): void {
    this.counters.interrupted++;
    job.tries++;
    if (job.tries === mostTries) {
      fail(job, EINTR, `the table changed during each of ${mostTries} readings`);
    } else {
      job.replies = [];
      job.torn = false;
      this.#queue.unshift(job);
    }
  }

  /**
   * ENOBUFS: the kernel has dropped answers. All it kept is in the queue now, so what is not
   * answered by that never will be. Parts of a dump are never dropped.
   */
  #failed(error: KernelError): void {
    if (error.errno === ENOBUFS) {
      this.counters.overruns++;
      this.#drain();
    }
    const lost = (job: Job): boolean => error.errno !== ENOBUFS || !job.dump;
    this.#sent.lose(error.errno, lost, 'the answer is lost; the request may have been carried out');
    this.#pump();
  }

  #drain(): void {
    for (;;) {
      try {
        const batch = this.#socket.receive(64);
        if (batch.length === 0) return;
        // A refusal may be among what was dropped, so no answer speaks for others.
        this.#sent.take(batch, false);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        if (error.errno !== ENOBUFS) return;
      }
    }
  }

  /** Fails what the kernel has been silent about for too long. */
  #expire(): void {
    this.#timer = undefined;
    this.counters.timeouts += this.#sent.expire(now());
    this.#watch();
    this.#pump();
  }
}

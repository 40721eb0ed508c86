import { constants } from 'node:os';
import { viewOf } from '@keepalived-ts/base/bytes.js';
import { KernelError } from '@keepalived-ts/base/errors.js';
import {
  after,
  type Duration,
  elapsed,
  type Instant,
  instant,
  milliseconds,
  toMilliseconds,
} from '@keepalived-ts/base/time.js';
import type { Incoming } from '@keepalived-ts/raw-socket/index.js';
import { HOST_LITTLE_ENDIAN, Malformed } from './attributes.js';
import {
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_MIN_TYPE,
} from './constants.js';
import { parseAcknowledgement, refusal } from './errors.js';
import { decodeMessages, encodeMessages, type Message, type Request } from './message.js';
import { Pace } from './pace.js';
import { fail, type Job, Queue, reject } from './queue.js';
import { fromKernel, type NetlinkSocket, now } from './socket.js';

const { EAGAIN, EBADMSG, ECANCELED, EINTR, EMSGSIZE, ENOBUFS, ENOMEM, ETIMEDOUT } = constants.errno;

/** Readings of a table before we give up. */
const mostTries = 10;
/** The clock is asked when a request is sent: some kernels are slow to tell the time. */
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
}

export interface PipelineOptions {
  /** The most requests without an answer. */
  readonly window: number;
  /** How long the kernel may be silent. */
  readonly timeout: Duration;
  /** About how long one system call may take: nothing else runs on this thread meanwhile. */
  readonly stint: Duration;
}

/**
 * The queue of a client: what is to be sent, and what has been sent and waits for its answer.
 *
 * The kernel carries requests out inside sendmsg and queues an answer to each. So answers may
 * never outnumber the room in the receive buffer (the window), and one call takes only as many
 * requests as it can do in a slice of time. Dumps have the socket for themselves: the kernel runs one
 * per socket, and paces it by what we read.
 */
export class Pipeline {
  readonly counters = { interrupted: 0, overruns: 0, timeouts: 0 };
  readonly #socket: NetlinkSocket;
  readonly #limits: Limits;
  readonly #pace: Pace;
  readonly #queue = new Queue();
  /** Sent, by sequence number, oldest first. */
  readonly #sent = new Map<number, Job>();
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
    const jobs = [...this.#sent.values(), ...this.#queue.takeAll()];
    this.#sent.clear();
    for (const job of jobs) fail(job, ECANCELED, 'the client was closed');
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
    if (this.#closed || this.#pause !== undefined) return;
    if (this.#dumping()) return;
    const room = Math.min(this.#limits.window - this.#sent.size, this.#pace.count);
    const jobs = this.#queue.peek(room, this.#sent.size === 0);
    if (jobs.length === 0) {
      this.#watch();
      return;
    }
    const begin = now();
    const messages = jobs.map((job) => this.#message(job));
    const { error } = this.#socket.send([{ data: encodeMessages(messages) }]);
    if (error !== undefined) {
      this.#refused(jobs, error);
      return;
    }
    this.#queue.drop(jobs.length);
    this.#refusedSince = undefined;
    const deadline = after(now(), this.#limits.timeout);
    for (const [i, job] of jobs.entries()) {
      job.deadline = deadline;
      this.#sent.set(messages[i]?.sequence ?? 0, job);
    }
    this.#pace.learn(jobs.length, elapsed(begin, now()));
    this.#watch();
  }

  #dumping(): boolean {
    const [first] = this.#sent.values();
    return first?.dump ?? false;
  }

  #message({ request, dump }: Job): Message {
    this.#sequence = this.#sequence === 0xffffffff ? 1 : this.#sequence + 1;
    const flags = request.flags | NLM_F_REQUEST | (dump ? NLM_F_DUMP : NLM_F_ACK);
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
    const [oldest] = this.#sent.values();
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
    this.#take(batch);
    this.#pump();
  }

  #take(batch: readonly Incoming[]): void {
    for (const datagram of batch) {
      if (!fromKernel(datagram)) continue;
      const messages = datagram.truncated ? undefined : decodeMessages(datagram.data);
      if (messages === undefined) this.#garbled(datagram.data, EMSGSIZE, 'answer too long');
      else if (messages instanceof Malformed)
        this.#garbled(datagram.data, EBADMSG, messages.reason);
      else for (const message of messages) this.#answer(message);
    }
  }

  #answer(message: Message): void {
    const job = this.#sent.get(message.sequence);
    if (job === undefined) return;
    if (job.dump && (message.flags & NLM_F_DUMP_INTR) !== 0) job.torn = true;
    if (message.type >= NLMSG_MIN_TYPE) {
      job.replies.push(message);
      job.deadline = after(now(), this.#limits.timeout);
    } else if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
      this.#sent.delete(message.sequence);
      const ack = parseAcknowledgement(message);
      if (ack instanceof Malformed) fail(job, EBADMSG, ack.reason);
      else if (ack.errno !== 0) reject(job, refusal(job.request, ack));
      else if (job.torn) this.#repeat(job);
      else job.settle({ ok: true, replies: job.replies });
    }
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

  /** A datagram we cannot read fails the request it answers, whose number is in its header. */
  #garbled(data: Uint8Array, errno: number, detail: string): void {
    if (data.length < 12) return;
    const view = viewOf(data);
    const sequence = view.getUint32(8, HOST_LITTLE_ENDIAN);
    const job = this.#sent.get(sequence);
    this.#sent.delete(sequence);
    if (job !== undefined) fail(job, errno, detail);
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
    for (const [sequence, job] of this.#sent) {
      if (error.errno === ENOBUFS && job.dump) continue;
      this.#sent.delete(sequence);
      fail(job, error.errno, 'the answer is lost; the request may have been carried out');
    }
    this.#pump();
  }

  #drain(): void {
    for (;;) {
      try {
        const batch = this.#socket.receive(64);
        if (batch.length === 0) return;
        this.#take(batch);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        if (error.errno !== ENOBUFS) return;
      }
    }
  }

  /** Fails what the kernel has been silent about for too long. */
  #expire(): void {
    this.#timer = undefined;
    const time = now();
    for (const [sequence, job] of this.#sent) {
      if (job.deadline > time) continue;
      this.#sent.delete(sequence);
      this.counters.timeouts++;
      fail(job, ETIMEDOUT, 'the kernel did not answer');
    }
    this.#watch();
    this.#pump();
  }
}

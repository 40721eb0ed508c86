import { constants } from 'node:os';
import { viewOf } from '@keepalived-ts/base/bytes.js';
import { after, type Duration, type Instant } from '@keepalived-ts/base/time.js';
import type { Incoming } from '@keepalived-ts/raw-socket/index.js';
import { HOST_LITTLE_ENDIAN, Malformed } from './attributes.js';
import { NLM_F_DUMP_INTR, NLMSG_DONE, NLMSG_ERROR, NLMSG_MIN_TYPE } from './constants.js';
import { parseAcknowledgement, refusal } from './errors.js';
import { decodeMessages, type Message } from './message.js';
import { fail, type Job, reject } from './queue.js';
import { fromKernel, now } from './socket.js';

const { EBADMSG, EMSGSIZE, ETIMEDOUT } = constants.errno;

/** Requests that were sent and not answered yet. Finds out what each answer means to which. */
export class Outstanding {
  /** By sequence number, oldest first. */
  readonly #jobs = new Map<number, Job>();
  readonly #timeout: Duration;
  readonly #interrupted: (dump: Job) => void;

  /** `interrupted` gets dumps that ended, but are inconsistent. */
  constructor(timeout: Duration, interrupted: (dump: Job) => void) {
    this.#timeout = timeout;
    this.#interrupted = interrupted;
  }

  get size(): number {
    return this.#jobs.size;
  }

  get oldest(): Job | undefined {
    const [job] = this.#jobs.values();
    return job;
  }

  /** Just sent, under these numbers. */
  add(jobs: readonly Job[], sequences: readonly number[]): void {
    const deadline = after(now(), this.#timeout);
    jobs.forEach((job, i) => {
      job.deadline = deadline;
      this.#jobs.set(sequences[i] ?? 0, job);
    });
  }

  /**
   * Settles what the datagrams answer; a part of an answer puts the deadline off. Late answers, and
   * those of strangers, are ignored. `implied`: an answer says that what was sent before it and
   * is not refused is done.
   */
  take(batch: readonly Incoming[], implied: boolean): void {
    const deadline = after(now(), this.#timeout);
    for (const datagram of batch) {
      if (!fromKernel(datagram)) continue;
      if (datagram.truncated) {
        this.#garbled(datagram.data, EMSGSIZE, 'answer too long');
        continue;
      }
      const messages = decodeMessages(datagram.data);
      if (messages instanceof Malformed) this.#garbled(datagram.data, EBADMSG, messages.reason);
      else for (const message of messages) this.#answer(message, deadline, implied);
    }
  }

  /** No answer will come any more to those that `which` picks. */
  lose(errno: number, which: (job: Job) => boolean, detail: string): number {
    let lost = 0;
    for (const [sequence, job] of this.#jobs) {
      if (!which(job)) continue;
      this.#jobs.delete(sequence);
      fail(job, errno, detail);
      lost++;
    }
    return lost;
  }

  /** Fails what the kernel has been silent about for too long, and says how many that were. */
  expire(time: Instant): number {
    return this.lose(ETIMEDOUT, (job) => job.deadline <= time, 'the kernel did not answer');
  }

  #answer(message: Message, deadline: Instant, implied: boolean): void {
    const job = this.#jobs.get(message.sequence);
    if (job === undefined) return;
    if (job.dump && (message.flags & NLM_F_DUMP_INTR) !== 0) job.torn = true;
    if (message.type >= NLMSG_MIN_TYPE) {
      job.replies.push(message);
      job.deadline = deadline;
    } else if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
      if (implied) this.#settleBefore(message.sequence);
      this.#jobs.delete(message.sequence);
      const ack = parseAcknowledgement(message);
      if (ack instanceof Malformed) fail(job, EBADMSG, ack.reason);
      else if (ack.errno !== 0) reject(job, refusal(job.request, ack));
      else if (job.torn) this.#interrupted(job);
      else job.settle({ ok: true, replies: job.replies });
    }
  }

  #settleBefore(answered: number): void {
    for (const sequence of this.#jobs.keys()) {
      if (sequence === answered) return;
      const job = this.#jobs.get(sequence);
      this.#jobs.delete(sequence);
      job?.settle({ ok: true, replies: job.replies });
    }
  }

  /** A datagram we cannot read fails the request it answers, whose number is in its header. */
  #garbled(data: Uint8Array, errno: number, detail: string): void {
    if (data.length < 12) return;
    const sequence = viewOf(data).getUint32(8, HOST_LITTLE_ENDIAN);
    const job = this.#jobs.get(sequence);
    this.#jobs.delete(sequence);
    if (job !== undefined) fail(job, errno, detail);
  }
}

import type { KernelError } from '@keepalived-ts/base/errors.js';
import type { Instant } from '@keepalived-ts/base/time.js';
import { kernelError } from '@keepalived-ts/raw-socket/errors.js';
import { encodedLength, type Outcome, type Reply, type Request } from './message.js';

/** A request on its way. */
export interface Job {
  readonly request: Request;
  readonly dump: boolean;
  readonly settle: (outcome: Outcome) => void;
  replies: Reply[];
  /** Of a dump: what was read is inconsistent, and how often that has been so. */
  torn: boolean;
  tries: number;
  /** When the kernel's silence is too long, once sent. */
  deadline: Instant;
}

export const reject = (job: Job, error: KernelError): void => job.settle({ ok: false, error });

/** Settles a job with an error of ours, or one that concerns more than this job. */
export const fail = (job: Job, errno: number, detail?: string): void =>
  reject(job, kernelError(job.request.operation, errno, detail));

/** A datagram of requests; the kernel's default send buffer (212,992 bytes) holds several. */
const mostBytes = 65_536;

/** Jobs waiting to be sent, in order. */
export class Queue {
  #jobs: Job[] = [];
  /** Where the first waiting job is: an array is slow at giving up its front. */
  #head = 0;

  push(job: Job): void {
    this.#jobs.push(job);
  }

  /** Before all others. */
  unshift(job: Job): void {
    this.#jobs = [job, ...this.#jobs.slice(this.#head)];
    this.#head = 0;
  }

  /** What may be sent together next: up to `room` requests, or a dump if nothing else is out. */
  peek(room: number, idle: boolean): Job[] {
    const jobs: Job[] = [];
    for (let bytes = 0; jobs.length < room; ) {
      const job = this.#jobs[this.#head + jobs.length];
      if (job === undefined) break;
      if (job.dump) return idle && jobs.length === 0 ? [job] : jobs;
      bytes += encodedLength(job.request.payload);
      if (bytes > mostBytes && jobs.length > 0) break;
      jobs.push(job);
    }
    return jobs;
  }

  /** Forgets the first `count` jobs. */
  drop(count: number): void {
    this.#head += count;
    if (this.#head < this.#jobs.length) return;
    this.#jobs = [];
    this.#head = 0;
  }

  /** Empties the queue. */
  takeAll(): Job[] {
    const rest = this.#jobs.slice(this.#head);
    this.drop(rest.length);
    return rest;
  }
}

import { constants } from 'node:os';
import type { KernelError } from '@keepalived-ts/base/errors.js';
import { type Duration, milliseconds, seconds } from '@keepalived-ts/base/time.js';
import {
  NETLINK_CAP_ACK,
  NETLINK_EXT_ACK,
  NETLINK_GET_STRICT_CHK,
} from '@keepalived-ts/raw-socket/constants.js';
import { kernelError } from '@keepalived-ts/raw-socket/errors.js';
import { Malformed } from './attributes.js';
import type { Message, Outcome, Reply, Request } from './message.js';
import { Pipeline } from './pipeline.js';
import {
  type BufferOptions,
  type NetlinkSocket,
  openSocket,
  portOf,
  receiveBufferOf,
  tryOption,
} from './socket.js';

export type { Outcome } from './message.js';

/** Of `receiveBuffer` 4 MiB is the default, less without CAP_NET_ADMIN: room for answers. */
export interface ClientOptions extends BufferOptions {
  /** How long the kernel may be silent about a request; 5 seconds. */
  readonly timeout?: Duration;
  /**
   * How long the kernel may keep this thread busy at a time; 1 ms. More makes large batches faster
   * where nothing urgent runs on the thread.
   */
  readonly slice?: Duration;
  /** The most requests without an answer; by default as many as the receive buffer has room for. */
  readonly window?: number;
  /**
   * Ask for an acknowledgement of the last request of a system call only. For families whose
   * requests the kernel works off one after the other: a refusal is always told, so what comes
   * before an answer and was not refused is done.
   */
  readonly sparse?: boolean;
}

/** What an answer may occupy in the receive buffer, the kernel's own overhead included. */
const answerCost = 4096;

/**
 * Asks the kernel over one netlink socket.
 *
 * Requests may be made at any time and are answered in order. An idle client does not keep the
 * event loop alive.
 */
export class NetlinkClient {
  readonly #pipeline: Pipeline;

  /** The socket's port, which announcements of changes made by this client carry (nlmsg_pid). */
  readonly port: number;

  /** For sockets of another make, as in tests; others use `open`. */
  constructor(socket: NetlinkSocket, options: ClientOptions & { window: number; port: number }) {
    const { window, port, timeout = seconds(5), slice = milliseconds(1), sparse = false } = options;
    this.port = port;
    this.#pipeline = new Pipeline(socket, {
      timeout,
      slice,
      sparse,
      window: Math.max(1, window),
    });
  }

  /** A client of NETLINK_ROUTE, NETLINK_GENERIC... in the network namespace of the thread. */
  static open(protocol: number, options: ClientOptions = {}): NetlinkClient {
    const { receiveBuffer = 4 << 20, withinLimit = false } = options;
    const socket = openSocket(protocol, { receiveBuffer, withinLimit });
    for (const option of [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK]) {
      tryOption(socket, option);
    }
    const window = options.window ?? Math.floor(receiveBufferOf(socket) / answerCost);
    return new NetlinkClient(socket, { ...options, window, port: portOf(socket) });
  }

  /** How often dumps were interrupted, answers overran the socket, and requests timed out. */
  get counters(): Readonly<{ interrupted: number; overruns: number; timeouts: number }> {
    return this.#pipeline.counters;
  }

  /** One request. Rejects with a KernelError that names it and has the kernel's own words. */
  request(request: Request): Promise<readonly Reply[]> {
    return new Promise((resolve, reject) => {
      this.#pipeline.add(request, false, settler(resolve, reject));
    });
  }

  /**
   * Many requests at once, many to a system call. The outcomes are in the order of the requests;
   * a refused one does not stop the others.
   */
  batch(requests: readonly Request[]): Promise<Outcome[]> {
    return new Promise((resolve) => {
      const outcomes = new Array<Outcome>(requests.length);
      let left = requests.length;
      if (left === 0) resolve(outcomes);
      requests.forEach((request, i) => {
        this.#pipeline.add(request, false, (outcome) => {
          outcomes[i] = outcome;
          if (--left === 0) resolve(outcomes);
        });
      });
    });
  }

  /**
   * A table of the kernel's. Read again, up to ten times, when it changed while it was read: the
   * result is what was there at one moment. EINTR if it never stood still.
   */
  dump(request: Request): Promise<readonly Reply[]> {
    return new Promise((resolve, reject) => {
      this.#pipeline.add(request, true, settler(resolve, reject));
    });
  }

  /** A dump as values: what `parse` makes of each message, what it skips (undefined) left out. */
  async list<T>(
    request: Request,
    parse: (message: Message) => T | Malformed | undefined,
  ): Promise<T[]> {
    const values: T[] = [];
    for (const reply of await this.dump(request)) {
      const value = parse(reply);
      if (value instanceof Malformed) {
        throw kernelError(request.operation, constants.errno.EBADMSG, value.reason);
      }
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  /** Rejects what is not answered yet with ECANCELED. Harmless when repeated. */
  close(): void {
    this.#pipeline.close();
  }
}

const settler =
  (resolve: (replies: readonly Reply[]) => void, reject: (error: KernelError) => void) =>
  (outcome: Outcome): void =>
    outcome.ok ? resolve(outcome.replies) : reject(outcome.error);

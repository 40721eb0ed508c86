import { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerStart } from '#src/ipc/messages.js';

/** What a running worker may tell. `ended` comes exactly once, and last. */
export interface ThreadEvents {
  message(message: FromWorker): void;
  /** A line that something in the worker printed. */
  output(text: string): void;
  /** The exception that ends it. */
  failed(error: Error): void;
  ended(): void;
}

/** A worker thread, as the supervisor sees it. */
export interface Thread<Plan> {
  post(message: ToWorker<Plan>): void;
  terminate(): void;
}

export type StartThread<Plan> = (start: WorkerStart<Plan>, events: ThreadEvents) => Thread<Plan>;

/**
 * How much memory a worker may fill before it, and only it, is ended. 10,000 servers or 1,000
 * instances need a tenth of it. A small young generation keeps an idle daemon small.
 */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };

/**
 * A worker that loads its modules while its part has no plan yet.
 *
 * It needs 80 ms until it can take its start, so it is created before the parent has even loaded
 * its own modules: an address is held, and a service served, that much earlier.
 */
export class SpareWorker {
  private worker: Worker | undefined;

  constructor(name: string, entry: URL) {
    const worker = createWorker(name, entry);
    this.worker = worker;
    // Whatever it dies of, the one that is created in its place will tell.
    worker.on('error', () => undefined);
    worker.once('exit', () => this.drop());
  }

  /** The worker, once, if it lives. */
  take(): Worker | undefined {
    const { worker } = this;
    this.worker = undefined;
    return worker;
  }

  /** There is no use for it. */
  drop(): void {
    void this.take()
      ?.terminate()
      .catch(() => undefined);
  }
}

/** `workerData` is the name, for whom preloaded modules may concern. */
const createWorker = (name: string, entry: URL): Worker =>
  new Worker(entry, { name, workerData: name, stdout: true, stderr: true, resourceLimits: LIMITS });

/** Starts workers of a part, whose module is at `entry`; first the spare one if there is one. */
export const workerThread =
  <Plan>(name: string, entry: URL, spare?: SpareWorker): StartThread<Plan> =>
  (start, events) => {
    const worker = spare?.take() ?? createWorker(name, entry);
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        for (const line of text.split('\n')) if (line.trim() !== '') events.output(line);
      });
    }
    worker.on('message', (message: FromWorker) => events.message(message));
    worker.on('messageerror', (error: Error) => events.failed(error));
    worker.on('error', (error: Error) => events.failed(error));
    worker.on('exit', () => events.ended());
    worker.postMessage(start);
    return {
      post: (message) => worker.postMessage(message),
      terminate: () => void worker.terminate().catch(() => undefined),
    };
  };

/** The modules of the workers, as built. */
export const entries = {
  vrrp: new URL('../../vrrp/shell/worker.js', import.meta.url),
  check: new URL('../../checks/shell/worker.js', import.meta.url),
} as const;

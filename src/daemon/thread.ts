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

/** Starts workers of the module at `entry`. */
export const workerThread =
  <Plan>(name: string, entry: URL): StartThread<Plan> =>
  (start, events) => {
    const worker = new Worker(entry, {
      name,
      workerData: start,
      stdout: true,
      stderr: true,
      resourceLimits: LIMITS,
    });
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
    return {
      post: (message) => worker.postMessage(message),
      terminate: () => void worker.terminate().catch(() => undefined),
    };
  };

import { parentPort } from 'node:worker_threads';
import { invariant } from '@keepalived-ts/base/invariant.js';
import { type FromWorker, PROTOCOL_VERSION, type ToWorker, type WorkerStart } from './messages.js';
import { ThreadKeeper } from './thread-settings.js';

/** A worker's end of the line to the parent. */
export interface WorkerPort<Plan> {
  start: WorkerStart<Plan>;
  post(message: FromWorker): void;
  /** From now on hears every message; those since the start come first. */
  serve(hear: (message: ToWorker<Plan>) => void): void;
  close(): void;
}

/** Waits for the start, which a worker gets once the parent has a plan for it. */
export async function workerPort<Plan>(): Promise<WorkerPort<Plan>> {
  const port = parentPort;
  invariant(port, 'a worker runs in a thread of its own');
  const thread = new ThreadKeeper((news) => port.postMessage({ type: 'thread', news }));
  const waiting: ToWorker<Plan>[] = [];
  let hear = (message: ToWorker<Plan>): void => void waiting.push(message);
  const start = await new Promise<WorkerStart<Plan>>((started) => {
    port.on('message', (message: WorkerStart<Plan> | ToWorker<Plan>) => {
      if ('protocol' in message) started(message);
      else if (message.type === 'thread') thread.apply(message.settings);
      else hear(message);
    });
  });
  invariant(start.protocol === PROTOCOL_VERSION, `protocol ${start.protocol} of the parent`);
  if (start.thread) thread.apply(start.thread);
  return {
    start,
    post: (message) => port.postMessage(message),
    serve: (handler) => {
      hear = handler;
      for (const message of waiting.splice(0)) handler(message);
    },
    close: () => {
      thread.close();
      port.close();
    },
  };
}

import type { StartThread, ThreadEvents } from '#src/daemon/thread.js';
import type { FromWorker, ToWorker, WorkerStart } from '#src/ipc/messages.js';

/** A worker that does only what the test makes it do. */
export class FakeWorker<Plan> {
  readonly start: WorkerStart<Plan>;
  readonly heard: ToWorker<Plan>[] = [];
  terminated = false;
  private readonly events: ThreadEvents;

  constructor(start: WorkerStart<Plan>, events: ThreadEvents) {
    this.start = start;
    this.events = events;
  }

  say(message: FromWorker): void {
    this.events.message(message);
  }

  die(error = new Error('bang')): void {
    this.events.failed(error);
    this.events.ended();
  }

  end(): void {
    this.events.ended();
  }
}

/** Starts fake workers and keeps them, in order. */
export class FakeThreads<Plan> {
  readonly workers: FakeWorker<Plan>[] = [];

  readonly start: StartThread<Plan> = (start, events) => {
    const worker = new FakeWorker(start, events);
    this.workers.push(worker);
    return {
      post: (message) => worker.heard.push(message),
      terminate: () => {
        worker.terminated = true;
        worker.end();
      },
    };
  };

  worker(n: number): FakeWorker<Plan> {
    const found = this.workers[n];
    if (!found) throw new Error(`there is no worker ${n}`);
    return found;
  }
}

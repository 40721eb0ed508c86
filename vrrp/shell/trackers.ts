import type { EventOf } from '@keepalived-ts/base/events.js';
import { openProcMonitor } from '@keepalived-ts/netlink/proc-events.js';
import type { BufferOptions } from '@keepalived-ts/netlink/socket.js';
import type { Input, VrrpPlan } from '../core/types.js';
import type { vrrpEvents } from '../events.js';
import { readProcess, readProcesses } from './proc-files.js';
import { Processes } from './processes.js';
import { TrackedFiles } from './tracked-files.js';

/** The files and processes that instances depend on. */
export class Trackers {
  private readonly files: TrackedFiles;
  private readonly processes: Processes;
  private last: Promise<void> = Promise.resolve();

  constructor(
    feed: (input: Input) => void,
    buffer: BufferOptions | undefined,
    log: (event: EventOf<typeof vrrpEvents>) => void,
  ) {
    this.files = new TrackedFiles({ feed, log });
    this.processes = new Processes({
      listen: (onEvent, onOverrun) => openProcMonitor(onEvent, onOverrun, buffer),
      read: readProcess,
      readAll: readProcesses,
      feed,
      log,
    });
  }

  /** Follows those of a plan; settles, in the order of the calls, when all have been told. */
  follow({ files, processes }: VrrpPlan): Promise<void> {
    this.last = this.last.then(async () => {
      await Promise.all([this.files.follow(files), this.processes.follow(processes)]);
    });
    return this.last;
  }

  close(): void {
    this.files.close();
    this.processes.close();
  }
}

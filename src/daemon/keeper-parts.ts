import type { Log } from '@keepalived-ts/base/events.js';
import type { Alarm, Clock, Duration } from '@keepalived-ts/base/time.js';
import type { FromWorker, ToWorker } from '#src/ipc/messages.js';
import type { ThreadSettings } from '#src/ipc/thread-settings.js';
import type { daemonEvents } from './events.js';
import type { StartThread } from './thread.js';

/** How the parts are to be treated, whatever their plans. */
export interface Treatment {
  thread: ThreadSettings;
  /** How long a stopping worker may be silent. */
  wait: Duration;
}

/** What a keeper tells the daemon. */
export interface KeeperNews {
  /** The worker's start is complete. */
  ready(): void;
  /** Anything but what the keeper deals with itself. `reply` reaches this worker, if it lives. */
  message(message: FromWorker, reply: (message: ToWorker<never>) => void): void;
  /** A worker has ended, whyever. What it had asked for is of no use any more. */
  died(): void;
  /** There will be no other worker: the daemon is to end with this exit code. */
  hopeless(exitCode: number): void;
}

export interface KeeperParts<Plan> {
  /** As the log calls it: `VRRP` or `Healthcheck`. */
  name: string;
  start: StartThread<Plan>;
  detail: boolean;
  keepAtStop: boolean;
  /** -R: no other worker when one dies. */
  respawn: boolean;
  record?: string;
  clock: Clock;
  alarm: Alarm;
  log: Log<typeof daemonEvents>;
  news: KeeperNews;
}

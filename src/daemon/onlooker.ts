import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Notice } from '#src/ipc/messages.js';
import type { Prepared } from './configuration.js';
import type { WorkerPart } from './daemon.js';
import type { Dump } from './signals.js';
import type { Supervisor } from './supervisor.js';

/** Who watches the daemon from outside. It may ask, and is told, but nothing waits for it. */
export interface Onlooker<V, C> {
  /** Another configuration is in use. */
  follow(prepared: Prepared<V, C>, supervisor: Supervisor<V, C>): void;
  counted(
    part: WorkerPart,
    object: string,
    values: Readonly<Record<string, number>>,
    from: IpAddress | undefined,
  ): void;
  notice(notice: Notice): void;
  died(part: WorkerPart): void;
  /** A signal asks for a file. */
  dump(which: Dump): void;
  /** The workers are about to be told to stop. */
  stopping(): void;
  close(): Promise<void>;
}

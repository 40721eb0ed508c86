import type { EventOf } from '@keepalived-ts/base/events.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Table } from '#lvs/core/table.js';
import type { Letter, Notice } from '#src/ipc/messages.js';
import type { CheckCounter } from '../counters.js';
import type { checkEvents } from '../events.js';
import type { Target, Verdict } from './define-checker.js';
import type { CheckPlan } from './plan.js';

export type CheckEvent = EventOf<typeof checkEvents>;

/** What can happen to the check thread, as data. */
export type Input =
  /** `found` is the IPVS table that a thread before this one left behind. */
  | { kind: 'start'; found: Table | undefined }
  /** The table is in the kernel: the checks may begin. `local`: the addresses of this machine. */
  | { kind: 'settled'; local: ReadonlySet<IpAddress> }
  /** Other addresses are on this machine now. */
  | { kind: 'addresses'; local: ReadonlySet<IpAddress> }
  | { kind: 'deadline' }
  /** A probe of this `generation` ended; probes of an older plan no longer count. */
  | { kind: 'verdict'; check: number; generation: number; verdict: Verdict }
  | { kind: 'reload'; plan: CheckPlan }
  | { kind: 'stop' };

/** What the thread is to do, as data. */
export type Effect =
  | { do: 'probe'; check: number; generation: number; question: number; target: Target }
  | { do: 'cancel-probes' }
  /** The table has changed: bring the kernel in line with `Engine.table`. */
  | { do: 'update-table' }
  | { do: 'notify'; notice: Notice }
  | { do: 'mail'; letter: Letter }
  | { do: 'count'; server: string; service: string; counter: CheckCounter }
  | { do: 'log'; event: CheckEvent };

/** Where core puts its effects while it works through an input. */
export type Emit = (effect: Effect) => void;

import { KernelError } from '@keepalived-ts/base/errors.js';
import type { Log } from '@keepalived-ts/base/events.js';
import { enterNetwork, limitRealTime, setThreadName } from '@keepalived-ts/raw-socket/thread.js';
import type { daemonEvents } from './events.js';
import { LocalIgmp } from './local-igmp.js';
import type { Identity, ProcessSettings } from './process-settings.js';

export interface ProcessHostParts {
  log: Log<typeof daemonEvents>;
  /** The network namespace that this thread is in already; see -s. */
  entered: string | undefined;
  /** Who is named after the identity, or lives in the namespace. Told once. */
  identified: (identity: Identity, hasMoved: boolean) => void;
}

/**
 * What concerns the process as a whole: which network it is in, what it may do and is called.
 *
 * Threads inherit the namespace of the one that starts them, and so do programs: it is entered by
 * this thread before there are any.
 */
export class ProcessHost {
  private readonly parts: ProcessHostParts;
  private isIdentified = false;
  private readonly igmp = new LocalIgmp();
  private settings: ProcessSettings | undefined;
  /** The namespace could not be entered: the log says why. */
  isLost = false;

  constructor(parts: ProcessHostParts) {
    this.parts = parts;
  }

  /** Becomes what the first configuration says; later ones can't change it. */
  identify(identity: Identity): void {
    if (this.isIdentified) return;
    this.isIdentified = true;
    const { namespace } = identity;
    const moves = namespace !== undefined && namespace !== this.parts.entered;
    if (moves) this.isLost = !this.attempt('net_namespace', () => enterNetwork(namespace));
    this.parts.identified(identity, moves);
  }

  /** Goes by the settings of a configuration; what is as before is left alone. */
  follow(next: ProcessSettings): void {
    const was = this.settings;
    this.settings = next;
    const { name, realTimeLimit } = next;
    process.umask(next.umask);
    if (name !== was?.name) this.attempt('process_name', () => setThreadName(name));
    if (realTimeLimit !== was?.realTimeLimit) {
      this.attempt('rlimit_rttime', () => limitRealTime(realTimeLimit ?? 0));
    }
    if (!was && next.silencesIgmp) this.attempt('disable_local_igmp', () => this.igmp.silence());
  }

  /** Leaves the machine as it was found. */
  leave(): void {
    this.attempt('disable_local_igmp', () => this.igmp.restore());
  }

  private attempt(setting: string, act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.parts.log({ event: 'process-refused', setting, reason: error.message });
      return false;
    }
  }
}

/** The kernel's refusal, from the addon or from a file of it. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof KernelError || (error instanceof Error && 'syscall' in error);

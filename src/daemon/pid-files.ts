import { resolve } from 'node:path';
import type { Settings } from './command-line.js';
import { claimPidFile, type PidFile } from './pid-file.js';

/** Where pid files stand unless -p, -r and -c say otherwise. Compat: keepalived's names. */
const customary = {
  parent: '/run/keepalived.pid',
  vrrp: '/run/vrrp.pid',
  check: '/run/checkers.pid',
} as const;

type Which = keyof typeof customary;

export type Claimed =
  | { claimed: true }
  | { claimed: false; file: string; reason: string | undefined };

/**
 * The pid files of the daemon. All parts are threads of one process, so all files hold the same
 * pid: a script that signals the pid in vrrp.pid reaches us.
 */
export class PidFiles {
  private readonly held = new Map<Which, PidFile>();
  private readonly paths: Readonly<Record<Which, string>>;

  /** Relative paths are seen from the folder the daemon was started in. */
  constructor({ parent, vrrp, check }: Settings['pidFiles']) {
    this.paths = {
      parent: resolve(parent ?? customary.parent),
      vrrp: resolve(vrrp ?? customary.vrrp),
      check: resolve(check ?? customary.check),
    };
  }

  /** Takes one; without a reason in the answer, another daemon has it. */
  claim(which: Which): Claimed {
    if (this.held.has(which)) return { claimed: true };
    const file = this.paths[which];
    try {
      const claimed = claimPidFile(file, process.pid);
      if (!claimed) return { claimed: false, file, reason: undefined };
      this.held.set(which, claimed);
      return { claimed: true };
    } catch (e) {
      return { claimed: false, file, reason: (e as Error).message };
    }
  }

  release(which: Which): void {
    this.held.get(which)?.release();
    this.held.delete(which);
  }

  releaseAll(): void {
    for (const which of ['check', 'vrrp', 'parent'] as const) this.release(which);
  }
}

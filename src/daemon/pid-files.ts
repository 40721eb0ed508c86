import { mkdirSync, rmdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Settings } from './command-line.js';
import { claimPidFile, type PidFile } from './pid-file.js';
import type { Identity } from './process-settings.js';

/** Names of pid files, as keepalived's. */
const names = { parent: 'keepalived', vrrp: 'vrrp', check: 'checkers' } as const;

type Which = keyof typeof names;

/** Where they stand, and what else tells that we run. */
export function pidFolder({ instance, namespace, usesPidDirectory }: Identity): string {
  if (namespace !== undefined) return `/run/keepalived/${namespace}`;
  return usesPidDirectory || instance !== undefined ? '/run/keepalived' : '/run';
}

/**
 * Where pid files stand unless -p, -r and -c say otherwise.
 *
 * Compat: keepalived's places. With a namespace it mounts the namespace's directory over
 * /run/keepalived for itself and its scripts; here they see it where everybody does.
 */
export function customaryPidFile(which: Which, identity: Identity): string {
  const suffix = identity.instance === undefined ? '' : `_${identity.instance}`;
  return `${pidFolder(identity)}/${names[which]}${suffix}.pid`;
}

export type Claimed =
  | { claimed: true }
  | { claimed: false; file: string; reason: string | undefined };

/**
 * The pid files of the daemon. All parts are threads of one process, so all files hold the same
 * pid: a script that signals the pid in vrrp.pid reaches us.
 */
export class PidFiles {
  private readonly held = new Map<Which, PidFile>();
  private readonly given: Readonly<Record<Which, string | undefined>>;
  private identity: Identity = {
    instance: undefined,
    namespace: undefined,
    usesPidDirectory: false,
  };

  constructor({ parent, vrrp, check }: Settings['pidFiles']) {
    this.given = { parent, vrrp, check };
  }

  /** To be called before the first claim: the names depend on which daemon we are. */
  identify(identity: Identity): void {
    this.identity = identity;
  }

  /** Takes one; without a reason in the answer, another daemon has it. */
  claim(which: Which): Claimed {
    if (this.held.has(which)) return { claimed: true };
    const file = this.pathOf(which);
    try {
      // Only root may write there, so nobody can have put something else in its place.
      if (this.given[which] === undefined)
        mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
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
    if (this.identity.namespace === undefined) return;
    try {
      rmdirSync(pidFolder(this.identity));
    } catch {
      // another instance has its files there, or ours were elsewhere
    }
  }

  /** Relative paths are seen from the folder the daemon was started in. */
  private pathOf(which: Which): string {
    const given = this.given[which];
    return given === undefined ? customaryPidFile(which, this.identity) : resolve(given);
  }
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const module = pathToFileURL(join(import.meta.dirname, 'saboteur.mjs')).href;

/** The means to kill worker threads of one daemon; see `saboteur.mjs`. */
export class Sabotage {
  /** For the daemon that is to be sabotaged. */
  readonly environment: NodeJS.ProcessEnv;
  private readonly folder: string;

  /** `within` is a folder that is removed with the test. */
  constructor(within: string) {
    this.folder = mkdtempSync(join(within, 'sabotage-'));
    this.environment = { NODE_OPTIONS: `--import=${module}`, SABOTAGE: this.folder };
  }

  /** Lets a worker hang for some milliseconds and then run out of memory. */
  kill(part: 'vrrp' | 'check', hang = 0): void {
    writeFileSync(join(this.folder, `die-${part}`), String(hang));
  }

  /** From now on every worker of the part dies as it starts. */
  forbid(part: 'vrrp' | 'check'): void {
    writeFileSync(join(this.folder, `stillborn-${part}`), '');
  }
}

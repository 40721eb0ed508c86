import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Fifo, type FifoPlace } from './fifo.js';
import type { FifoLine, Scope } from './fifo-line.js';
import { howItEnded } from './outcome.js';
import { type Program, type Run, start } from './program.js';

/** A fifo of the configuration. */
export interface FifoSettings extends FifoPlace {
  /** Whose lines it gets. */
  scope: Scope | 'all';
  /** The program that reads it, with its path as the last argument. */
  script: Program | undefined;
}

/** What may be worth a line in the log. */
export type FifoNews =
  | { news: 'unusable'; path: string; reason: string }
  | { news: 'full'; path: string }
  | { news: 'lost'; path: string; lines: number }
  | { news: 'script-ended'; scope: Scope | 'all'; program: string; how: string };

/** A fifo in use. */
interface Open {
  settings: FifoSettings;
  fifo: Fifo;
  reader: Run | undefined;
  closing: boolean;
  /** Lines that found no room since the last one that did. */
  lost: number;
}

/** How long a reader may go on reading when there will be no more lines. */
const LAST_LINES_MS = 500;

/**
 * The fifos of the configuration and the programs that read them.
 *
 * Differs: a reload leaves a fifo that stays the same and its program alone, so no line is lost;
 * keepalived makes them anew. And a program first reads the end of the fifo, then gets a signal.
 */
export class Fifos {
  private open: Open[] = [];
  private readonly environment: NodeJS.ProcessEnv;
  private readonly tellNews: (news: FifoNews) => void;

  constructor(environment: NodeJS.ProcessEnv, tell: (news: FifoNews) => void) {
    this.environment = environment;
    this.tellNews = tell;
  }

  /** Opens what is new, and closes what is not wanted any more. */
  async follow(wanted: readonly FifoSettings[]): Promise<void> {
    const kept = this.open.filter(({ settings }) => has(wanted, settings));
    // A path may come back with another owner: it is free before it is opened again.
    await Promise.all(this.open.filter((one) => !kept.includes(one)).map((one) => this.end(one)));
    this.open = kept;
    const known = kept.map(({ settings }) => settings);
    for (const settings of wanted) if (!has(known, settings)) await this.begin(settings);
  }

  tell({ scope, text }: FifoLine): void {
    for (const one of this.open) {
      if (one.settings.scope === 'all' || one.settings.scope === scope) this.write(one, text);
    }
  }

  close(): Promise<void> {
    return this.follow([]);
  }

  private write(one: Open, text: string): void {
    if (one.fifo.write(text)) this.tellLost(one);
    else if (++one.lost === 1) this.tellNews({ news: 'full', path: one.fifo.path });
  }

  private tellLost(one: Open): void {
    if (one.lost > 0) this.tellNews({ news: 'lost', path: one.fifo.path, lines: one.lost });
    one.lost = 0;
  }

  private async begin(settings: FifoSettings): Promise<void> {
    const { path, script } = settings;
    const fifo = await Fifo.open(settings);
    if (typeof fifo === 'string') {
      this.tellNews({ news: 'unusable', path, reason: fifo });
      return;
    }
    const argv = [...(script?.argv ?? []), path];
    const reader = script && start({ ...script, argv, tether: true }, this.environment);
    const one = { settings, fifo, reader, closing: false, lost: 0 };
    this.open.push(one);
    void reader?.ended.then((outcome) => {
      if (one.closing) return;
      const { scope } = settings;
      const how = howItEnded(outcome);
      this.tellNews({ news: 'script-ended', scope, program: argv[0] ?? '', how });
    });
  }

  private async end(one: Open): Promise<void> {
    this.tellLost(one);
    one.closing = true;
    one.fifo.close();
    if (!one.reader) return;
    const late = sleep(LAST_LINES_MS, 'late', { ref: false });
    if ((await Promise.race([one.reader.ended, late])) === 'late') one.reader.end();
  }
}

const has = (all: readonly FifoSettings[], one: FifoSettings): boolean =>
  all.some((other) => isDeepStrictEqual(other, one));

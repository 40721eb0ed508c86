import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import type { Log } from '@keepalived-ts/base/events.js';
import type { ObjectChange } from '#src/config/diff/diff.js';
import { changeLine } from '#src/config/diff/text.js';
import { exitCode, isUsable } from '#src/config/exit-code.js';
import type { Prepared } from './configuration.js';
import type { daemonEvents } from './events.js';
import type { ReloadSettings } from './reload-settings.js';
import { mistakeLine, newMistakes, unchangeable } from './verdict.js';

/** Objects that a reload names one by one in the log. */
const MOST_NAMED = 20;

export interface SuccessionParts<V, C> {
  log: Log<typeof daemonEvents>;
  configFile: string;
  prepare: () => Promise<Prepared<V, C>>;
  /** What the second configuration changes in the first. */
  compare: (inUse: Prepared<V, C>, next: Prepared<V, C>) => readonly ObjectChange[];
  files: ReloadFiles;
}

/** What the file system has to do with reloads; see `reload-files.ts`. */
export interface ReloadFiles {
  /** Removes what a daemon that died while it read has left: it would tell of a reload for ever. */
  clear(marker: string | undefined): void;
  /** Reads while the file of `reload_file` is there. */
  whileMarked<T>(path: string | undefined, read: () => Promise<T>): Promise<T>;
  /** Writes what `reload_check_config` found; gives why it can't. */
  record(
    path: string,
    diagnostics: readonly Diagnostic[],
    texts: ReadonlyMap<string, string>,
  ): string | undefined;
}

/** A configuration that may follow the one in use, and what it changes. */
export interface Successor<V, C> {
  prepared: Prepared<V, C>;
  changes: readonly ObjectChange[];
}

/** Reads configurations and decides whether they may follow the one in use. */
export class Succession<V, C> {
  private readonly parts: SuccessionParts<V, C>;

  constructor(parts: SuccessionParts<V, C>) {
    this.parts = parts;
  }

  /**
   * The configuration as the files have it now. `undefined`: it is not to be used, and the log
   * says why; an exception of ours while it is read is no reason to end a daemon that works.
   */
  async after(inUse: Prepared<V, C>): Promise<Successor<V, C> | undefined> {
    const { log, configFile } = this.parts;
    try {
      const prepared = await this.read(inUse.reload);
      this.tell(prepared.diagnostics);
      if (this.isSound(prepared, inUse)) {
        const changes = this.parts.compare(inUse, prepared);
        if (this.isPossible(changes)) return { prepared, changes };
      }
    } catch (mistake) {
      log({ event: 'bug', stack: (mistake as Error).stack ?? String(mistake) });
    }
    log({ event: 'reload-refused', file: configFile });
    return undefined;
  }

  /** Reads it the first time, when there is nothing to compare it with. */
  async first(): Promise<Prepared<V, C>> {
    const prepared = await this.parts.prepare();
    this.tell(prepared.diagnostics);
    return prepared;
  }

  /** The first one is used: nobody else can be reading where we read. */
  begin({ reload }: Prepared<V, C>): void {
    this.parts.files.clear(reload.marker);
  }

  /** Says in the log what a reload changes; `isCertified`: the files of SSL hold what they did. */
  announce(changes: readonly ObjectChange[], isCertified: boolean): void {
    const { log } = this.parts;
    if (changes.length === 0) {
      log({ event: isCertified ? 'reload-unchanged' : 'reload-certificates' });
    }
    for (const change of changes.slice(0, MOST_NAMED)) {
      log({ event: 'reload-change', text: changeLine(change) });
    }
    const more = changes.length - MOST_NAMED;
    if (more > 0) log({ event: 'reload-changes-more', more });
  }

  private read({ marker }: ReloadSettings): Promise<Prepared<V, C>> {
    return this.parts.files.whileMarked(marker, this.parts.prepare);
  }

  private tell(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      const event = `config-${diagnostic.severity}` as const;
      this.parts.log({ event, message: mistakeLine(diagnostic) });
    }
  }

  private isSound({ diagnostics, texts }: Prepared<V, C>, inUse: Prepared<V, C>): boolean {
    const { log, configFile } = this.parts;
    if (!isUsable(diagnostics)) {
      log({ event: 'config-unusable', file: configFile });
      return false;
    }
    const { check } = inUse.reload;
    if (check !== undefined) {
      log({ event: 'reload-validating' });
      if (exitCode(diagnostics) !== 0) {
        const reason = this.parts.files.record(check, diagnostics, texts);
        if (reason !== undefined) log({ event: 'reload-record', file: check, reason });
        log({ event: 'reload-invalid', file: check });
        return false;
      }
    }
    const fresh = newMistakes(diagnostics, inUse.diagnostics);
    for (const mistake of fresh) log({ event: 'reload-mistake', message: mistakeLine(mistake) });
    return fresh.length === 0;
  }

  private isPossible(changes: readonly ObjectChange[]): boolean {
    const fixed = unchangeable(changes);
    for (const keyword of fixed) this.parts.log({ event: 'reload-unchangeable', keyword });
    return fixed.length === 0;
  }
}

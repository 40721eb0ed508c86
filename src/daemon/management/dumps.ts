import type { Log } from '@keepalived-ts/base/events.js';
import { checkText } from '#checks/dump/data.js';
import { vrrpText } from '#vrrp/dump/data.js';
import { jsonText } from '#vrrp/dump/json.js';
import { statisticsText } from '#vrrp/dump/statistics.js';
import type { daemonEvents } from '../events.js';
import type { Dump } from '../signals.js';
import { type DumpPlaces, dataFile, jsonFile, statisticsFile, writeWhole } from './dump-files.js';
import { globalsText } from './globals-dump.js';
import { Turns } from './turns.js';
import type { View, Views } from './view.js';

export interface DumpParts {
  views: Views;
  log: Log<typeof daemonEvents>;
  temporary: string;
  /** Microseconds since 1970, when our own clock showed zero. */
  epoch: () => number;
  /** Counts from zero from now on. */
  reset: () => void;
}

/** Writes what signals ask for, one dump after the other. */
export class Dumps {
  private readonly parts: DumpParts;
  private readonly turns: Turns;

  constructor(parts: DumpParts) {
    this.parts = parts;
    this.turns = new Turns(parts.log);
  }

  /** Settles when the files are there, or it was told why not. */
  write(dump: Dump): Promise<void> {
    return this.turns.take(() => this.dump(dump));
  }

  private async dump(dump: Dump): Promise<void> {
    const { views, log } = this.parts;
    const view = await views.current();
    if (!view) return;
    for (const [file, text] of this.files(dump, view)) {
      try {
        await writeWhole(file, text);
        log({ event: 'dump-written', file });
      } catch (error) {
        log({ event: 'dump-failed', file, reason: (error as Error).message });
      }
    }
    if (dump === 'statistics-clear') this.parts.reset();
  }

  private files(dump: Dump, view: View): [file: string, text: string][] {
    const { config, vrrp, check } = view;
    const places: DumpPlaces = {
      temporary: this.parts.temporary,
      globals: config.global_defs,
      instance: config.instance,
      namespace: config.net_namespace,
    };
    const epoch = this.parts.epoch();
    switch (dump) {
      case 'data': {
        const globals = globalsText(view);
        return [
          [dataFile(places, '_parent'), globals],
          ...(vrrp ? [[dataFile(places, ''), globals + vrrpText(vrrp, epoch)] as const] : []),
          ...(check ? [[dataFile(places, '_check'), globals + checkText(check)] as const] : []),
        ].map(([file, text]) => [file, text]);
      }
      case 'statistics':
      case 'statistics-clear':
        return vrrp ? [[statisticsFile(places), statisticsText(vrrp)]] : [];
      case 'json': {
        // Compat: nothing is written where there are no instances.
        if (!vrrp || vrrp.instances.length === 0) return [];
        const version = config.global_defs.json_version;
        return [[jsonFile(places), jsonText(vrrp, epoch, version)]];
      }
    }
  }
}

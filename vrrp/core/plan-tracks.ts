import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';
import type { TrackFileConfig } from '../keywords/track-file.js';
import type { VrrpTrackProcessConfig } from '../keywords/track-process.js';
import { isReversed } from '../keywords/trackers.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { VrrpScriptConfig } from '../keywords/vrrp-script.js';
import type { VrrpSyncGroupConfig } from '../keywords/vrrp-sync-group.js';
import { adjust } from './plan-report.js';
import type { Possessions, Track } from './types.js';

/** What trackers name, by name. */
export interface Definitions {
  scripts: ReadonlyMap<string, VrrpScriptConfig>;
  files: ReadonlyMap<string, TrackFileConfig>;
  processes: ReadonlyMap<string, VrrpTrackProcessConfig>;
}

/** A tracker as somebody wrote it. */
export interface Wish extends Track {
  at: Span;
  /** The weight is that of the definition. */
  byDefault: boolean;
}

export type TrackKind = 'interface' | 'script' | 'file' | 'process';
export type Wishes = Record<TrackKind, readonly Wish[]>;
export const KINDS: readonly TrackKind[] = ['interface', 'script', 'file', 'process'];

/** The trackers of an instance or a group; of two for one name the first stands. */
export function wishesOf(
  owner: VrrpInstanceConfig | VrrpSyncGroupConfig,
  { scripts, files, processes }: Definitions,
  report: Report,
): Wishes {
  const defined = <L extends { weight?: number | undefined; at: Span }>(
    lines: readonly L[],
    nameOf: (line: L) => string,
    definitions: ReadonlyMap<string, { weight: { weight: number; reverse: boolean } }>,
  ): Wish[] =>
    lines.flatMap((line) => {
      const name = nameOf(line);
      const found = definitions.get(name);
      if (!found) return []; // the links between blocks have told of it
      const weight = line.weight ?? found.weight.weight;
      const reverse = isReversed({ reverse: false, noreverse: false, ...line }, found.weight);
      return [{ name, weight, reverse, at: line.at, byDefault: line.weight === undefined }];
    });
  const all: Wishes = {
    interface: owner.track_interface.map(({ interface: name, weight, reverse, at }) => ({
      name,
      weight,
      reverse,
      at,
      byDefault: false,
    })),
    script: defined(owner.track_script, (line) => line.script, scripts),
    file: defined(owner.track_file, (line) => line.file, files),
    process: defined(owner.track_process, (line) => line.process, processes),
  };
  for (const kind of KINDS) all[kind] = unique(owner.name, kind, all[kind], report);
  return all;
}

function unique(owner: string, kind: TrackKind, wishes: readonly Wish[], report: Report): Wish[] {
  const known = new Set<string>();
  return wishes.filter(({ name, at }) => {
    const isFirst = !known.has(name);
    if (!isFirst)
      adjust(report, `(${owner}) duplicate track_${kind} ${name} - ignoring`, {
        at,
        ofBlock: false,
      });
    known.add(name);
    return isFirst;
  });
}

/** What an instance tracks in the end: its own trackers, those of its group, and those implied. */
export function tracksOf(
  vr: VrrpInstanceConfig,
  own: Wishes,
  {
    group,
    vmac,
    possessions,
    minded,
    weightless,
  }: {
    group: Wishes | undefined;
    /** The interface of its virtual MAC: as much its own as the configured one. */
    vmac: string | undefined;
    possessions: Possessions;
    /** Interfaces of static entries, by `track_group`. */
    minded: readonly string[];
    /** Why trackers of its own can't have weights here. */
    weightless: 'address_owner' | 'SYNC group' | undefined;
  },
  report: Report,
): Record<TrackKind, readonly Track[]> {
  const ownNames = [vr.interface, vmac].filter((name) => name !== undefined);
  const isOwn = (name: string): boolean => ownNames.includes(name);
  const tracksOfKind = (kind: TrackKind): readonly Track[] => {
    const tracks = new Map<string, Track>();
    const put = ({ name, weight, reverse }: Track): void =>
      void tracks.set(name, { name, weight, reverse });
    for (const wish of own[kind]) {
      if (kind === 'interface' && isOwn(wish.name)) {
        const message = `(${vr.name}) Ignoring track_interface ${wish.name} since own interface`;
        adjust(report, message, { at: wish.at });
        continue;
      }
      const allowed = wish.weight === 0 ? wish : permitted(vr, kind, wish, weightless, report);
      if (allowed) put(allowed);
    }
    for (const wish of group?.[kind] ?? []) {
      const { name } = wish;
      if (kind === 'interface' && isOwn(name) && !vr.dont_track_primary) continue;
      if (tracks.has(name)) {
        const which = kind === 'interface' ? 'instance or sync group' : 'instance';
        const message = `track_${kind} ${name} is configured on VRRP instance and sync group`;
        const at = own[kind].find((w) => w.name === name)?.at;
        adjust(report, `(${vr.name}) ${message}. Remove vrrp ${which} config`, { at });
      }
      put(wish);
    }
    if (kind === 'interface') {
      const own = vr.dont_track_primary ? [] : ownNames;
      const others = implied(possessions).filter((name) => !isOwn(name));
      for (const name of [...own, ...others, ...minded]) {
        if (!tracks.has(name)) put({ name, weight: 0, reverse: false });
      }
    }
    return [...tracks.values()];
  };
  return {
    interface: tracksOfKind('interface'),
    script: tracksOfKind('script'),
    file: tracksOfKind('file'),
    process: tracksOfKind('process'),
  };
}

/** The interfaces whose loss is a FAULT without being named: those of what a master has. */
const implied = ({ vips, routes, rules }: Possessions): readonly string[] =>
  [
    ...vips.filter((vip) => vip.tracked).map((vip) => vip.interface),
    ...routes.filter((route) => route.tracked).map((route) => route.interface),
    ...rules.filter((r) => r.tracked).flatMap(({ rule }) => [rule.inputName, rule.outputName]),
  ].filter((name) => name !== undefined);

/** A weighted tracker where weights are not allowed: without its weight, or not at all. */
function permitted(
  { name: instance }: VrrpInstanceConfig,
  kind: TrackKind,
  wish: Wish,
  reason: 'address_owner' | 'SYNC group' | undefined,
  report: Report,
): Track | undefined {
  if (reason === undefined || kind === 'process') return wish;
  const { name, weight, at } = wish;
  const tell = (message: string): undefined => {
    adjust(report, `(${instance}) ignoring ${message}`, { at });
  };
  switch (kind) {
    case 'interface':
      if (reason === 'address_owner') return tell(`${name} tracked interface due to address owner`);
      tell(`${name} tracked interface weight due to ${reason}`);
      return { ...wish, weight: 0 };
    case 'script':
      return tell(`tracked script ${name} with weights due to ${reason}`);
    case 'file':
      if (weight !== 1) return tell(`tracked file ${name} with weight ${weight} due to ${reason}`);
      tell(`weight from tracked file ${name} due to ${reason}. specify weight 0`);
      return { ...wish, weight: 0 };
  }
}

import { type Duration, toSeconds } from '@keepalived-ts/base/time.js';
import type { Adjustment } from '#src/ipc/messages.js';
import { type AnyTable, column, numbered, type Row, table } from '#src/snmp/tree.js';
import { gauge, integer, text, truth } from '#src/snmp/value.js';
import type { TrackFileConfig } from '../keywords/track-file.js';
import type { VrrpTrackProcessConfig } from '../keywords/track-process.js';
import { isReversed } from '../keywords/trackers.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { VrrpScriptConfig } from '../keywords/vrrp-script.js';
import type { VrrpSyncGroupConfig } from '../keywords/vrrp-sync-group.js';
import { entryOf } from './oids.js';
import { shownCommand, type VrrpView } from './view.js';

/** A tracker as every table of trackers shows it. */
export interface Tracker {
  name: string;
  weight: number;
  reverse: boolean;
}

type Owner = VrrpInstanceConfig | VrrpSyncGroupConfig;
export type TrackerKind = 'Interface' | 'Script' | 'File' | 'Process';

const namedIn = (blocks: readonly { name: string; weight: Weight }[]) =>
  new Map(blocks.map((block) => [block.name, block.weight]));

interface Weight {
  weight: number;
  reverse: boolean;
}

/** What a line leaves out, the block says that it names. */
function tracker(
  name: string,
  line: { weight: number | undefined; reverse: boolean; noreverse: boolean },
  blocks: ReadonlyMap<string, Weight>,
): Tracker[] {
  const block = blocks.get(name);
  if (!block) return [];
  return [{ name, weight: line.weight ?? block.weight, reverse: isReversed(line, block) }];
}

/** The trackers of an instance or a group, of each kind. */
export const trackersOf: Readonly<
  Record<TrackerKind, (owner: Owner, view: VrrpView) => Tracker[]>
> = {
  Interface: (owner) =>
    owner.track_interface.map(({ interface: name, weight, reverse }) => ({
      name,
      weight,
      reverse,
    })),
  Script: (owner, { config }) =>
    owner.track_script.flatMap((line) => tracker(line.script, line, namedIn(config.vrrp_script))),
  File: (owner, { config }) =>
    owner.track_file.flatMap((line) => tracker(line.file, line, namedIn(config.track_file))),
  Process: (owner, { config }) =>
    owner.track_process.flatMap((line) =>
      tracker(line.process, line, namedIn(config.vrrp_track_process)),
    ),
};

/** Compat: members of a group whose trackers may not have weights have none themselves. */
function withoutWeights(view: VrrpView, vr: VrrpInstanceConfig, trackers: Tracker[]): Tracker[] {
  const group = view.instances.find(({ config }) => config === vr)?.group;
  const cleared = group !== undefined && !group.sync_group_tracking_weight;
  return cleared ? trackers.map((one) => ({ ...one, weight: 0 })) : trackers;
}

/** A table of the trackers of instances, or of groups: they have the same columns. */
function trackerTable(
  number: number,
  kind: TrackerKind,
  owners: (view: VrrpView) => readonly Owner[],
): AnyTable<VrrpView, Adjustment> {
  const name = number < 14 || number === 20 ? `vrrpTracked${kind}` : `vrrpSyncTracked${kind}`;
  // The index of interfaces is no column of its own, which moves the others by one.
  const first = kind === 'Interface' ? 1 : 2;
  return table<VrrpView, Tracker, Adjustment>({
    entry: entryOf(number),
    rows: (view) =>
      owners(view).flatMap((owner, i): Row<Tracker>[] => {
        const trackers = trackersOf[kind](owner, view);
        const settled = 'interface' in owner ? withoutWeights(view, owner, trackers) : trackers;
        return numbered(settled, [i + 1]);
      }),
    columns: [
      column(first, `${name}Name`, text, (t) => t.name),
      column(first + 1, `${name}Weight`, integer, (t) => t.weight),
      column(first + 2, `${name}WgtRev`, truth, (t) => t.reverse),
    ],
  });
}

const ofInstances = (view: VrrpView): readonly Owner[] => view.instances.map((vr) => vr.config);
const ofGroups = (view: VrrpView): readonly Owner[] => view.groups.map((group) => group.config);

const microseconds = (time: Duration | undefined): number | undefined => time;

interface ScriptRow {
  config: VrrpScriptConfig;
  /** undefined: it has not run yet. */
  up: boolean | undefined;
}

/** K.2.9: vrrpScriptTable. Compat: scripts that nobody tracks are not there. */
const scripts = table<VrrpView, ScriptRow, Adjustment>({
  entry: entryOf(9),
  rows: (view) => {
    const runs = new Map(view.status?.scripts.map(({ name, up }) => [name, up]));
    const used = new Set(view.plan.scripts.map(({ name }) => name));
    const shown = view.config.vrrp_script.filter(({ name }) => used.has(name));
    return numbered(shown.map((config) => ({ config, up: runs.get(config.name) })));
  },
  columns: [
    column(2, 'vrrpScriptName', text, (s) => s.config.name),
    column(3, 'vrrpScriptCommand', text, (s) => shownCommand(s.config.script)),
    column(4, 'vrrpScriptInterval', integer, (s) => Math.round(toSeconds(s.config.interval))),
    column(5, 'vrrpScriptWeight', integer, (s) => s.config.weight.weight),
    column(6, 'vrrpScriptResult', integer, ({ up }) => (up === undefined ? 1 : up ? 3 : 2)),
    column(7, 'vrrpScriptRise', gauge, (s) => s.config.rise),
    column(8, 'vrrpScriptFall', gauge, (s) => s.config.fall),
    column(9, 'vrrpScriptWgtRev', truth, (s) => s.config.weight.reverse),
    column(10, 'vrrpScriptPath', text, (s) => s.config.script.argv[0]),
    column(11, 'vrrpScriptIntervalUsec', gauge, (s) => microseconds(s.config.interval)),
    column(12, 'vrrpScriptTimeoutUsec', gauge, (s) =>
      microseconds(s.config.timeout ?? s.config.interval),
    ),
  ],
});

interface FileRow {
  config: TrackFileConfig;
  result: number;
}

/** K.2.13: vrrpFileTable. */
const files = table<VrrpView, FileRow, Adjustment>({
  entry: entryOf(13),
  rows: (view) => {
    const results = new Map(view.status?.files.map(({ name, value }) => [name, value]));
    const used = new Set(
      [...ofInstances(view), ...ofGroups(view)].flatMap((o) => o.track_file.map((t) => t.file)),
    );
    const shown = view.config.track_file.filter(({ name }) => used.has(name));
    return numbered(shown.map((config) => ({ config, result: results.get(config.name) ?? 0 })));
  },
  columns: [
    column(2, 'vrrpFileName', text, (f) => f.config.name),
    column(3, 'vrrpFilePath', text, (f) => f.config.file),
    column(4, 'vrrpFileResult', integer, (f) => f.result),
    column(5, 'vrrpFileWeight', integer, (f) => f.config.weight.weight),
    column(6, 'vrrpFileWgtRev', truth, (f) => f.config.weight.reverse),
  ],
});

interface ProcessRow {
  config: VrrpTrackProcessConfig;
  running: number;
  up: boolean;
}

/** How parameters are compared: none, exact, partial, initial. */
const PARAMETER_MATCH = { none: 0, exact: 1, partial: 2, initial: 3 } as const;

/** K.2.21: vrrpProcessTable. */
const processes = table<VrrpView, ProcessRow, Adjustment>({
  entry: entryOf(21),
  rows: (view) => {
    const known = new Map(view.status?.processes.map((one) => [one.name, one]));
    return numbered(
      view.config.vrrp_track_process.map((config): ProcessRow => {
        const status = known.get(config.name);
        return { config, running: status?.count ?? 0, up: status?.up ?? false };
      }),
    );
  },
  columns: [
    column(2, 'vrrpProcessName', text, (p) => p.config.name),
    column(3, 'vrrpProcessPath', text, (p) => p.config.process.name),
    column(4, 'vrrpProcessParams', text, (p) => p.config.process.parameters.join(' ')),
    column(5, 'vrrpProcessParamMatch', integer, ({ config }) => {
      if (config.param_match !== undefined) return PARAMETER_MATCH[config.param_match];
      return config.process.parameters.length > 0 ? PARAMETER_MATCH.exact : PARAMETER_MATCH.none;
    }),
    column(6, 'vrrpProcessWeight', integer, (p) => p.config.weight.weight),
    column(7, 'vrrpProcessWgtRev', truth, (p) => p.config.weight.reverse),
    column(8, 'vrrpProcessQuorum', gauge, (p) => p.config.quorum),
    // Compat: -1 where there is no maximum.
    column(9, 'vrrpProcessQuorumMax', integer, (p) => p.config.quorum_max ?? -1),
    column(10, 'vrrpProcessForkDelay', gauge, (p) => p.config.fork_delay ?? p.config.delay ?? 0),
    column(
      11,
      'vrrpProcessTerminateDelay',
      gauge,
      (p) => p.config.terminate_delay ?? p.config.delay ?? 0,
    ),
    column(12, 'vrrpProcessFullCommand', truth, (p) => p.config.full_command),
    column(13, 'vrrpProcessCurProc', integer, (p) => p.running),
    column(14, 'vrrpProcessResult', truth, (p) => p.up),
  ],
});

export const trackerTables: readonly AnyTable<VrrpView, Adjustment>[] = [
  trackerTable(4, 'Interface', ofInstances),
  trackerTable(5, 'Script', ofInstances),
  trackerTable(12, 'File', ofInstances),
  trackerTable(20, 'Process', ofInstances),
  trackerTable(14, 'Interface', ofGroups),
  trackerTable(15, 'Script', ofGroups),
  trackerTable(16, 'File', ofGroups),
  trackerTable(22, 'Process', ofGroups),
  scripts,
  files,
  processes,
];

import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { ssl } from '#checks/core/ssl-keywords.js';
import { virtualServer } from '#lvs/keywords/virtual-server.js';
import { virtualServerGroup } from '#lvs/keywords/virtual-server-group.js';
import { Collector } from '#src/config/collector.js';
import { dump } from '#src/config/dump.js';
import { globalDefs } from '#src/config/global-defs.js';
import { inOrder } from '#src/config/in-order.js';
import { laterBlock } from '#src/config/later.js';
import { Limits } from '#src/config/limits.js';
import { parseConfig } from '#src/config/load.js';
import type { Surroundings } from '#src/config/predefined.js';
import {
  type Block,
  block,
  type ConfigOf,
  keyword,
  nested,
  type PrintStyle,
  several,
} from '#src/config/schema.js';
import { type FileReader, Sources } from '#src/config/sources.js';
import { Tables } from '#src/config/table.js';
import { list } from '#src/config/values.js';
import { staticAddressLine } from '#vrrp/keywords/addresses.js';
import { vrrpInstance } from '#vrrp/keywords/vrrp-instance.js';
import { vrrpScript } from '#vrrp/keywords/vrrp-script.js';
import { vrrpSyncGroup } from '#vrrp/keywords/vrrp-sync-group.js';
import { rootScalars } from './root-scalars.js';

const LATER = 'it comes with a later version';

/** All that may stand at the outermost level of a keepalived.conf. */
export const root = block('', {
  doc: 'The outermost level.',
  keywords: {
    global_defs: nested(globalDefs).always(),
    vrrp_script: several(vrrpScript),
    vrrp_instance: several(vrrpInstance),
    virtual_server_group: virtualServerGroup,
    virtual_server: several(virtualServer),
    SSL: nested(ssl).replacedWithError(),

    ...rootScalars,
    linkbeat_interfaces: laterBlock('linkbeat_interfaces', 'Interfaces whose link is polled.'),
    interface_up_down_delays: laterBlock('interface_up_down_delays', 'Patience with links.'),
    vrrp_sync_group: several(vrrpSyncGroup).refused(
      'it comes with a later version; its instances change state one by one',
    ),
    garp_group: laterBlock('garp_group', 'Rate limits of gratuitous ARP.'),
    track_group: laterBlock('track_group', 'Instances that care for static addresses.'),
    static_ipaddress: keyword(
      list(staticAddressLine),
      'Addresses for the life of the daemon.',
    ).refused(LATER),
    static_routes: laterBlock('static_routes', 'Routes for the life of the daemon.'),
    static_rules: laterBlock('static_rules', 'Policy rules for the life of the daemon.'),
    vrrp_track_process: laterBlock('vrrp_track_process', 'A process that must run.'),
    track_file: laterBlock('track_file', 'A file whose number moves priorities.'),
    vrrp_track_file: laterBlock('vrrp_track_file', 'The former name of track_file.'),
    bfd_instance: laterBlock('bfd_instance', 'A BFD session.'),
  },
});

export type Config = ConfigOf<typeof root>;

export interface Loaded {
  config: Config;
  diagnostics: Diagnostic[];
  /** The text of each file read, to quote from. */
  texts: ReadonlyMap<string, string>;
}

export interface LoadOptions {
  files: FileReader;
  /** What may stand in a `real_server`: `checkerBlocks(await loadCheckers())`. */
  checkers: readonly Block[];
  /** What `@ID` and `${_...}` ask for; see `predefined.ts`. */
  surroundings?: Partial<Surroundings>;
  /** -e: every problem of an `include` is a mistake. */
  checksIncludes?: boolean;
}

const NOWHERE: Surroundings = { configId: '', environment: {}, random: () => 0 };

/** Reads a configuration: every mistake is in the diagnostics, and nothing is thrown. */
export function loadConfiguration(path: string, options: LoadOptions): Loaded {
  const collector = new Collector();
  const { report } = collector;
  const limits = new Limits(report);
  const sources = new Sources(path, options.files, {
    report,
    limits,
    surroundings: { ...NOWHERE, ...options.surroundings },
    checksIncludes: options.checksIncludes ?? false,
  });
  const config = parseConfig(sources, root, { report, limits, tables: tablesOf(options.checkers) });
  const { texts } = sources;
  return { config, diagnostics: inOrder(collector.all(), texts), texts };
}

/** The configuration in its normal form; see `dump`. */
export const dumpConfiguration = (
  config: Config,
  checkers: readonly Block[],
  style: PrintStyle = {},
): string => dump(root, config, tablesOf(checkers), style);

/** Tables are made once for a set of checkers: a reload and a dump need the same. */
export function tablesOf(checkers: readonly Block[]): Tables {
  const known = made.get(checkers) ?? new Tables({ checkers });
  made.set(checkers, known);
  return known;
}
const made = new WeakMap<readonly Block[], Tables>();

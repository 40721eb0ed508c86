import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { virtualServer } from '#lvs/keywords/virtual-server.js';
import { dump } from '#src/config/dump.js';
import { globalDefs } from '#src/config/global-defs.js';
import { inOrder } from '#src/config/in-order.js';
import { laterBlock } from '#src/config/later.js';
import { parseConfig } from '#src/config/load.js';
import {
  type Block,
  block,
  type ConfigOf,
  keyword,
  nested,
  type PrintStyle,
  several,
} from '#src/config/schema.js';
import { type FileReader, readSources } from '#src/config/sources.js';
import { Tables } from '#src/config/table.js';
import { flag, integer, list, word, words } from '#src/config/values.js';
import { staticAddressLine } from '#vrrp/keywords/addresses.js';
import { vrrpInstance } from '#vrrp/keywords/vrrp-instance.js';
import { vrrpScript } from '#vrrp/keywords/vrrp-script.js';
import { vrrpSyncGroup } from '#vrrp/keywords/vrrp-sync-group.js';

const NAMESPACES = 'namespaces come with a later version';
const LATER = 'it comes with a later version';

/** All that may stand at the outermost level of a keepalived.conf. */
export const root = block('', {
  doc: 'The outermost level.',
  keywords: {
    global_defs: nested(globalDefs).always(),
    vrrp_script: several(vrrpScript),
    vrrp_instance: several(vrrpInstance),
    virtual_server: several(virtualServer),

    net_namespace: keyword(word, 'Network namespace to run in.').onlyOnce().refused(NAMESPACES),
    net_namespace_ipvs: keyword(words(0, 1), 'Namespace of the IPVS table.').refused(NAMESPACES),
    namespace_with_ipsets: keyword(flag, 'Use ipsets in namespaces.').refused(NAMESPACES),
    use_pid_dir: keyword(flag, 'Keep pid files in a folder of their own.').refused(LATER),
    instance: keyword(word, 'Name of this daemon among several.').onlyOnce().refused(LATER),
    child_wait_time: keyword(integer(0, 4294967295), 'Patience at the end.').refused(LATER),
    linkbeat_use_polling: keyword(flag, 'Poll links.').refused('netlink tells of links'),
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
    SSL: laterBlock('SSL', 'Our side of TLS in SSL_GET.'),
    virtual_server_group: laterBlock('virtual_server_group', 'Addresses served as one.'),
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
}

/** Reads a configuration: every mistake is in the diagnostics, and nothing is thrown. */
export function loadConfiguration(path: string, options: LoadOptions): Loaded {
  const { lines, diagnostics, texts } = readSources(path, options.files);
  const parsed = parseConfig(lines, root, tablesOf(options.checkers));
  const all = inOrder([...diagnostics, ...parsed.diagnostics], texts);
  return { config: parsed.config, diagnostics: all, texts };
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

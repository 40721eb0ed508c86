import { isDeepStrictEqual } from 'node:util';
import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';
import type { IpvsCommand } from '@keepalived-ts/ipvs-netlink/command.js';
import type { DaemonState, SyncDaemon } from '@keepalived-ts/ipvs-netlink/daemon.js';
import type { SyncDaemonConfig } from '#src/config/global-defs/sync-daemon.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';

/** How connections are synchronised with other directors (ip_vs_sync.c). */
export interface SyncPlan {
  /** The network namespace whose IPVS it is, as in `IpvsPlan`. */
  namespace: string | undefined;
  /** The VRRP instance whose state tells the role; undefined: both roles at once. */
  follows: string | undefined;
  daemon: Omit<SyncDaemon, 'state'>;
}

/** The slice of the configuration that tells of synchronisation. */
export interface SyncConfig {
  global_defs: Pick<GlobalDefsConfig, 'lvs_sync_daemon'>;
  net_namespace_ipvs?: string | undefined;
  vrrp_instance: readonly Instance[];
}

interface Instance {
  name: string;
  lvs_sync_daemon_interface: string | undefined;
  at: Span;
}

/** What runs: the VRRP instances, and whether there are virtual servers to direct. */
export interface SyncParts {
  instances: readonly { name: string; vrid: number }[];
  services: boolean;
}

/**
 * What is configured of synchronisation: `lvs_sync_daemon`, or else what the first instance says.
 *
 * Compat: the sync id of an instance that says so itself is 0, not its VRID.
 */
export function syncSettings(config: SyncConfig): Omit<SyncDaemonConfig, 'at'> | undefined {
  const { lvs_sync_daemon } = config.global_defs;
  if (lvs_sync_daemon) return lvs_sync_daemon;
  const [vr] = sayingSo(config);
  if (vr?.lvs_sync_daemon_interface === undefined) return undefined;
  const none = { maxlen: undefined, port: undefined, ttl: undefined, group: undefined };
  return { interface: vr.lvs_sync_daemon_interface, inst: vr.name, id: 0, ...none };
}

const sayingSo = ({ vrrp_instance }: SyncConfig): Instance[] =>
  vrrp_instance.filter((vr) => vr.lvs_sync_daemon_interface !== undefined);

/** What is to be done of it; undefined without a part that it belongs to. */
export function planSync(
  config: SyncConfig,
  { instances, services }: SyncParts,
  report: Report,
): SyncPlan | undefined {
  const settings = syncSettings(config);
  if (settings === undefined) return undefined;
  const { inst: follows, id, maxlen: maxLength, ...rest } = settings;
  const global = config.global_defs.lvs_sync_daemon;
  for (const { name, at } of global ? sayingSo(config) : sayingSo(config).slice(1)) {
    const former = `${settings.interface} ${follows ?? ''}`.trimEnd();
    const message = `(${name}) lvs_sync_daemon has already been specified as ${former} - ignoring`;
    report({ severity: 'error', class: 'general', message, at });
  }
  const leader = instances.find(({ name }) => name === follows);
  if (follows === undefined ? !services : leader === undefined) return undefined;
  const { interface: on, group, port, ttl } = rest;
  const daemon = { interface: on, syncId: id ?? leader?.vrid ?? 0, maxLength, group, port, ttl };
  return { namespace: config.net_namespace_ipvs, follows, daemon };
}

/** The roles of states that last; others tell of an event, or that the instance has gone. */
const ROLES: Readonly<Record<string, DaemonState>> = {
  MASTER: 'master',
  BACKUP: 'backup',
  FAULT: 'backup',
};

/** The role that an instance has in this state; undefined: it says nothing about it. */
export const roleOf = (state: string): DaemonState | undefined => ROLES[state];

/** The daemons that should run, where the followed instance has this role if any yet. */
export function wantedDaemons(
  plan: SyncPlan | undefined,
  roles: ReadonlyMap<string, DaemonState>,
): SyncDaemon[] {
  if (plan === undefined) return [];
  const { follows, daemon } = plan;
  if (follows === undefined) return [master(daemon), backup(daemon)];
  const role = roles.get(follows);
  return role === undefined ? [] : [{ ...daemon, state: role }];
}

const master = (daemon: SyncPlan['daemon']): SyncDaemon => ({ ...daemon, state: 'master' });
const backup = (daemon: SyncPlan['daemon']): SyncDaemon => ({ ...daemon, state: 'backup' });

/** What leads from the daemons that run to those that should. One has to go before another comes. */
export function syncCommands(
  running: readonly SyncDaemon[],
  wanted: readonly SyncDaemon[],
): IpvsCommand[] {
  const has = (some: readonly SyncDaemon[], one: SyncDaemon): boolean =>
    some.some((other) => isDeepStrictEqual(other, one));
  return [
    ...running
      .filter((daemon) => !has(wanted, daemon))
      .map(({ state }): IpvsCommand => ({ do: 'stop-daemon', state })),
    ...wanted
      .filter((daemon) => !has(running, daemon))
      .map((daemon): IpvsCommand => ({ do: 'start-daemon', daemon })),
  ];
}

/** Whether a daemon that is there is what a run of ours left that did not end well. */
export const isLeftover = ({ daemon }: SyncPlan, found: SyncDaemon): boolean =>
  found.interface === daemon.interface && found.syncId === daemon.syncId;

import { type Duration, toSeconds } from '@keepalived-ts/base/time.js';
import type { VrrpCounter } from '../counters.js';
import { stateNumber } from '../mib/oids.js';
import { type InstanceView, shownCommand, type VrrpView } from '../mib/view.js';
import { authTypeOf } from '../wire/authentication.js';
import { addressLine, routeLine, ruleLine } from './lines.js';

/**
 * The JSON dump, with keepalived's field names (reference §6).
 *
 * Differs: a password is never shown, which keepalived before 2.4 did.
 */
export function jsonText(view: VrrpView, epoch: number, version: number): string {
  const instances = view.instances.map((vr) => ({
    data: dataOf(vr, view, epoch),
    stats: statsOf(vr),
  }));
  const processes = processesOf(view);
  const whole =
    version === 1
      ? instances
      : { vrrp: instances, ...(processes.length > 0 && { track_process: processes }) };
  // Compat: a slash is escaped, as some parsers of embedded scripts want it.
  return JSON.stringify(whole).replaceAll('/', '\\/');
}

const flag = (value: boolean): 0 | 1 => (value ? 1 : 0);
const list = (name: string, items: readonly string[]): Record<string, readonly string[]> =>
  items.length > 0 ? { [name]: items } : {};
const whole = (time: Duration): number => Math.floor(toSeconds(time));

/** Scripts that are set, in keepalived's words. */
function scriptsOf({ config }: InstanceView): Record<string, string> {
  const deleted = config.notify_deleted;
  const scripts = {
    script_backup: config.notify_backup,
    script_master: config.notify_master,
    script_fault: config.notify_fault,
    script_stop: config.notify_stop,
    script_deleted: deleted === 'no-script' ? undefined : deleted,
    script: config.notify,
    script_master_rx_lower_pri: config.notify_master_rx_lower_pri,
  };
  return Object.fromEntries(
    Object.entries(scripts).flatMap(([name, script]) =>
      script ? [[name, shownCommand(script)]] : [],
    ),
  );
}

/** Compat: scripts are told by their command, other trackers by their name. */
const trackedCommands = ({ config: { track_script } }: InstanceView, { config }: VrrpView) =>
  track_script.flatMap(({ script }) => {
    const block = config.vrrp_script.find(({ name }) => name === script);
    return block ? [shownCommand(block.script)] : [];
  });

/** `epoch`: what to add to an instant of our clock for microseconds since 1970. */
function dataOf(vr: InstanceView, view: VrrpView, epoch: number): Record<string, unknown> {
  const { config, plan, kind, status } = vr;
  const isSet = status?.addressesSet ?? false;
  const priority = status?.basePriority ?? plan.priority;
  const { garp } = plan;
  return {
    iname: config.name,
    dont_track_primary: flag(config.dont_track_primary),
    skip_check_adv_addr: flag(plan.skipCheckAdvAddr),
    strict_mode: flag(kind.strict),
    vmac_ifname: plan.vmac?.name ?? '',
    ifp_ifname: plan.vmac?.name ?? plan.interface,
    master_priority: status?.master?.priority ?? 0,
    last_transition: ((status?.since ?? 0) + epoch) / 1e6,
    garp_delay: toSeconds(garp.delay),
    garp_refresh: whole(garp.refresh),
    garp_rep: garp.repeat,
    garp_refresh_rep: garp.refreshRepeat,
    garp_lower_prio_delay: whole(garp.lowerPrioDelay),
    garp_lower_prio_rep: garp.lowerPrioRepeat,
    lower_prio_no_advert: flag(plan.lowerPrioNoAdvert),
    higher_prio_send_advert: flag(plan.higherPrioSendAdvert),
    vrid: plan.vrid,
    base_priority: priority,
    effective_priority: status?.priority ?? priority,
    vipset: isSet,
    promote_secondaries: config.promote_secondaries,
    adver_int: toSeconds(plan.advertInterval),
    master_adver_int: toSeconds(plan.advertInterval),
    accept: flag(plan.accept),
    nopreempt: status?.nopreempt ?? plan.nopreempt,
    preempt_delay: whole(plan.preemptDelay),
    state: stateNumber(status?.state),
    wantstate: stateNumber(status?.wanted),
    version: kind.version,
    ...scriptsOf(vr),
    smtp_alert: vr.sendsMail,
    notify_deleted: config.notify_deleted !== undefined,
    ...list(
      'vips',
      plan.vips.map((vip) => addressLine(vip, isSet)),
    ),
    ...list(
      'evips',
      plan.excluded.map((vip) => addressLine(vip, isSet)),
    ),
    ...list('vroutes', config.virtual_routes.map(routeLine)),
    ...list('vrules', config.virtual_rules.map(ruleLine)),
    ...list(
      'track_ifp',
      config.track_interface.map((track) => track.interface),
    ),
    ...list('track_script', trackedCommands(vr, view)),
    ...list(
      'track_process',
      config.track_process.map((track) => track.process),
    ),
    auth_type: authTypeOf(plan.authentication),
    ...(authTypeOf(plan.authentication) !== 0 && { auth_data: '********' }),
  };
}

/** The names of all counters, which are those of keepalived (reference §6). */
const STATISTICS: readonly VrrpCounter[] = [
  'advert_rcvd',
  'advert_sent',
  'become_master',
  'release_master',
  'packet_len_err',
  'advert_interval_err',
  'ip_ttl_err',
  'invalid_type_rcvd',
  'addr_list_err',
  'invalid_authtype',
  'authtype_mismatch',
  'auth_failure',
  'auth_ext_missing',
  'auth_ext_malformed',
  'auth_ext_unknown_key',
  'auth_ext_invalid_hmac',
  'auth_ext_stale',
  'auth_ext_replay',
  'pri_zero_rcvd',
  'pri_zero_sent',
];

const statsOf = ({ counts }: InstanceView): Record<string, number> =>
  Object.fromEntries(STATISTICS.map((name) => [name, counts[name] ?? 0]));

function processesOf({ config, status }: VrrpView): Record<string, unknown>[] {
  const known = new Map(status?.processes.map((one) => [one.name, one]));
  return config.vrrp_track_process.map((block) => {
    const { name, parameters } = block.process;
    const found = known.get(block.name);
    return {
      process: name,
      ...(parameters.length > 0 && { parameters: parameters.join(' ') }),
      param_match: block.param_match ?? (parameters.length > 0 ? 'exact' : 'none'),
      min_processes: block.quorum,
      ...(block.quorum_max !== undefined && { max_processes: block.quorum_max }),
      current_processes: found?.count ?? 0,
      have_quorum: found?.up ?? false,
      weight: block.weight.weight,
      terminate_delay: toSeconds(block.terminate_delay ?? block.delay ?? NO_TIME),
      fork_delay: toSeconds(block.fork_delay ?? block.delay ?? NO_TIME),
      fork_delay_timer_running: false,
      terminate_delay_timer_running: false,
      full_command: block.full_command,
    };
  });
}
const NO_TIME = 0 as Duration;

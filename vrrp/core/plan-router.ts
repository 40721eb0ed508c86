import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { familyOf, type IpAddress } from '@keepalived-ts/base/ip.js';
import { type Duration, seconds, toSeconds } from '@keepalived-ts/base/time.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import { placeOf } from '#src/config/places.js';
import type { VirtualRule } from '../keywords/rule-line.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import { planAuthentication } from './plan-authentication.js';
import { garpOf } from './plan-garp.js';
import type { Membership } from './plan-groups.js';
import { type Kind, STRICT_DOWN_TIMER } from './plan-kind.js';
import { adjust } from './plan-report.js';
import { planRoute } from './plan-routes.js';
import { planRule } from './plan-rules.js';
import { tracksOf, type Wishes } from './plan-tracks.js';
import { checksumOf, sourceOf, unicastOf } from './plan-unicast.js';
import { planVips } from './plan-vips.js';
import { type PlanVmacs, xmitsBase } from './plan-vmacs.js';
import { roomOf } from './receive-room.js';
import { OWNER } from './router.js';
import type { RouterPlan } from './types.js';

/** What an instance depends on, found out from other blocks. */
export interface Trackers {
  own: Wishes;
  group: Membership | undefined;
  /** Interfaces of static entries, by `track_group`. */
  minded: readonly string[];
}

/** What no two instances get twice. */
export interface Shared {
  preferenceOf(line: VirtualRule): number;
  planVmacs: PlanVmacs;
}

/** An instance with everything derived that its lines and the globals leave open (reference §3). */
export function planRouter(
  vr: VrrpInstanceConfig,
  kind: Kind,
  globals: GlobalDefsConfig,
  { own, group, minded }: Trackers,
  { preferenceOf, planVmacs }: Shared,
  report: Report,
): RouterPlan {
  const { priority, isOwner, strict } = kind;
  const advertInterval = intervalOf(vr, kind, report);
  const authentication = planAuthentication(vr, kind, advertInterval, report);
  const isAh = authentication?.type === 'AH';
  const wanted = wantedOf(vr, kind, { group, isAh }, report);
  const nopreempt = nopreemptOf(vr, priority, wanted, report);
  const { vmac, addressVmacs, placeOf } = planVmacs(vr, kind);
  const { vips, excluded } = planVips(vr, kind, placeOf, report);
  const grouped = group?.allowsWeights === false ? 'SYNC group' : undefined;
  const weightless = isOwner ? 'address_owner' : grouped;
  const routes = vr.virtual_routes.map(planRoute);
  const rules = vr.virtual_rules.map((line) => planRule(line, preferenceOf));
  const possessions = { vips: [...vips, ...excluded], routes, rules };
  const tracks = tracksOf(
    vr,
    own,
    { group: group?.wishes, vmac: vmac?.name, possessions, minded, weightless },
    report,
  );
  return {
    name: vr.name,
    family: kind.family,
    version: kind.version,
    interface: vr.interface,
    vmac,
    xmitBase: xmitsBase(vr, kind),
    addressVmacs,
    vrf: vr.interface === undefined ? vr.vrf : undefined,
    vrid: vr.virtual_router_id,
    priority,
    wanted,
    grouped: group !== undefined,
    tellsPriority:
      vr.notify_priority_changes ??
      group?.tellsPriority ??
      globals.vrrp_notify_priority_changes ??
      false,
    // Compat: a removed instance is told of as FAULT, unless it is asked for.
    farewell: vr.notify_deleted === undefined ? 'FAULT' : 'DELETED',
    nopreempt,
    preemptDelay: preemptDelayOf(vr, kind, nopreempt, report),
    source: sourceOf(vr, kind),
    group: groupOf(vr, kind, globals, report),
    unicast: unicastOf(vr, kind, globals),
    checksum: checksumOf(vr, kind, globals),
    advertInterval,
    downTimerAdverts: strict
      ? STRICT_DOWN_TIMER
      : (vr.down_timer_adverts ?? globals.vrrp_down_timer_adverts),
    authentication,
    vips,
    excluded,
    routes,
    rules,
    interfaces: tracks.interface,
    scripts: tracks.script,
    files: tracks.file,
    processes: tracks.process,
    garp: garpOf(vr, kind, globals),
    lowerPrioNoAdvert: strict || (vr.lower_prio_no_advert ?? globals.vrrp_lower_prio_no_advert),
    higherPrioSendAdvert:
      !strict && (vr.higher_prio_send_advert ?? globals.vrrp_higher_prio_send_advert),
    // Compat: any argument of the instance's keyword, `off` too, switches it on.
    skipCheckAdvAddr:
      vr.skip_check_adv_addr !== undefined || globals.vrrp_skip_check_adv_addr === true,
    accept: acceptOf(vr, kind),
    // Compat: only an owner can say so, and never that it does listen.
    ownerIgnoresAdverts:
      isOwner &&
      (strict || (vr.owner_ignore_adverts ?? globals.vrrp_owner_ignore_adverts ?? false)),
    tracksSource: vr.track_src_ip,
    receiveRoom: roomOf(vr, kind, vips.length, globals),
    latePriority: latenessOf(vr, nopreempt, report),
  };
}

function wantedOf(
  vr: VrrpInstanceConfig,
  { wanted, isOwner }: Kind,
  { group, isAh }: { group: Membership | undefined; isAh: boolean },
  report: Report,
): Kind['wanted'] {
  // Members of a group lead together: an owner among others waits as they do.
  if (group && !group.leadsAtOnce && isOwner) return 'BACKUP';
  if (!isAh || isOwner || wanted === 'BACKUP') return wanted;
  // Sequence numbers go on from those of the master before, who must have been heard.
  const message = `(${vr.name}) Initial state master is incompatible with AH authentication - clearing`;
  adjust(report, message, { at: placeOf(vr, 'state') });
  return 'BACKUP';
}

/** Owners always do (RFC 9568 §6.1). Compat: in strict mode version 2 has no such choice. */
function acceptOf({ accept, no_accept }: VrrpInstanceConfig, kind: Kind): boolean {
  if (kind.isOwner) return true;
  if (kind.strict) return accept === true && kind.version === 3;
  return !no_accept;
}

/** Who preempts takes over again as soon as it is awake. */
function latenessOf(
  { name, at, timer_expired_backup: priority }: VrrpInstanceConfig,
  nopreempt: boolean,
  report: Report,
): number | undefined {
  if (priority === undefined || nopreempt) return priority;
  const message = `(${name}) timer_expired_backup needs nopreempt. resetting`;
  adjust(report, message, { at, severity: 'warning' });
  return undefined;
}

function nopreemptOf(
  vr: VrrpInstanceConfig,
  priority: number,
  wanted: RouterPlan['wanted'],
  report: Report,
): boolean {
  if (!vr.nopreempt || vr.preempt) return false;
  const { at } = vr;
  if (priority === OWNER) {
    const message = `(${vr.name}) nopreempt is incompatible with priority 255. resetting nopreempt`;
    adjust(report, message, { at, code: 'nopreempt-cleared' });
    return false;
  }
  if (wanted === 'MASTER') {
    adjust(
      report,
      `(${vr.name}) Warning - nopreempt will not work with initial state MASTER - clearing`,
      { at, severity: 'warning', code: 'nopreempt-cleared' },
    );
    return false;
  }
  return true;
}

function preemptDelayOf(
  vr: VrrpInstanceConfig,
  { wanted, strict }: Kind,
  nopreempt: boolean,
  report: Report,
): Duration {
  const { at, preempt_delay: delay } = vr;
  if (delay === 0) return delay;
  if (wanted === 'MASTER') {
    adjust(
      report,
      `(${vr.name}) Warning - preempt delay will not work with initial state MASTER - clearing`,
      { at, severity: 'warning', code: 'preempt-delay-cleared' },
    );
    return seconds(0);
  }
  const modes = [...(strict ? ['strict mode'] : []), ...(nopreempt ? ['nopreempt mode'] : [])];
  for (const mode of modes) {
    const message = `(${vr.name}) preempt_delay is incompatible with ${mode} - resetting`;
    adjust(report, message, { at, code: 'preempt-delay-cleared' });
  }
  return modes.length > 0 ? seconds(0) : delay;
}

function groupOf(
  vr: VrrpInstanceConfig,
  { family }: Kind,
  globals: GlobalDefsConfig,
  report: Report,
): IpAddress {
  const own = vr.mcast_dst_ip;
  const usual = family === 4 ? globals.vrrp_mcast_group4 : globals.vrrp_mcast_group6;
  if (own === undefined) return usual;
  if (familyOf(own) === family) return own;
  const message = `(${vr.name}) mcast dest address ${own} MUST match VRRP instance family. Skipping...`;
  adjust(report, message, { at: vr.at });
  return usual;
}

/** VRRPv2 counts whole seconds; VRRPv3 hundredths, of which 12 bits hold 40.95 s at most. */
function intervalOf(vr: VrrpInstanceConfig, { version }: Kind, report: Report): Duration {
  const wish = toSeconds(vr.advert_int);
  if (version === 3) {
    if (wish <= LONGEST_V3) return seconds(Math.max(Math.round(wish * 100), 1) / 100);
    adjust(
      report,
      `(${vr.name}) VRRPv3 advertisement interval ${wish.toFixed(2)}s is out of range. ` +
        'Must be less than 40.96s. Setting to 40.95s',
      { at: vr.at },
    );
    return seconds(LONGEST_V3);
  }
  const whole = Math.max(Math.round(wish), 1);
  if (whole !== wish) {
    adjust(
      report,
      `(${vr.name}) VRRPv2 advertisement interval ${wish.toFixed(6)}s must be an integer. rounding`,
      { at: vr.at },
    );
  }
  return seconds(whole);
}

const LONGEST_V3 = 40.95;

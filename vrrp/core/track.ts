import { invariant } from '@keepalived-ts/base/invariant.js';
import { familyOf, type IpAddress, isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import { lostKey } from './authentication.js';
import { deviceOf, ownInterfaces } from './ports.js';
import type { Process } from './process.js';
import { type Cause, OWNER } from './router.js';
import { isUp, type Script } from './script.js';
import type { Link, RouterPlan, Track } from './types.js';

/** What the interfaces and scripts of this moment mean for one router. */
export interface Conditions {
  /** undefined: an owner's, which trackers don't move. */
  priority: number | undefined;
  causes: readonly Cause[];
  source: IpAddress | undefined;
  linkUp: boolean;
}

/** The surroundings of a router. */
export interface Surroundings {
  links: ReadonlyMap<string, Link>;
  scripts: ReadonlyMap<string, Script>;
  /** Numbers of tracked files. */
  files: ReadonlyMap<string, number>;
  processes: ReadonlyMap<string, Process>;
  /** Every VIP of every router: such an address is never a source of adverts. */
  vips: ReadonlySet<IpAddress>;
}

/**
 * Priority and faults of a router, as a function of what surrounds it (reference §7).
 *
 * | tracker | weight 0 | weight > 0 | weight < 0 |
 * | --- | --- | --- | --- |
 * | interface | down is a FAULT | added while up | added while down |
 * | script | failed is a FAULT | added while OK | added while failed |
 * | process | no quorum is a FAULT | added with a quorum | added without |
 * | file | another number than 0 is a FAULT | times the number | times the number |
 *
 * `reverse` turns the sense of weight 0 and the sign of the others. A script that has not run yet
 * adds nothing, and with weight 0 it keeps the router waiting.
 */
export function conditions(plan: RouterPlan, around: Surroundings): Conditions {
  const causes: Cause[] = [];
  let total = plan.priority;
  const own = ownInterfaces(plan);
  const linkUp = own.every((name) => around.links.get(name)?.up === true);
  for (const track of plan.interfaces) {
    const up = around.links.get(track.name)?.up === true;
    if (track.weight !== 0) total += contribution(track, up);
    else if (up === track.reverse) causes.push(`interface ${track.name}`);
  }
  const source = sourceOf(plan, around);
  const isExplained = own.some((name) => causes.includes(`interface ${name}`));
  if (source === undefined && !isExplained) causes.push('no address');
  if (plan.unicast?.peers.length === 0) causes.push('no peers');
  const key = lostKey(plan.authentication);
  if (key !== undefined) causes.push(`key ${key}`);
  for (const track of plan.scripts) {
    const script = around.scripts.get(track.name);
    invariant(script, `script ${track.name} is in no plan`);
    const up = isUp(script);
    if (track.weight === 0) {
      if (up === undefined) causes.push(`awaiting ${track.name}`);
      else if (up === track.reverse) causes.push(`script ${track.name}`);
    } else if (up !== undefined) {
      total += contribution(track, up);
    }
  }
  for (const track of plan.files) {
    const sum = fileEffect(track, around.files.get(track.name) ?? 0);
    if (sum === 'fault') causes.push(`file ${track.name}`);
    else total += sum;
  }
  for (const track of plan.processes) {
    const up = around.processes.get(track.name)?.up === true;
    if (track.weight !== 0) total += contribution(track, up);
    else if (up === track.reverse) causes.push(`process ${track.name}`);
  }
  const priority = plan.priority === OWNER ? undefined : Math.min(Math.max(total, 1), OWNER - 1);
  return { priority, causes, source, linkUp };
}

/** Compat: so much is lost that it is a FAULT. */
const FATAL = -254;
const MOST = 253;

/** What the number in a file does to a priority. */
function fileEffect({ weight, reverse }: Track, value: number): number | 'fault' {
  if (weight === 0) return (value !== 0) === reverse ? 0 : 'fault';
  const sum = Math.min(Math.max(value * (reverse ? -weight : weight), FATAL), MOST);
  return sum === FATAL ? 'fault' : sum;
}

function contribution(track: { weight: number; reverse: boolean }, up: boolean): number {
  const counts = track.weight > 0 ? up : !up;
  return counts ? (track.reverse ? -track.weight : track.weight) : 0;
}

/**
 * The configured source, with `track_src_ip` only if its interface has it; or the first address of
 * the interface that is nobody's VIP. IPv6 adverts come from link-local addresses (RFC 9568
 * §5.1.2.1). An ipvlan has an address of its own, a virtual MAC over IPv6 only.
 */
function sourceOf(plan: RouterPlan, around: Surroundings): IpAddress | undefined {
  if (plan.interface === undefined) return plan.source;
  const isOfBase = plan.family === 4 && plan.vmac?.ipvlan === undefined;
  const where = isOfBase ? plan.interface : (deviceOf(plan) ?? plan.interface);
  const addresses = around.links.get(where)?.addresses ?? [];
  if (plan.source !== undefined) {
    const isThere = addresses.some(({ address }) => address === plan.source);
    return isThere || !plan.tracksSource ? plan.source : undefined;
  }
  const fits = plan.family === 4 ? (a: IpAddress) => familyOf(a) === 4 : isLinkLocal6;
  return addresses.find(({ address }) => fits(address) && !around.vips.has(address))?.address;
}

import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { familyOf } from '@keepalived-ts/base/ip.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import { endOf, placeOf } from '#src/config/places.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { Kind } from './plan-kind.js';
import { adjust } from './plan-report.js';
import { sourceOf } from './plan-unicast.js';
import type { PlannedVmac } from './planned.js';
import { freeVmacName } from './vmac-names.js';

const USUAL_STEM = 'vrrp';
/** RFC 9568 §7.3, less the VRID. */
const RANGES = { 4: '00005e0001', 6: '00005e0002' } as const;
const OCTETS = 6;

/** Plans the virtual MACs of instances one after the other. */
export type PlanVmac = (vr: VrrpInstanceConfig, kind: Kind) => PlannedVmac | undefined;

/** Names that somebody chose are taken before any is made up; of two alike the first stands. */
export function vmacPlanner(
  instances: readonly VrrpInstanceConfig[],
  globals: GlobalDefsConfig,
  report: Report,
): PlanVmac {
  const chosen = new Map<string, VrrpInstanceConfig>();
  for (const vr of instances) {
    const name = vr.use_vmac?.name;
    if (name === undefined) continue;
    const other = chosen.get(name);
    if (!other) chosen.set(name, vr);
    else {
      const message = `(${vr.name}) VRRP instance ${other.name} is already using ${name} - ignoring name`;
      adjust(report, message, { at: placeOf(vr, 'use_vmac'), ofBlock: false });
    }
  }
  const taken = new Set(chosen.keys());
  const stem = globals.vmac_prefix ?? USUAL_STEM;
  return (vr, kind) => {
    const { interface: base, use_vmac: wish } = vr;
    if (!wish || base === undefined) return undefined;
    const { family } = kind;
    const isNameGiven = wish.name !== undefined && chosen.get(wish.name) === vr;
    const naming = { stem, vrid: vr.virtual_router_id, family };
    const name =
      isNameGiven && wish.name ? wish.name : freeVmacName(naming, (one) => taken.has(one));
    taken.add(name);
    const addresses = [...vr.virtual_ipaddress, ...vr.virtual_ipaddress_excluded];
    return {
      name,
      stem,
      isNameGiven,
      base,
      mac: macOf(vr, kind),
      family,
      hasIpv6: addresses.some(({ address }) => familyOf(address) === 6),
      sends: !xmitsBase(vr, kind),
      source: sourceOf(vr, kind),
      group: wish.group,
    };
  };
}

function macOf(vr: VrrpInstanceConfig, { family, strict }: Kind): string {
  const last = vr.virtual_router_id.toString(16).padStart(2, '0');
  const chosen = strict ? undefined : vr.use_vmac?.mac?.split(':');
  if (!chosen) return `${RANGES[family]}${last}`;
  return [...chosen, ...(chosen.length < OCTETS ? [last] : [])].join('');
}

/** Whether adverts go by the base interface; to peers they do in any case. */
export const xmitsBase = (vr: VrrpInstanceConfig, { isUnicast }: Kind): boolean =>
  vr.use_vmac !== undefined && (vr.vmac_xmit_base || isUnicast);

/** What does not go together with a virtual MAC, or does not go without one. */
export function checkVmac(vr: VrrpInstanceConfig, kind: Kind, report: Report): void {
  const { name, at } = vr;
  if (!vr.use_vmac) {
    if (vr.vmac_xmit_base) {
      adjust(report, `(${name}) vmac_xmit_base is only valid with a vmac`, { at });
    }
    return;
  }
  if (vr.promote_secondaries) {
    const message = `(${name}) promote_secondaries is automatically set for vmacs - ignoring`;
    adjust(report, message, { at });
  }
  if (vr.use_vmac.mac !== undefined && kind.strict) {
    const message = `(${name}): cannot specify MAC address with strict mode - clearing`;
    adjust(report, message, { at });
  }
  if (!kind.isUnicast) return;
  if (vr.interface === undefined) {
    const message = `(${name}): Cannot use VMAC/ipvlan with unicast and no interface - clearing use_vmac`;
    adjust(report, message, { at: endOf(vr), ofBlock: false });
  } else if (!vr.vmac_xmit_base) {
    const message = `(${name}) unicast with use_vmac requires vmac_xmit_base - setting`;
    adjust(report, message, { at: endOf(vr), ofBlock: false });
  }
}

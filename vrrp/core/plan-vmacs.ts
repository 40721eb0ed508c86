import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { familyOf, fullLength, type IpFamily } from '@keepalived-ts/base/ip.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import { endOf, placeOf } from '#src/config/places.js';
import type { VipLine } from '../keywords/addresses.js';
import type { UseIpvlan } from '../keywords/vmac-lines.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { Kind } from './plan-kind.js';
import { adjust } from './plan-report.js';
import { sourceOf } from './plan-unicast.js';
import type { PlannedIpvlan, PlannedVmac } from './planned.js';
import type { Vip } from './types.js';
import { freeVmacName, type VmacNaming } from './vmac-names.js';

const USUAL_STEM = 'vrrp';
/** RFC 9568 §7.3, less the VRID. */
const RANGES = { 4: '00005e0001', 6: '00005e0002' } as const;
const OCTETS = 6;
/** IPVLAN_F_* of <linux/if_link.h>. */
const IPVLAN_F_PRIVATE = 1;
const IPVLAN_F_VEPA = 2;

/** Where an address goes. */
export type VipPlace = Pick<Vip, 'interface' | 'base' | 'usesVmac'>;
export type PlaceVip = (line: VipLine) => VipPlace | undefined;

/** The interfaces of an instance, its own one first, and which addresses go upon them. */
export interface VmacsOfRouter {
  vmac: PlannedVmac | undefined;
  addressVmacs: readonly PlannedVmac[];
  placeOf: PlaceVip;
}

/** Plans the virtual MACs of instances one after the other. */
export type PlanVmacs = (vr: VrrpInstanceConfig, kind: Kind) => VmacsOfRouter;

/** Names that somebody chose are taken before any is made up; of two alike the first stands. */
export function vmacPlanner(
  instances: readonly VrrpInstanceConfig[],
  globals: GlobalDefsConfig,
  report: Report,
): PlanVmacs {
  const chosen = new Map<string, VrrpInstanceConfig>();
  for (const vr of instances) {
    const name = wishOf(vr)?.name;
    if (name === undefined) continue;
    const other = chosen.get(name);
    if (!other) chosen.set(name, vr);
    else {
      const message = `(${vr.name}) VRRP instance ${other.name} is already using ${name} - ignoring name`;
      const at = placeOf(vr, vr.use_ipvlan ? 'use_ipvlan' : 'use_vmac');
      adjust(report, message, { at, ofBlock: false });
    }
  }
  const taken = new Set(chosen.keys());
  const usualStem = globals.vmac_prefix ?? USUAL_STEM;

  const named = (naming: VmacNaming, given: string | undefined) => {
    const name = given ?? freeVmacName(naming, (one) => taken.has(one));
    taken.add(name);
    return { name, stem: naming.stem, isNameGiven: given !== undefined };
  };
  const ownOf = (vr: VrrpInstanceConfig, kind: Kind): PlannedVmac | undefined => {
    const { interface: base, use_ipvlan: line } = vr;
    const wish = wishOf(vr);
    if (!wish || base === undefined) return undefined;
    const { family } = kind;
    const given = chosen.get(wish.name ?? '') === vr ? wish.name : undefined;
    return {
      ...named({ stem: usualStem, vrid: vr.virtual_router_id, family }, given),
      base,
      mac: line ? '' : macOf(vr, kind, family),
      ipvlan: line && { flags: flagsOf(line), address: addressOf(vr, kind) },
      family,
      hasIpv6: line ? family === 6 : linesOf(vr).some(({ address }) => familyOf(address) === 6),
      sends: !xmitsBase(vr, kind),
      source: sourceOf(vr, kind),
      group: wish.group,
    };
  };
  const addressVmac = (
    vr: VrrpInstanceConfig,
    kind: Kind,
    { base, family }: { base: string; family: IpFamily },
  ): PlannedVmac => ({
    ...named(
      {
        stem: globals.vmac_addr_prefix ?? usualStem,
        vrid: vr.virtual_router_id,
        family,
      },
      undefined,
    ),
    base,
    mac: macOf(vr, kind, family),
    ipvlan: undefined,
    family,
    hasIpv6: family === 6,
    sends: false,
    source: undefined,
    group: undefined,
  });
  return (vr, kind) => {
    const vmac = ownOf(vr, kind);
    // Compat: what a master has goes not upon its ipvlan, but upon the base.
    const all = vmac && !vmac.ipvlan ? [vmac] : [];
    for (const line of linesOf(vr)) {
      const [base, family] = [line.dev ?? vr.interface, familyOf(line.address)];
      if (base === undefined || !wantsVmac(vr, line)) continue;
      if (all.some((one) => one.base === base && one.family === family)) continue;
      all.push(addressVmac(vr, kind, { base, family }));
    }
    return {
      vmac,
      addressVmacs: all.filter((one) => one !== vmac),
      placeOf: (line) => {
        const base = line.dev ?? vr.interface;
        const found = all.find((o) => o.base === base && o.family === familyOf(line.address));
        const isUpon = wantsVmac(vr, line) || (line.dev === undefined && found === vmac);
        if (found && isUpon) {
          const usesVmac = line.use_vmac && !isRedundant(vr, line);
          return { interface: found.name, base: found.base, ...(usesVmac && { usesVmac }) };
        }
        return base === undefined ? undefined : { interface: base };
      },
    };
  };
}

/** Compat: of both keywords, an ipvlan it is. */
const wishOf = (vr: VrrpInstanceConfig) => vr.use_ipvlan ?? vr.use_vmac;

const flagsOf = ({ private: isPrivate, vepa }: UseIpvlan): number =>
  isPrivate ? IPVLAN_F_PRIVATE : vepa ? IPVLAN_F_VEPA : 0;

/** What an ipvlan has to speak with. */
function addressOf(vr: VrrpInstanceConfig, kind: Kind): PlannedIpvlan['address'] {
  const line = vr.use_ipvlan?.address;
  if (line !== undefined) return { ip: line.address, prefix: line.prefix };
  const source = sourceOf(vr, kind);
  return source && { ip: source, prefix: fullLength(source) };
}

const linesOf = (vr: VrrpInstanceConfig): readonly VipLine[] => [
  ...vr.virtual_ipaddress,
  ...vr.virtual_ipaddress_excluded,
];

const isElsewhere = (vr: VrrpInstanceConfig, { dev }: VipLine): boolean =>
  dev !== undefined && dev !== vr.interface;

/** Whether an address is to have a virtual MAC though its instance has none there. */
const wantsVmac = (vr: VrrpInstanceConfig, line: VipLine): boolean =>
  line.use_vmac || (vr.use_vmac_addr && isElsewhere(vr, line));

/** The instance has a virtual MAC there anyway. */
const isRedundant = (vr: VrrpInstanceConfig, line: VipLine): boolean =>
  isElsewhere(vr, line) ? vr.use_vmac_addr : vr.use_vmac !== undefined;

function macOf(vr: VrrpInstanceConfig, { strict }: Kind, family: IpFamily): string {
  // An instance that lacks it is planned all the same, for what else is wrong with it.
  const last = (vr.virtual_router_id ?? 0).toString(16).padStart(2, '0');
  const chosen = strict ? undefined : vr.use_vmac?.mac?.split(':');
  if (!chosen) return `${RANGES[family]}${last}`;
  return [...chosen, ...(chosen.length < OCTETS ? [last] : [])].join('');
}

/** Whether adverts go by the base interface: those to peers in any case, in strict mode none. */
export const xmitsBase = (vr: VrrpInstanceConfig, { isUnicast, strict }: Kind): boolean =>
  !strict &&
  vr.use_vmac !== undefined &&
  vr.use_ipvlan === undefined &&
  (vr.vmac_xmit_base || isUnicast);

/** What does not go together with a virtual MAC, or does not go without one. */
export function checkVmac(vr: VrrpInstanceConfig, kind: Kind, report: Report): void {
  const { name, at } = vr;
  for (const line of linesOf(vr)) {
    const { address, prefix } = line;
    if (!line.use_vmac || !isRedundant(vr, line)) continue;
    const which = `use_vmac specified for VIP/eVIP ${address}/${prefix}`;
    const message = isElsewhere(vr, line)
      ? `use_vmac_addr specified and ${which}`
      : `${which} and vrrp instance`;
    adjust(report, `(${name}) ${message}`, { at: line.at });
  }
  if (vr.use_vmac?.name !== undefined && vr.use_ipvlan?.name !== undefined) {
    const message = `(${name}) interface name already specified - ignoring that of use_vmac`;
    adjust(report, message, { at: placeOf(vr, 'use_vmac'), ofBlock: false });
  }
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
  if (kind.strict && (vr.vmac_xmit_base || kind.isUnicast)) {
    adjust(report, `(${name}) xmit_base is incompatible with strict mode - resetting`, { at });
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

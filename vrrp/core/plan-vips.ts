import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { Report } from '@keepalived-ts/base/diagnostics.js';
import {
  familyOf,
  fullLength,
  type IpAddress,
  ipBytes,
  ipFromBytes,
} from '@keepalived-ts/base/ip.js';
import { type Duration, seconds } from '@keepalived-ts/base/time.js';
import type { StaticAddressLine, VipLine } from '../keywords/addresses.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { Kind } from './plan-kind.js';
import { adjust } from './plan-report.js';
import type { PlaceVip, VipPlace } from './plan-vmacs.js';
import type { Vip } from './types.js';

/** Flags of <linux/if_addr.h>. */
const IFA_F_NODAD = 0x02;
const IFA_F_HOMEADDRESS = 0x10;
const IFA_F_MANAGETEMPADDR = 0x100;
const IFA_F_NOPREFIXROUTE = 0x200;
const IFA_F_MCAUTOJOIN = 0x400;

/**
 * What the count octet of an advert can tell; over IPv6 what fits a frame of Ethernet: 1500 octets
 * less 40 of IP header and 8 of advert, and one address less with a trailer of `auth_hmac`. Differs:
 * keepalived goes by the MTU of the interface.
 */
const MOST_LISTED = { 4: 255, 6: 90 } as const;

/** The addresses of an instance, as the kernel is to have them. */
export function planVips(
  vr: VrrpInstanceConfig,
  { family, version, strict }: Kind,
  placeOf: PlaceVip,
  report: Report,
): { vips: readonly Vip[]; excluded: readonly Vip[] } {
  const listed = vr.virtual_ipaddress.filter((line) => {
    if (familyOf(line.address) === family) return true;
    adjust(
      report,
      `(${vr.name}): address family must match VRRP instance [${line.address}] - ignoring`,
      { at: line.at, ofBlock: false },
    );
    return false;
  });
  if (listed.length === 0 && !vr.no_virtual_ipaddress) {
    const isFatal = version === 3 || strict;
    const need = isFatal ? 'required' : 'sensible';
    adjust(report, `(${vr.name}) No VIP specified; at least one is ${need}`, {
      at: vr.at,
      severity: isFatal ? 'error' : 'warning',
      unusable: isFatal,
      code: 'no-virtual-address',
    });
  }
  const most = MOST_LISTED[family] - (family === 6 && vr.auth_hmac ? 1 : 0);
  if (listed.length > most) {
    adjust(
      report,
      `(${vr.name}) Number of VIPs (${listed.length}) exceeds maximum/space available in packet ` +
        `(max ${most} addresses) - excess moved to eVIPs`,
      { at: vr.at },
    );
  }
  const settle = (line: VipLine): Vip[] => {
    const place = placeOf(line);
    if (place !== undefined) return [planVip(line, place, report)];
    const message = `(${vr.name}): no interface for vip ${line.address} - removing`;
    adjust(report, message, { at: line.at, ofBlock: false });
    return [];
  };
  return {
    vips: listed.slice(0, most).flatMap(settle),
    excluded: [...listed.slice(most), ...vr.virtual_ipaddress_excluded].flatMap(settle),
  };
}

/** A line of addresses, which go where `place` says. */
export function planVip(line: VipLine | StaticAddressLine, place: VipPlace, report: Report): Vip {
  const { address, prefix } = line;
  const isSix = familyOf(address) === 6;
  return {
    address,
    prefix,
    ...place,
    broadcast: broadcastOf(line, report),
    scope: line.scope,
    label: line.label,
    peer: line.peer,
    flags: flagsOf(line),
    preferredFor: isSix ? preferredLifetime(line) : undefined,
    tracked: !line.no_track,
  };
}

function flagsOf(line: VipLine | StaticAddressLine): number {
  let flags = 0;
  if (familyOf(line.address) === 6 && !line['-nodad']) flags |= IFA_F_NODAD;
  if (line.home) flags |= IFA_F_HOMEADDRESS;
  if (line.mngtmpaddr) flags |= IFA_F_MANAGETEMPADDR;
  if (line.noprefixroute) flags |= IFA_F_NOPREFIXROUTE;
  if (line.autojoin) flags |= IFA_F_MCAUTOJOIN;
  return flags;
}

/** A single IPv6 address is reachable, but not chosen as a source, unless its line says so. */
function preferredLifetime(line: VipLine | StaticAddressLine): Duration | undefined {
  const { address, prefix, preferred_lft: wish } = line;
  if (wish === 'forever') return undefined;
  return wish ?? (prefix === fullLength(address) ? seconds(0) : undefined);
}

/** `+` sets the host bits, `-` clears them; only where there are some to speak of. */
function broadcastOf(
  { address, prefix, broadcast, at }: VipLine | StaticAddressLine,
  report: Report,
): IpAddress | undefined {
  if (broadcast !== '+' && broadcast !== '-') return broadcast;
  if (familyOf(address) === 6) return undefined;
  if (prefix > fullLength(address) - 2) {
    adjust(report, `Address prefix length ${prefix} too long for broadcast`, { at });
    return undefined;
  }
  const bytes = ipBytes(address);
  const hosts = 2 ** (32 - prefix) - 1;
  const view = viewOf(bytes);
  const value = view.getUint32(0);
  view.setUint32(0, broadcast === '+' ? (value | hosts) >>> 0 : (value & ~hosts) >>> 0);
  return ipFromBytes(bytes);
}

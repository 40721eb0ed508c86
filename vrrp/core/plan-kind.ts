import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { familyOf, type IpAddress, type IpFamily } from '@keepalived-ts/base/ip.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import { placeOf } from '#src/config/places.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import { OWNER } from './router.js';

/** What kind of VRRP an instance speaks; nearly everything else depends on it. */
export interface Kind {
  family: IpFamily;
  version: 2 | 3;
  strict: boolean;
  isUnicast: boolean;
  priority: number;
  isOwner: boolean;
  wanted: 'MASTER' | 'BACKUP';
}

const DEFAULT_PRIORITY = 100;

/** Adverts that a backup misses before it takes over (RFC 3768 §6.1). */
export const STRICT_DOWN_TIMER = 3;

/** Settles the kind of an instance (reference §3). */
export function kindOf(vr: VrrpInstanceConfig, globals: GlobalDefsConfig): Kind {
  const strict = vr.strict_mode ?? globals.vrrp_strict ?? false;
  const { family, at } = familyOfInstance(vr);
  const priority = vr.priority ?? (vr.state === 'MASTER' ? OWNER : DEFAULT_PRIORITY);
  const isOwner = priority === OWNER;
  const natural = isOwner ? 'MASTER' : 'BACKUP';
  return {
    family,
    version: versionOf(vr, family, at, strict, globals),
    strict,
    isUnicast:
      vr.unicast_peer.some((peer) => familyOf(peer.address) === family) ||
      (vr.unicast_fault_no_peer && namesUnicast(vr)),
    priority,
    isOwner,
    // RFC 3768 §6.4.1: only the owner begins as MASTER.
    wanted: strict ? natural : (vr.state ?? natural),
  };
}

/** Whether unicast was meant, with peers or without. */
export const namesUnicast = (vr: VrrpInstanceConfig): boolean =>
  (['unicast_src_ip', 'unicast_peer', 'old_unicast_checksum'] as const).some(
    (field) => placeOf(vr, field) !== vr.at,
  );

/**
 * Compat: an IPv6 address means version 3 from there on, and a `version 2` below it is too late;
 * strict mode has no version 2 of IPv6 at all. `checkInstance` tells of both.
 */
function versionOf(
  vr: VrrpInstanceConfig,
  family: IpFamily,
  known: Span,
  strict: boolean,
  globals: GlobalDefsConfig,
): 2 | 3 {
  if (family === 4) return (vr.version ?? globals.vrrp_version) === 3 ? 3 : 2;
  const asked = vr.version === 2 && placeOf(vr, 'version').line < known.line;
  return asked && !strict ? 2 : 3;
}

/**
 * Compat: the first address in the file decides, of whatever keyword, or `native_ipv6` where that
 * stands above it; without any it is IPv4.
 */
function familyOfInstance(vr: VrrpInstanceConfig): { family: IpFamily; at: Span } {
  const of = (address: IpAddress | undefined) => address && familyOf(address);
  const told: [family: IpFamily | undefined, at: Span][] = [
    [vr.native_ipv6 ? 6 : undefined, placeOf(vr, 'native_ipv6')],
    [of(vr.virtual_ipaddress[0]?.address), vr.virtual_ipaddress[0]?.at ?? vr.at],
    [of(vr.unicast_peer[0]?.address), vr.unicast_peer[0]?.at ?? vr.at],
    ...(['mcast_src_ip', 'unicast_src_ip', 'mcast_dst_ip'] as const).map(
      (name): [IpFamily | undefined, Span] => [of(vr[name]), placeOf(vr, name)],
    ),
  ];
  let first: { family: IpFamily; at: Span } | undefined;
  for (const [family, at] of told) {
    if (family !== undefined && (!first || at.line < first.at.line)) first = { family, at };
  }
  return first ?? { family: 4, at: vr.at };
}

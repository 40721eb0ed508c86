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

/** Settles the kind of an instance (reference §3). */
export function kindOf(vr: VrrpInstanceConfig, globals: GlobalDefsConfig): Kind {
  const family = familyOfInstance(vr);
  const version = vr.version ?? (family === 6 ? 3 : globals.vrrp_version);
  const priority = vr.priority ?? (vr.state === 'MASTER' ? OWNER : DEFAULT_PRIORITY);
  const isOwner = priority === OWNER;
  return {
    family,
    version: version === 3 ? 3 : 2,
    strict: vr.strict_mode ?? globals.vrrp_strict ?? false,
    isUnicast: vr.unicast_peer.some((peer) => familyOf(peer.address) === family),
    priority,
    isOwner,
    wanted: vr.state ?? (isOwner ? 'MASTER' : 'BACKUP'),
  };
}

/** Compat: the first address in the file decides, of whatever keyword; without any it is IPv4. */
function familyOfInstance(vr: VrrpInstanceConfig): IpFamily {
  if (vr.native_ipv6) return 6;
  const told: [address: IpAddress | undefined, at: Span][] = [
    [vr.virtual_ipaddress[0]?.address, vr.virtual_ipaddress[0]?.at ?? vr.at],
    [vr.unicast_peer[0]?.address, vr.unicast_peer[0]?.at ?? vr.at],
    ...(['mcast_src_ip', 'unicast_src_ip', 'mcast_dst_ip'] as const).map(
      (name): [IpAddress | undefined, Span] => [vr[name], placeOf(vr, name)],
    ),
  ];
  let first: { address: IpAddress; at: Span } | undefined;
  for (const [address, at] of told) {
    if (address !== undefined && (!first || at.line < first.at.line)) first = { address, at };
  }
  return first ? familyOf(first.address) : 4;
}

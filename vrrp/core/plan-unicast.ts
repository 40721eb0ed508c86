import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { familyOf, type IpAddress, isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { Sender } from '../wire/expectation.js';
import type { Kind } from './plan-kind.js';
import { adjust } from './plan-report.js';
import { placeKey } from './ports.js';
import type { RouterPlan, UnicastPlan } from './types.js';

/**
 * With the pseudo header (RFC 9568 §5.2.8), without one as in version 2, with one that names the
 * group though the advert goes to a peer, or `found-out` from what peers send.
 */
export type ChecksumForm = 'exact' | 'as-v2' | 'old' | 'found-out';

const MOST_TTL = 255;
/** Compat: IPv6 unicast adverts get what the kernel gives any packet. */
const HOP_LIMIT = 64;

/** Whom adverts go to one by one; undefined for an instance that uses a group. */
export function unicastOf(
  vr: VrrpInstanceConfig,
  { family, isUnicast }: Kind,
  globals: GlobalDefsConfig,
): UnicastPlan | undefined {
  if (!isUnicast) return undefined;
  const lines = vr.unicast_peer.filter(({ address }) => familyOf(address) === family);
  const limits = lines.some((line) => line.min_ttl !== undefined || line.max_ttl !== undefined);
  return {
    peers: lines.map(
      ({ address, min_ttl: minTtl = 0, max_ttl: maxTtl = MOST_TTL }): Sender => ({
        address,
        minTtl,
        maxTtl,
      }),
    ),
    ttl: vr.unicast_ttl ?? (family === 4 ? MOST_TTL : HOP_LIMIT),
    checkSource: vr.check_unicast_src || globals.vrrp_check_unicast_src === true || limits,
  };
}

/** The configured source of adverts; one of the other family has been told of and counts not. */
export const sourceOf = (vr: VrrpInstanceConfig, { family }: Kind): IpAddress | undefined =>
  [vr.use_ipvlan?.address?.address, vr.unicast_src_ip, vr.mcast_src_ip].find(
    (source) => source !== undefined && familyOf(source) === family,
  );

/** What the checksum of version 3 over IPv4 covers, of what we send and of what we take. */
export function checksumOf(
  vr: VrrpInstanceConfig,
  { isUnicast }: Kind,
  globals: GlobalDefsConfig,
): ChecksumForm {
  if (vr.v3_checksum_as_v2 ?? globals.v3_checksum_as_v2) return 'as-v2';
  if (!isUnicast || vr.old_unicast_checksum === 'never') return 'exact';
  return vr.old_unicast_checksum === 'on' ? 'old' : 'found-out';
}

/** Whether it is known where an instance lives: by its interface, or by its own address. */
export function isPlaced(vr: VrrpInstanceConfig, kind: Kind, report: Report): boolean {
  if (vr.interface !== undefined) return true;
  const source = sourceOf(vr, kind);
  if (kind.isUnicast && source !== undefined && !isLinkLocal6(source)) return true;
  adjust(report, `(${vr.name}) Unknown interface!`, { at: vr.at, unusable: true });
  return false;
}

/**
 * Instances with one VRID in one place would be rivals: keepalived rejects all of VRRP. Those with
 * peers may share one as long as no peer is in both.
 */
export function withoutRivals(
  routers: readonly RouterPlan[],
  configs: readonly VrrpInstanceConfig[],
  report: Report,
): readonly RouterPlan[] {
  const known = new Map<string, RouterPlan[]>();
  return routers.filter((router) => {
    const { vrid, unicast, family } = router;
    // With a MAC of its own or not, a VRID is that of one router on the wire.
    const place = placeKey({ ...router, xmitBase: true });
    const key = [place, vrid, unicast ? '' : router.group].join(' ');
    const others = known.get(key) ?? [];
    const other = others.find((o) => !unicast || sharesPeer(o, unicast));
    known.set(key, [...others, router]);
    if (!other) return true;
    const message = unicast
      ? `(${other.name}) duplicate VRID conflict with ${router.name} VRID ${vrid}`
      : `${other.name} and ${router.name} both use VRID ${vrid} with IPv${family} ` +
        `on interface ${router.interface}`;
    const at = configs.find((vr) => vr.name === router.name)?.at;
    adjust(report, message, { at, unusable: true, code: 'vrid-twice' });
    return false;
  });
}

const sharesPeer = ({ unicast }: RouterPlan, mine: UnicastPlan): boolean =>
  unicast?.peers.some((peer) => mine.peers.some((p) => p.address === peer.address)) === true;

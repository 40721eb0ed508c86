import type { Instant } from '@keepalived-ts/base/time.js';
import type { RawAdvert } from '../wire/advert.js';
import type { AuthenticationHeader } from '../wire/ah.js';
import { clockDifference } from '../wire/authenticate.js';
import { remembering } from '../wire/authentication.js';
import type { Complaint, Expectation } from '../wire/expectation.js';
import type { IpPacket } from '../wire/ip-header.js';
import { addressDifference, judge } from '../wire/judge.js';
import { step } from './machine.js';
import {
  type Act,
  count,
  inOrder,
  log,
  OWNER,
  put,
  type Router,
  type Step,
  stay,
  timeOfDay,
  want,
  when,
} from './router.js';

/** A packet as far as it could be read. */
export interface Received {
  packet: IpPacket;
  /** What stood between IP and the advert. */
  ah: AuthenticationHeader | undefined;
  /** Length of the whole datagram. */
  octets: number;
  raw: RawAdvert;
}

/** A packet with the VRID of this router arrived. */
export function receive(vr: Router, { packet, ah, octets, raw }: Received, now: Instant): Step {
  const { vips, skipCheckAdvAddr, family, unicast } = vr.plan;
  if (vr.state === 'INIT' || vr.state === 'FAULT') return stay(vr);
  // Compat: over IPv6 the sockets of groups and peers hear each other, which means nothing.
  if (family === 6 && packet.isMulticast === (unicast !== undefined)) return stay(vr);
  const judged = judge(packet, octets, raw, expectationOf(vr, now), ah);
  if ('malformed' in judged) {
    return inOrder(count(judged.malformed, packet.source), complain(judged.complaint))(vr);
  }
  const { advert, oldChecksum, signature } = judged;
  const from = packet.source;
  const heard = signature
    ? put({ memory: remembering(vr.memory, signature, from, unicast?.peers.length) })
    : stay;
  if (vr.plan.ownerIgnoresAdverts && vr.priority === OWNER) return heard(vr);
  const clocks = clockDifference(vr.authentication, signature, from);
  const isTrusted = skipCheckAdvAddr && vr.state === 'BACKUP' && vr.master === from;
  const ours = vips.map((vip) => vip.address);
  const difference = isTrusted ? undefined : addressDifference(ours, advert);
  return inOrder(
    heard,
    when(oldChecksum && vr.plan.checksum === 'found-out', adoptOldChecksum),
    count('advert_rcvd'),
    clocks ? complain(clocks) : stay,
    // Compat: another address list is told, but the advert counts (reference §5).
    difference ? inOrder(count('addr_list_err'), complain(difference)) : stay,
    when(advert.priority === 0, count('pri_zero_rcvd')),
    (v) => step(v, { kind: 'advert', advert, from }, now),
  )(vr);
}

function expectationOf(vr: Router, now: Instant): Expectation {
  const { family, version, advertInterval, unicast, checksum, group } = vr.plan;
  return {
    family,
    version,
    advertInterval,
    authentication: vr.authentication,
    memory: vr.memory,
    timeOfDay: timeOfDay(vr, now),
    checksum: checksum === 'exact' || checksum === 'as-v2' ? checksum : group,
    peers: unicast?.peers,
    checksSource: unicast?.checkSource === true,
  };
}

const adoptOldChecksum: Act = (vr) =>
  vr.oldChecksum
    ? stay(vr)
    : inOrder(
        log((_, instance) => ({ event: 'old-checksum', instance })),
        put({ oldChecksum: true }),
      )(vr);

/** Tells a complaint unless this kind has been told since state or master changed. */
const complain = (complaint: Complaint): Act => {
  return (vr) => {
    if (vr.complaints.includes(complaint.event)) return stay(vr);
    return inOrder(
      want((v) => ({ do: 'log', event: { ...complaint, instance: v.plan.name } })),
      put({ complaints: [...vr.complaints, complaint.event] }),
    )(vr);
  };
};

import type { Instant } from '@keepalived-ts/base/time.js';
import type { RawAdvert } from '../wire/advert-v2.js';
import type { Ipv4Packet } from '../wire/ip-header.js';
import { addressDifference, type Complaint, judge } from '../wire/judge.js';
import { step } from './machine.js';
import {
  type Act,
  count,
  inOrder,
  put,
  type Router,
  type Step,
  stay,
  want,
  when,
} from './router.js';

/** A packet as far as it could be read. */
export interface Received {
  packet: Ipv4Packet;
  /** Length of the whole datagram. */
  octets: number;
  raw: RawAdvert;
}

/** A packet with the VRID of this router arrived. */
export function receive(vr: Router, { packet, octets, raw }: Received, now: Instant): Step {
  if (vr.state === 'INIT' || vr.state === 'FAULT') return stay(vr);
  const { advertInterval, vips, skipCheckAdvAddr } = vr.plan;
  const judged = judge(packet, octets, raw, { advertInterval, password: vr.password });
  if ('malformed' in judged) {
    return inOrder(count(judged.malformed), complain(judged.complaint))(vr);
  }
  const from = packet.source;
  const isTrusted = skipCheckAdvAddr && vr.state === 'BACKUP' && vr.master === from;
  const ours = vips.map((vip) => vip.address);
  const difference = isTrusted ? undefined : addressDifference(ours, judged);
  return inOrder(
    count('advert_rcvd'),
    // Compat: another address list is told, but the advert counts (reference §5).
    difference ? inOrder(count('addr_list_err'), complain(difference)) : stay,
    when(judged.priority === 0, count('pri_zero_rcvd')),
    (v) => step(v, { kind: 'advert', advert: judged, from }, now),
  )(vr);
}

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

import type { PlannedVmac } from './planned.js';
import type { Port, RouterPlan } from './types.js';

/** The interface that adverts leave by and come in at: a virtual MAC's own, where there is one. */
export const deviceOf = ({ interface: base, vmac, xmitBase }: RouterPlan): string | undefined =>
  vmac && !xmitBase ? vmac.name : base;

/** The interfaces that a router lives upon: the configured one, and that of a virtual MAC. */
export const ownInterfaces = ({ interface: base, vmac }: RouterPlan): readonly string[] =>
  [base, vmac?.name].filter((name) => name !== undefined);

/** All interfaces that are made for a router, its own one first. */
export const vmacsOf = ({ vmac, addressVmacs }: RouterPlan): readonly PlannedVmac[] =>
  vmac ? [vmac, ...addressVmacs] : addressVmacs;

/** The port of a router: those that share one also share a socket. */
export function portOf(plan: RouterPlan): Port {
  const { family, unicast, signed } = plan;
  const device = deviceOf(plan);
  const address = unicast && plan.source;
  const key = [
    device ?? 'anywhere',
    ...(family === 6 ? ['IPv6'] : []),
    ...(unicast ? ['unicast'] : []),
    ...(signed ? ['AH'] : []),
    ...(address === undefined ? [] : [address]),
  ].join(' ');
  return { key, family, interface: device, unicast: unicast !== undefined, signed, address };
}

/** Where a router is, however its adverts are authenticated. */
export const placeKey = (plan: RouterPlan): string => portOf({ ...plan, signed: false }).key;

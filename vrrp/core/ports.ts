import type { IpAddress, IpFamily } from '@keepalived-ts/base/ip.js';
import type { PlannedVmac } from './planned.js';
import type { RouterPlan } from './types.js';

/** A socket of the shell, where adverts are heard and from where they go. */
export interface Port {
  /** Names the port in inputs; derived from the rest. */
  key: string;
  family: IpFamily;
  /** undefined: whatever interface unicast adverts come in at. */
  interface: string | undefined;
  /** Hears adverts that are for this machine alone; else those for groups. */
  unicast: boolean;
  /** Hears adverts behind an authentication header, and no others. */
  ah: boolean;
  /** Unicast: the one address that is listened at; undefined: any. */
  address: IpAddress | undefined;
}

/** The interface that adverts leave by and come in at: a virtual MAC's own, where there is one. */
export const deviceOf = ({
  interface: base,
  vmac,
  xmitBase,
  vrf,
}: RouterPlan): string | undefined => (vmac && !xmitBase ? vmac.name : (base ?? vrf));

/** The interfaces that a router lives upon: the configured one, and that of a virtual MAC. */
export const ownInterfaces = ({ interface: base, vmac }: RouterPlan): readonly string[] =>
  [base, vmac?.name].filter((name) => name !== undefined);

/** All interfaces that are made for a router, its own one first. */
export const vmacsOf = ({ vmac, addressVmacs }: RouterPlan): readonly PlannedVmac[] =>
  vmac ? [vmac, ...addressVmacs] : addressVmacs;

/** The port of a router: those that share one also share a socket. */
export function portOf(plan: RouterPlan): Port {
  const { family, unicast } = plan;
  const ah = plan.authentication?.type === 'AH';
  const device = deviceOf(plan);
  const address = unicast && plan.source;
  const key = [
    device ?? 'anywhere',
    ...(family === 6 ? ['IPv6'] : []),
    ...(unicast ? ['unicast'] : []),
    ...(ah ? ['AH'] : []),
    ...(address === undefined ? [] : [address]),
  ].join(' ');
  return { key, family, interface: device, unicast: unicast !== undefined, ah, address };
}

/** Where a router is, however its adverts are authenticated. */
export const placeKey = (plan: RouterPlan): string =>
  portOf({ ...plan, authentication: undefined }).key;

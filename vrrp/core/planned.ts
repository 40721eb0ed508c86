import type { IpAddress, IpFamily } from '@keepalived-ts/base/ip.js';
import type { Route, RouteMode } from '@keepalived-ts/netlink/route/route.js';
import type { Nexthop } from '@keepalived-ts/netlink/route/route-parts.js';
import type { Rule } from '@keepalived-ts/netlink/route/rule.js';

/** A route as the kernel is to have it; its interfaces go by name. */
export interface PlannedRoute {
  route: Omit<Route, 'output' | 'input' | 'nexthops'>;
  /** Undefined: the kernel finds one. */
  interface: string | undefined;
  /** A VRF device, whose table is used. */
  vrf: string | undefined;
  /** Several ways; empty where the route itself is the way. */
  nexthops: readonly PlannedNexthop[];
  mode: RouteMode;
  /** Its removal by somebody else is a reason to stop being master. */
  tracked: boolean;
}

export type PlannedNexthop = Omit<Nexthop, 'output'> & { interface: string | undefined };

/** A rule of the routing policy as the kernel is to have it. */
export interface PlannedRule {
  rule: Rule;
  tracked: boolean;
}

/**
 * An interface upon another one, for a virtual router: a private macvlan with its MAC (RFC 9568
 * §7.3), or an ipvlan, which has the MAC of its base.
 */
export interface PlannedVmac {
  name: string;
  /** What made up names begin with; another one will do where somebody has this name. */
  stem: string;
  isNameGiven: boolean;
  /** The configured interface, which it stands upon. */
  base: string;
  /** As hex; empty for an ipvlan. */
  mac: string;
  ipvlan: PlannedIpvlan | undefined;
  family: IpFamily;
  /** IPv6 is of use on it: one of the addresses of its router is of that kind. */
  hasIpv6: boolean;
  /** Adverts leave by it: with a MAC of its own it needs, over IPv6, an address of its own for that. */
  sends: boolean;
  /** The configured source of adverts. */
  source: IpAddress | undefined;
  /** The number of its interface group; undefined: that of its base. */
  group: number | undefined;
}

/** Tables of nftables, one for each family that has to do with it. */
export interface FirewallPlan {
  families: readonly IpFamily[];
  /** Those of them that are spoken on interfaces with virtual MACs. */
  vmacs: readonly IpFamily[];
  table: string;
  /** Of the base chains. */
  priority: number;
  /** Link-local addresses are told apart by the index of their interface, not by its name. */
  byIndex: boolean;
  counters: boolean;
}

export interface PlannedIpvlan {
  /** IPVLAN_F_* of <linux/if_link.h>. */
  flags: number;
  /** What it has to speak with; over IPv6 the kernel finds something. */
  address: { ip: IpAddress; prefix: number } | undefined;
}

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

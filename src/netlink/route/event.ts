import { RTM_DELADDR, RTM_DELLINK, RTM_DELNEIGH, RTM_DELROUTE, RTM_DELRULE } from '../constants.js';
import type { Message } from '../message.js';
import { type Address, parseAddress } from './address.js';
import { type Link, parseLink } from './link.js';
import { type Neighbour, parseNeighbour } from './neighbour.js';
import { isValue, type Parsed } from './prefix.js';
import { parseRoute, type Route } from './route.js';
import { parseRule, type Rule } from './rule.js';

/**
 * What the kernel announces on the groups of NETLINK_ROUTE: a thing is there (new or changed), or
 * gone.
 */
export type RouteEvent = { readonly gone: boolean } & (
  | { readonly kind: 'link'; readonly link: Link }
  | { readonly kind: 'address'; readonly address: Address }
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'neighbour'; readonly neighbour: Neighbour }
);

const removals = [RTM_DELLINK, RTM_DELADDR, RTM_DELROUTE, RTM_DELRULE, RTM_DELNEIGH];

/** A message of a monitor as an event. */
export function parseEvent(message: Message): Parsed<RouteEvent> {
  const gone = removals.includes(message.type);
  const event = <T>(value: Parsed<T>, make: (value: T) => RouteEvent): Parsed<RouteEvent> =>
    isValue(value) ? make(value) : value;
  return (
    event(parseLink(message), (link) => ({ gone, kind: 'link', link })) ??
    event(parseAddress(message), (address) => ({ gone, kind: 'address', address })) ??
    event(parseRoute(message), (route) => ({ gone, kind: 'route', route })) ??
    event(parseRule(message), (rule) => ({ gone, kind: 'rule', rule })) ??
    event(parseNeighbour(message), (neighbour) => ({ gone, kind: 'neighbour', neighbour }))
  );
}

import { familyOf, fullLength, type IpAddress, type IpFamily } from '@keepalived-ts/base/ip.js';
import type { Vip } from '../core/types.js';
import type { AddressWithPrefix, StaticAddressLine, VipLine } from '../keywords/addresses.js';
import type { Nexthop, VirtualRoute } from '../keywords/route-line.js';
import type { VirtualRule } from '../keywords/rule-line.js';

/*
 * Addresses, routes and rules as keepalived's dumps show them: nearly what ip(8) would have been
 * told.
 */

/** RT_SCOPE_* of <linux/rtnetlink.h>, as iproute2 calls them. */
const SCOPES: Readonly<Record<number, string>> = {
  0: 'global',
  200: 'site',
  253: 'link',
  254: 'host',
  255: 'nowhere',
};
const scopeName = (scope: number): string => SCOPES[scope] ?? String(scope);

const network = ({ address, prefix }: AddressWithPrefix): string =>
  prefix === fullLength(address) ? address : `${address}/${prefix}`;

/** The words that are there, with blanks between them. */
const words = (...parts: readonly (string | false | undefined)[]): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join(' ');

/** What the lines of addresses have in common with settled ones. */
type Shown = Pick<Vip, 'address' | 'prefix' | 'scope' | 'label'> & {
  interface: string | undefined;
  base?: string | undefined;
  usesVmac?: boolean;
  broadcast: IpAddress | undefined;
};

/** An IPv6 address for one host only must not be chosen as a source: it is deprecated at once. */
const lifetimeOf = (address: Shown): string | undefined => {
  if (familyOf(address.address) === 4) return undefined;
  return address.prefix === 128 ? 'deprecated' : 'preferred_lft forever';
};

export const addressLine = (address: Shown, isSet: boolean): string =>
  words(
    network(address),
    address.broadcast && `brd ${address.broadcast}`,
    address.interface && `dev ${[address.interface, address.base].filter(Boolean).join('@')}`,
    address.usesVmac === true && 'use_vmac',
    `scope ${scopeName(address.scope)}`,
    address.label && `label ${address.label}`,
    lifetimeOf(address),
    isSet && 'set',
  );

export const staticAddressText = (line: StaticAddressLine | VipLine, isSet: boolean): string =>
  addressLine({ ...line, interface: line.dev, broadcast: undefined }, isSet);

const via = (gateway: IpAddress | undefined): string | undefined =>
  gateway && `via ${familyOf(gateway) === 4 ? 'inet' : 'inet6'} ${gateway}`;

const hopLine = ({ via: gateway, dev, weight, onlink }: Nexthop): string =>
  words(
    'nexthop',
    via(gateway),
    dev && `dev ${dev}`,
    weight !== undefined && `weight ${weight}`,
    onlink && 'onlink',
  );

type Route = Omit<VirtualRoute, 'track_group'>;

/** How it is put into the table: routes of other kinds than unicast can't be put before others. */
const order = (line: Route): string => {
  if (line.append) return 'append';
  return line.add || (line.type !== undefined && line.type !== 'unicast') ? 'add' : 'prepend';
};

export const routeLine = (line: Route): string =>
  words(
    order(line),
    line.type !== 'unicast' && line.type,
    line.to.prefix === 0 ? `${line.to.address}/0` : network(line.to),
    line.from && `from ${network(line.from)}`,
    line.src && `src ${line.src}`,
    via(line.via),
    line.dev && `dev ${line.dev}`,
    line.table !== undefined && `table ${line.table}`,
    `proto ${line.protocol}`,
    line.scope !== undefined && `scope ${scopeName(line.scope)}`,
    line.tos !== undefined && `tos 0x${line.tos.toString(16)}`,
    line.metric !== undefined && `metric ${line.metric}`,
    line.mtu && words('mtu', line.mtu.lock && 'lock', String(line.mtu.value)),
    line.onlink && 'onlink',
    ...line.nexthop.map(hopLine),
    line.no_track && 'no_track',
  );

type Rule = Omit<VirtualRule, 'track_group'>;

function actionText({ action }: Rule): string {
  switch (action.does) {
    case 'lookup':
      return `lookup ${action.table}`;
    case 'goto':
      return `goto ${action.preference}`;
    default:
      return action.does;
  }
}

const mask = (value: number | undefined): string =>
  value === undefined ? '' : `/0x${value.toString(16)}`;

export const ruleLine = (line: Rule): string =>
  words(
    line.not && 'not',
    `from ${line.from ? network(line.from) : 'all'}`,
    line.to && `to ${network(line.to)}`,
    line.preference !== undefined && `priority ${line.preference}`,
    `tos 0x${(line.tos ?? 0).toString(16)}`,
    line.fwmark && `fwmark 0x${line.fwmark.mark.toString(16)}${mask(line.fwmark.mask)}`,
    line.iif && `iif ${line.iif}`,
    line.oif && `oif ${line.oif}`,
    line.suppress_prefixlength !== undefined &&
      `suppress_prefixlength ${line.suppress_prefixlength}`,
    line.uidrange && `uidrange ${line.uidrange.start}-${line.uidrange.end}`,
    line.sport && `sport ${line.sport.start}-${line.sport.end}`,
    line.dport && `dport ${line.dport.start}-${line.dport.end}`,
    `protocol ${line.protocol}`,
    actionText(line),
  );

/** `IPv4` or `IPv6`. */
export const familyName = (family: IpFamily): string => `IPv${family}`;

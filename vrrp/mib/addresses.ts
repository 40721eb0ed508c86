import { familyOf, type IpAddress, ip } from '@keepalived-ts/base/ip.js';
import type { Adjustment } from '#src/ipc/messages.js';
import { type AnyTable, column, numbered, table } from '#src/snmp/tree.js';
import { gauge, inetAddress, integer, text, truth } from '#src/snmp/value.js';
import type { Vip } from '../core/types.js';
import { entryOf } from './oids.js';
import { addressType, type VrrpView } from './view.js';

/** An address of an instance, or a static one. */
interface Address {
  address: IpAddress;
  prefix: number;
  broadcast: IpAddress | undefined;
  scope: number;
  interface: string | undefined;
  index: number | undefined;
  label: string | undefined;
  isSet: boolean;
  isAdvertised: boolean;
  peer: IpAddress | undefined;
}

/** RT_SCOPE_* of <linux/rtnetlink.h> as InetScopeType has them (reference §1). */
const SCOPES: Readonly<Record<number, number>> = { 0: 14, 200: 5, 253: 2, 254: 1, 255: 0 };
export const scopeNumber = (scope: number): number => SCOPES[scope] ?? 14;

const NO_ADDRESS = ip('0.0.0.0');

function rowsOf(view: VrrpView) {
  const indexOf = (name: string | undefined) =>
    name === undefined ? undefined : view.links.get(name)?.index;
  const runs = view.status !== undefined;
  const ofInterface = (name: string | undefined) => ({ interface: name, index: indexOf(name) });
  const statics = view.config.static_ipaddress.map(
    (line): Address => ({
      ...line,
      ...ofInterface(line.dev),
      broadcast:
        typeof line.broadcast === 'string' && line.broadcast.length > 1
          ? (line.broadcast as IpAddress)
          : undefined,
      isSet: runs,
      isAdvertised: false,
    }),
  );
  const ofInstance =
    (isSet: boolean, isAdvertised: boolean) =>
    (vip: Vip): Address => ({
      ...vip,
      ...ofInterface(vip.interface),
      isSet,
      isAdvertised,
      peer: undefined,
    });
  return [
    ...numbered(statics, [0]),
    ...view.instances.flatMap(({ plan, status }, i) => {
      const isSet = status?.addressesSet ?? false;
      const all = [
        ...plan.vips.map(ofInstance(isSet, true)),
        ...plan.excluded.map(ofInstance(isSet, false)),
      ];
      return numbered(all, [i + 1]);
    }),
  ];
}

/** K.2.6: vrrpAddressTable; row 0 of the first index has what is static. */
const addresses = table<VrrpView, Address, Adjustment>({
  entry: entryOf(6),
  rows: rowsOf,
  columns: [
    column(2, 'vrrpAddressType', integer, (a) => addressType(familyOf(a.address))),
    column(3, 'vrrpAddressValue', inetAddress, (a) => a.address),
    column(4, 'vrrpAddressBroadcast', inetAddress, (a) =>
      familyOf(a.address) === 6 ? undefined : (a.broadcast ?? NO_ADDRESS),
    ),
    column(5, 'vrrpAddressMask', gauge, (a) => a.prefix),
    column(6, 'vrrpAddressScope', integer, (a) => scopeNumber(a.scope)),
    column(7, 'vrrpAddressIfIndex', integer, (a) => a.index),
    column(8, 'vrrpAddressIfName', text, (a) => a.interface),
    column(9, 'vrrpAddressIfAlias', text, (a) => a.label),
    column(10, 'vrrpAddressStatus', truth, (a) => a.isSet),
    column(11, 'vrrpAddressAdvertising', truth, (a) => a.isAdvertised),
    column(12, 'vrrpAddressPeer', inetAddress, (a) => a.peer),
  ],
});

export const addressTables: readonly AnyTable<VrrpView, Adjustment>[] = [addresses];

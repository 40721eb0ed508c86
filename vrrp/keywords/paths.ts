import { keyword } from '#src/config/schema.js';
import type { ValueType } from '#src/config/value-type.js';
import {
  address,
  flag,
  integer,
  interfaceName,
  list,
  mistake,
  multicast,
} from '#src/config/values.js';
import { unicastPeer } from './unicast-peer.js';
import { joinVmacs, useIpvlan, useVmac } from './vmac-lines.js';

/** `on`: as keepalived before 2.0; `never`: do not even try it. */
const oldChecksum: ValueType<'on' | 'never'> = {
  usage: '[never]',
  least: 0,
  parse([first], context) {
    if (first === undefined) return 'on';
    if (first.text === 'never') return 'never';
    return mistake(context, first, `Unknown old_unicast_checksum mode ${first.text} - ignoring`);
  },
  print: (value) => (value === 'on' ? '' : value),
};

/** Which way adverts go: by multicast or to peers, from which address, interface and MAC. */
export const paths = {
  mcast_src_ip: keyword(address, 'Source address of adverts.').unless(
    'the first address of the interface',
  ),
  mcast_dst_ip: keyword(multicast(), 'Group that adverts are sent to.').unless(
    'vrrp_mcast_group4 or vrrp_mcast_group6',
  ),
  track_src_ip: keyword(flag, 'FAULT while the configured source address does not exist.').default(
    false,
  ),
  unicast_src_ip: keyword(address, 'Source address of unicast adverts.').unless(
    'the first address of the interface',
  ),
  unicast_peer: keyword(
    list(unicastPeer),
    'The other routers; adverts are sent to each of them instead of to a group.',
  )
    .default([])
    .shown('unicast_peer { 192.0.2.2 }'),
  unicast_fault_no_peer: keyword(
    flag,
    'FAULT, rather than multicast, if the list of peers is empty.',
  ).default(false),
  check_unicast_src: keyword(flag, 'Drop adverts from addresses that are not in unicast_peer.')
    .default(false)
    .unless('vrrp_check_unicast_src'),
  unicast_ttl: keyword(integer(0, 255), 'TTL or hop limit of unicast adverts.').unless('255'),
  old_unicast_checksum: keyword(
    oldChecksum,
    'Compute the checksum of unicast version 3 as keepalived 1.3.6 did, with the group address.',
  ).unless('found out from what peers send'),

  use_vmac: keyword(
    useVmac,
    'Put the addresses on a macvlan with the virtual MAC, so that hosts notice nothing of a change.',
  ).joined(joinVmacs),
  use_vmac_addr: keyword(
    flag,
    'The same for addresses on other interfaces: each interface gets a macvlan of its own.',
  ).default(false),
  vmac_xmit_base: keyword(
    flag,
    'Send and receive adverts on the base interface, not the macvlan.',
  ).default(false),
  use_ipvlan: keyword(
    useIpvlan,
    'Send adverts by an ipvlan, with an address of its own; the virtual addresses stay on its base.',
  ).onlyOnce(),
  vrf: keyword(interfaceName, 'VRF of an instance that names no interface.'),
  promote_secondaries: keyword(
    flag,
    'Keep the other addresses of a subnet when the first one is removed (promote_secondaries).',
  ).default(false),
  linkbeat_use_polling: keyword(flag, 'Poll the link of the interface.')
    .default(false)
    .deprecatedFor('the block linkbeat_interfaces')
    .without('the kernel tells of links by netlink'),
};

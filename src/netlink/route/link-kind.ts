import type { Attributes, Payload } from '../attributes.js';

/** Attributes inside IFLA_LINKINFO, and inside its IFLA_INFO_DATA (<linux/if_link.h>). */
const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const IFLA_MACVLAN_MODE = 1;
const IFLA_IPVLAN_MODE = 1;
const IFLA_IPVLAN_FLAGS = 2;
const IFLA_VLAN_ID = 1;
const IFLA_VRF_TABLE = 1;
const VETH_INFO_PEER = 1;
const IFLA_IFNAME = 3;

/** Modes of a macvlan (enum macvlan_mode). */
export const MACVLAN_MODE_PRIVATE = 1;
export const MACVLAN_MODE_VEPA = 2;
export const MACVLAN_MODE_BRIDGE = 4;
export const MACVLAN_MODE_PASSTHRU = 8;

/** Modes and flags of an ipvlan; without a flag it is a bridge. */
export const IPVLAN_MODE_L2 = 0;
export const IPVLAN_F_PRIVATE = 1;
export const IPVLAN_F_VEPA = 2;

/** What makes a virtual interface, and the settings of it that matter to us. */
export interface LinkKind {
  /** `macvlan`, `vrf`, `vlan`, `veth`, `bridge`, `dummy`... */
  readonly name: string;
  /** Of a macvlan or macvtap: MACVLAN_MODE_*. */
  readonly macvlanMode?: number;
  /** Of an ipvlan: IPVLAN_MODE_*, and IPVLAN_F_*. */
  readonly ipvlanMode?: number;
  readonly ipvlanFlags?: number;
  /** Of a VLAN: its id. */
  readonly vlanId?: number;
  /** Of a VRF: the routing table. */
  readonly vrfTable?: number;
  /** Of a veth to be made: the name of its other end. The kernel does not tell it afterwards. */
  readonly peerName?: string;
}

const isMacvlan = (name: string): boolean => name === 'macvlan' || name === 'macvtap';

/** From IFLA_LINKINFO; undefined for hardware, which has no kind. */
export function parseKind(info: Attributes | undefined): LinkKind | undefined {
  const name = info?.text(IFLA_INFO_KIND);
  if (info === undefined || name === undefined) return undefined;
  const data = info.nested(IFLA_INFO_DATA);
  const macvlanMode = isMacvlan(name) ? data?.u32(IFLA_MACVLAN_MODE) : undefined;
  const ipvlanMode = name === 'ipvlan' ? data?.u16(IFLA_IPVLAN_MODE) : undefined;
  const ipvlanFlags = name === 'ipvlan' ? data?.u16(IFLA_IPVLAN_FLAGS) : undefined;
  const vlanId = name === 'vlan' ? data?.u16(IFLA_VLAN_ID) : undefined;
  const vrfTable = name === 'vrf' ? data?.u32(IFLA_VRF_TABLE) : undefined;
  return {
    name,
    ...(macvlanMode !== undefined && { macvlanMode }),
    ...(ipvlanMode !== undefined && { ipvlanMode }),
    ...(ipvlanFlags !== undefined && { ipvlanFlags }),
    ...(vlanId !== undefined && { vlanId }),
    ...(vrfTable !== undefined && { vrfTable }),
  };
}

/** Into IFLA_LINKINFO. */
export function writeKind(info: Payload, kind: LinkKind): void {
  const { macvlanMode, ipvlanMode, ipvlanFlags, vlanId, vrfTable, peerName } = kind;
  info.text(IFLA_INFO_KIND, kind.name);
  const { name: _, ...settings } = kind;
  if (Object.values(settings).every((setting) => setting === undefined)) return;
  info.nest(IFLA_INFO_DATA, (data) => {
    if (macvlanMode !== undefined) data.u32(IFLA_MACVLAN_MODE, macvlanMode);
    if (ipvlanMode !== undefined) data.u16(IFLA_IPVLAN_MODE, ipvlanMode);
    if (ipvlanFlags !== undefined) data.u16(IFLA_IPVLAN_FLAGS, ipvlanFlags);
    if (vlanId !== undefined) data.u16(IFLA_VLAN_ID, vlanId);
    if (vrfTable !== undefined) data.u32(IFLA_VRF_TABLE, vrfTable);
    // The peer is described like a link of its own: struct ifinfomsg, then attributes.
    if (peerName !== undefined) {
      data.nest(VETH_INFO_PEER, (peer) => peer.raw(new Uint8Array(16)).text(IFLA_IFNAME, peerName));
    }
  });
}

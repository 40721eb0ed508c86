import type { KernelError } from '@keepalived-ts/base/errors.js';
import { type IpAddress, ipFromBytes, isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import {
  type Address,
  IFA_F_NODAD,
  newAddress,
  RT_SCOPE_LINK,
} from '@keepalived-ts/netlink/route/address.js';
import {
  IN6_ADDR_GEN_MODE_NONE,
  IPV4_DEVCONF_ACCEPT_LOCAL,
  IPV4_DEVCONF_ARP_IGNORE,
  IPV4_DEVCONF_ARPFILTER,
  IPV4_DEVCONF_PROMOTE_SECONDARIES,
  IPV4_DEVCONF_RP_FILTER,
  type Link,
  setLink,
} from '@keepalived-ts/netlink/route/link.js';
import type { Heirlooms } from '#src/ipc/heirloom.js';
import type { PlannedVmac } from '../core/planned.js';
import { LinkSettings } from './link-settings.js';
import type { Requests } from './requests.js';
import { ReversePath, type ReversePathParts } from './reverse-path.js';

export interface VmacSettingsParts extends Omit<ReversePathParts, 'heirloom'> {
  heirlooms: Heirlooms;
  requests: Pick<Requests, 'add' | 'flush'>;
  kernelLink(name: string): Link | undefined;
  addressesOf(name: string): readonly IpAddress[];
  refused(operation: string, error: KernelError): void;
}

/** An interface answers for its own addresses alone, since several are on one wire. */
const OF_BASES = { [IPV4_DEVCONF_ARP_IGNORE]: 1, [IPV4_DEVCONF_ARPFILTER]: 1 };
/** Of a virtual MAC's interface: it hears hosts that its base reaches, and this one. */
const OF_VMACS = {
  [IPV4_DEVCONF_ARP_IGNORE]: 1,
  [IPV4_DEVCONF_ACCEPT_LOCAL]: 1,
  [IPV4_DEVCONF_RP_FILTER]: 0,
  [IPV4_DEVCONF_PROMOTE_SECONDARIES]: 1,
};

/** What the interfaces of virtual MACs need set: of their own, of their bases, of the host. */
export class VmacSettings {
  private readonly parts: VmacSettingsParts;
  private readonly ofBases: LinkSettings;
  private readonly filter: ReversePath;

  constructor(parts: VmacSettingsParts) {
    this.parts = parts;
    const { heirlooms, ...rest } = parts;
    this.ofBases = new LinkSettings({
      ...rest,
      what: 'arp_ignore and arp_filter',
      values: OF_BASES,
      heirloom: heirlooms('bases'),
    });
    this.filter = new ReversePath({ ...rest, heirloom: heirlooms('reversePath') });
  }

  /** Before the interfaces are made. */
  async follow(vmacs: readonly PlannedVmac[]): Promise<void> {
    const four = vmacs.filter(({ family, ipvlan }) => family === 4 && !ipvlan);
    this.ofBases.want(four.map(({ base }) => base));
    await this.parts.requests.flush();
    await (four.length > 0 ? this.filter.lift() : this.filter.restore());
  }

  settle(name: string): void {
    this.ofBases.settle(name);
  }

  /** The interface itself, which is not up yet: it must not speak with addresses of its own. */
  async setUp(vmac: PlannedVmac, { index }: Link, base: Link): Promise<void> {
    const { sysctl, batch } = this.parts;
    const knowsIpv6 = base.inet6 !== undefined;
    if (knowsIpv6) await sysctl.write(`ipv6/conf/${vmac.name}/disable_ipv6`, vmac.hasIpv6 ? 0 : 1);
    if (vmac.ipvlan) {
      const { address } = vmac.ipvlan;
      if (address)
        await this.add({ index, ip: address.ip, prefixLength: address.prefix, scope: 0, flags: 0 });
      return;
    }
    const [outcome] = await batch([
      setLink(index, {
        ...(knowsIpv6 && { addrGenMode: IN6_ADDR_GEN_MODE_NONE }),
        ...(vmac.family === 4 && { inet: OF_VMACS }),
      }),
    ]);
    if (outcome && !outcome.ok) throw outcome.error;
    if (vmac.family === 6 && vmac.sends) await this.addSource(vmac, index, base);
  }

  /** Deprecated, so that nothing but adverts comes from it: its base has it too. */
  private async addSource(vmac: PlannedVmac, index: number, base: Link): Promise<void> {
    const known = vmac.source ?? this.parts.addressesOf(vmac.base).find(isLinkLocal6);
    const source = known ?? linkLocalOf(base);
    if (source === undefined) return;
    const preferredFor = seconds(0);
    const wanted = { index, ip: source, prefixLength: 64, scope: RT_SCOPE_LINK, preferredFor };
    await this.add({ ...wanted, flags: IFA_F_NODAD });
  }

  private async add(address: Address): Promise<void> {
    const [outcome] = await this.parts.batch([newAddress(address, { replace: true })]);
    if (outcome && !outcome.ok) throw outcome.error;
  }

  /** Adverts can leave by it: the kernel tells of an IPv6 address only when the interface is up. */
  isReady({ name, family, sends, ipvlan }: PlannedVmac): boolean {
    return (family === 4 && !ipvlan?.address) || !sends || this.parts.addressesOf(name).length > 0;
  }

  async restore(): Promise<void> {
    this.ofBases.want([]);
    await this.parts.requests.flush();
    await this.filter.restore();
  }
}

/** The link-local address that comes of an Ethernet address (RFC 4291, appendix A). */
export function linkLocalOf({ mac }: Link): IpAddress | undefined {
  if (mac?.length !== 6) return undefined;
  const [first = 0, ...rest] = mac;
  const bytes = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  return ipFromBytes(Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, ...bytes));
}

import { hex } from '@keepalived-ts/base/bytes.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { Malformed } from '@keepalived-ts/netlink/attributes.js';
import { RTM_DELADDR, RTM_DELLINK } from '@keepalived-ts/netlink/constants.js';
import type { Message } from '@keepalived-ts/netlink/message.js';
import {
  type Address,
  IFA_F_DADFAILED,
  parseAddress,
} from '@keepalived-ts/netlink/route/address.js';
import {
  IFF_NOARP,
  isRunning,
  type Link as KernelLink,
  parseLink,
} from '@keepalived-ts/netlink/route/link.js';
import type { Link } from '../core/types.js';

/**
 * An IPv6 address that is somebody else's: the kernel does not send from it.
 *
 * Compat: one that the kernel still asks the others about, for a second or two after an interface
 * has come up, counts; a backup sends nothing in that time, and a FAULT would be told for nothing.
 */
const NOT_USABLE = IFA_F_DADFAILED;

/** ARPHRD_LOOPBACK of <linux/if_arp.h>: it has an address of zeros, which is to say none. */
const LOOPBACK = 772;

/** Of <linux/ipv6.h>. */
const DEVCONF_FORWARDING = 0;

/** What a message changed: an interface (by name), or an address that somebody took away. */
export type Change =
  | { of: 'link'; name: string }
  | { of: 'removed'; address: Address; interface: string; port: number };

interface Entry {
  link: KernelLink;
  addresses: Address[];
  /** How the core sees it, until it changes: asked for once per address of it. */
  shown?: Link | undefined;
}

const sameAddress = (a: Address, b: Address): boolean =>
  a.ip === b.ip && a.prefixLength === b.prefixLength && a.peer === b.peer;

/**
 * The interfaces and addresses of the network namespace, kept up to date by what rtnetlink tells.
 *
 * Values in, changes out; where the messages come from is `Network`'s business.
 */
export class LinkTable {
  private entries = new Map<number, Entry>();

  /** Works in one notification. Messages of other kinds, and garbage, change nothing. */
  learn(message: Message): Change[] {
    const link = parseLink(message);
    if (link !== undefined) {
      if (link instanceof Malformed) return [];
      return message.type === RTM_DELLINK ? this.drop(link.index) : this.put(link);
    }
    const address = parseAddress(message);
    if (address === undefined || address instanceof Malformed) return [];
    return message.type === RTM_DELADDR ? this.remove(address, message.port) : this.add(address);
  }

  /** Takes a complete dump instead of what was known; the differences are the changes. */
  reset(links: readonly KernelLink[], addresses: readonly Address[]): Change[] {
    const former = this.entries;
    this.entries = new Map(links.map((link) => [link.index, { link, addresses: [] }]));
    for (const address of addresses) this.entries.get(address.index)?.addresses.push(address);
    const changes: Change[] = [];
    for (const [index, { link, addresses: before }] of former) {
      const after = this.entries.get(index);
      if (after?.link.name !== link.name) changes.push({ of: 'link', name: link.name });
      for (const address of after ? before : []) {
        if (after?.addresses.some((other) => sameAddress(address, other))) continue;
        changes.push({ of: 'removed', address, interface: link.name, port: 0 });
      }
    }
    for (const link of links) changes.push({ of: 'link', name: link.name });
    return changes;
  }

  /** An interface as the core sees it; the same value until it changes. */
  get(name: string): Link | undefined {
    const entry = this.find(name);
    if (entry) entry.shown ??= view(entry);
    return entry?.shown;
  }

  /** An interface as the kernel tells of it. */
  kernelLink(name: string): KernelLink | undefined {
    return this.find(name)?.link;
  }

  kernelLinks(): readonly KernelLink[] {
    return [...this.entries.values()].map(({ link }) => link);
  }

  /** Whether an interface forwards IPv6, as far as the kernel has told. */
  forwards6(name: string): boolean {
    return (this.kernelLink(name)?.inet6?.conf[DEVCONF_FORWARDING] ?? 0) !== 0;
  }

  /** The routing table of a VRF device. */
  tableOf(vrf: string): number | undefined {
    return this.kernelLink(vrf)?.kind?.vrfTable;
  }

  private find(name: string): Entry | undefined {
    for (const entry of this.entries.values()) if (entry.link.name === name) return entry;
    return undefined;
  }

  private put(link: KernelLink): Change[] {
    const entry = this.entries.get(link.index);
    this.entries.set(link.index, { link, addresses: entry?.addresses ?? [] });
    const renamed = entry !== undefined && entry.link.name !== link.name;
    const changes: Change[] = [{ of: 'link', name: link.name }];
    return renamed ? [{ of: 'link', name: entry.link.name }, ...changes] : changes;
  }

  private drop(index: number): Change[] {
    const entry = this.entries.get(index);
    this.entries.delete(index);
    return entry ? [{ of: 'link', name: entry.link.name }] : [];
  }

  private add(address: Address): Change[] {
    const entry = this.entries.get(address.index);
    if (!entry) return [];
    const at = entry.addresses.findIndex((other) => sameAddress(address, other));
    if (at < 0) entry.addresses.push(address);
    else entry.addresses[at] = address;
    entry.shown = undefined;
    return [{ of: 'link', name: entry.link.name }];
  }

  private remove(address: Address, port: number): Change[] {
    const entry = this.entries.get(address.index);
    if (!entry) return [];
    entry.addresses = entry.addresses.filter((other) => !sameAddress(address, other));
    entry.shown = undefined;
    const { name } = entry.link;
    return [
      { of: 'removed', address, interface: name, port },
      { of: 'link', name },
    ];
  }
}

/** Whether two pictures of an interface say the same. */
export function sameLink(a: Link, b: Link): boolean {
  const { addresses, ...rest } = a;
  const { addresses: others, ...otherRest } = b;
  return (
    addresses.length === others.length &&
    addresses.every(({ address, prefix }, i) => {
      const other = others[i];
      return address === other?.address && prefix === other.prefix;
    }) &&
    JSON.stringify(rest) === JSON.stringify(otherRest)
  );
}

function view({ link, addresses }: Entry): Link {
  return {
    name: link.name,
    index: link.index,
    up: isRunning(link),
    mtu: link.mtu,
    mac: link.mac && link.hardware !== LOOPBACK ? hex(link.mac) : '',
    noArp: (link.flags & IFF_NOARP) !== 0,
    addresses: addresses
      .filter(({ flags }) => (flags & NOT_USABLE) === 0)
      .map(({ ip, prefixLength }): { address: IpAddress; prefix: number } => ({
        address: ip,
        prefix: prefixLength,
      })),
  };
}

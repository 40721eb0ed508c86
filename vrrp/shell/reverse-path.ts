import type { Outcome } from '@keepalived-ts/netlink/client.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import {
  IFF_LOOPBACK,
  IPV4_DEVCONF_RP_FILTER,
  type Link,
  setLink,
  settingOf,
} from '@keepalived-ts/netlink/route/link.js';
import type { Heirloom } from '#src/ipc/heirloom.js';
import type { Legacy } from '#src/ipc/messages.js';
import type { Sysctl } from './sysctl.js';

export interface ReversePathParts {
  heirloom: Heirloom<NonNullable<Legacy['reversePath']>>;
  sysctl: Sysctl;
  batch(requests: readonly Request[]): Promise<readonly Outcome[]>;
  kernelLinks(): readonly Link[];
}

const ALL = 'ipv4/conf/all/rp_filter';
const DEFAULT = 'ipv4/conf/default/rp_filter';

const filterOf = (link: Link): number => settingOf(link, IPV4_DEVCONF_RP_FILTER) ?? 0;

/**
 * The reverse path filter, which would drop what comes in at a macvlan: its sender is reached by
 * the base interface.
 *
 * The value for `all` counts wherever it is larger than an interface's own, so it is made 0, after
 * every other interface has it as its own value.
 */
export class ReversePath {
  private readonly parts: ReversePathParts;
  /** What was set before. */
  private former: Legacy['reversePath'];

  constructor(parts: ReversePathParts) {
    this.parts = parts;
    this.former = parts.heirloom.found;
  }

  async lift(): Promise<void> {
    if (this.former) return;
    const { sysctl } = this.parts;
    const [all, usual = 0] = [await sysctl.read(ALL), await sysctl.read(DEFAULT)];
    if (!all) return;
    const links = this.parts.kernelLinks().filter(({ flags }) => (flags & IFF_LOOPBACK) === 0);
    const low = links.filter((link) => filterOf(link) < all);
    this.former = { all, usual, own: new Map(links.map((link) => [link.index, filterOf(link)])) };
    this.parts.heirloom.leave(this.former);
    if (usual < all) await sysctl.write(DEFAULT, all);
    await this.parts.batch(low.map(({ index }) => change(index, all)));
    await sysctl.write(ALL, 0);
  }

  async restore(): Promise<void> {
    const { former } = this;
    if (!former) return;
    this.former = undefined;
    const { sysctl, batch, kernelLinks } = this.parts;
    await sysctl.write(ALL, former.all);
    await sysctl.write(DEFAULT, former.usual);
    const raised = kernelLinks().filter((link) => filterOf(link) === former.all);
    // One that came meanwhile began with what we had made the usual value.
    await batch(raised.map(({ index }) => change(index, former.own.get(index) ?? former.usual)));
    this.parts.heirloom.leave(undefined);
  }
}

const change = (index: number, value: number): Request =>
  setLink(index, { inet: { [IPV4_DEVCONF_RP_FILTER]: value } });

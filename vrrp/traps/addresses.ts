import { viewOf } from '@keepalived-ts/base/bytes.js';
import { familyOf, type IpAddress, ipBytes, parseIp } from '@keepalived-ts/base/ip.js';
import { itemsOf, placeOf } from '#src/config/places.js';
import { repeats, type Traps } from '#src/config/traps.js';
import type { VrrpConfig } from '../core/plan.js';
import type { VipLine } from '../keywords/addresses.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';

const fields = ['virtual_ipaddress', 'virtual_ipaddress_excluded'] as const;

const vipsOf = (vr: VrrpInstanceConfig): VipLine[] => fields.flatMap((field) => vr[field]);

/** What an IPv4 address is instead of a host's, if it is that. */
function otherThanHost({ address, prefix }: VipLine): string | undefined {
  if (familyOf(address) === 6) return undefined;
  const bits = viewOf(ipBytes(address)).getUint32(0);
  if (bits >>> 28 >= 0xe) return 'a multicast or reserved address';
  if (prefix > 30) return undefined;
  const hosts = 2 ** (32 - prefix) - 1;
  if ((bits & hosts) >>> 0 === hosts) return 'the broadcast address of its subnet';
  return (bits & hosts) === 0 ? 'the address of its whole subnet' : undefined;
}

export const addressTraps: Traps<VrrpConfig> = {
  'vip-without-mask': {
    why: 'An address without prefix length gets /32 (/128): the interface has no route to its subnet unless another address brings one, which fails where the virtual address is the only one.',
    remedy: "write the subnet's prefix length, or /32 (/128) if the address is to stand alone",
    find(config, tell) {
      for (const vr of config.vrrp_instance) {
        const items = fields.flatMap((field) => itemsOf(vr, field));
        const [first, ...others] = items.filter(({ text }) => parseIp(text) !== undefined);
        if (!first) continue;
        const more = others.length > 0 ? `, nor have ${others.length} more` : '';
        tell(first.at, `(${vr.name}) virtual address ${first.text} has no prefix length${more}`);
      }
    },
  },

  'vip-twice': {
    why: 'Two instances that hold one address take it away from each other: whoever becomes backup removes it.',
    remedy: 'an address belongs into one instance',
    find(config, tell) {
      const all = config.vrrp_instance.flatMap((vr) =>
        vipsOf(vr).map((vip) => ({ vr, vip, device: vip.dev ?? vr.interface })),
      );
      for (const [first, { vr, vip }] of repeats(all, (v) => `${v.vip.address} ${v.device}`)) {
        const where = first.vr === vr ? 'the same instance' : first.vr.name;
        tell(vip.at, `(${vr.name}) virtual address ${vip.address} is in ${where}, too`);
      }
    },
  },

  'vip-not-a-host': {
    why: "The first address of a subnet means the subnet and the last one is its broadcast address: neighbours do not take them for a host's.",
    remedy: 'correct the address or its prefix length',
    find(config, tell) {
      for (const vr of config.vrrp_instance) {
        for (const vip of vipsOf(vr)) {
          const what = otherThanHost(vip);
          if (what) tell(vip.at, `(${vr.name}) ${vip.address}/${vip.prefix} is ${what}`);
        }
      }
    },
  },

  'source-is-vip': {
    why: 'A virtual address is there only while the instance is MASTER; adverts need a source that is always there, and peers compare it to settle ties.',
    remedy: "use an address of the interface's own",
    find(config, tell) {
      for (const vr of config.vrrp_instance) {
        const vips = new Set<IpAddress>(vipsOf(vr).map(({ address }) => address));
        for (const field of ['mcast_src_ip', 'unicast_src_ip'] as const) {
          const source = vr[field];
          if (source === undefined || !vips.has(source)) continue;
          tell(placeOf(vr, field), `(${vr.name}) ${field} ${source} is a virtual address`);
        }
      }
    },
  },

  'unicast-to-itself': {
    why: 'Adverts to the own address come back and look like those of a rival with the same priority.',
    remedy: 'list the other nodes only',
    find(config, tell) {
      for (const vr of config.vrrp_instance) {
        const source = vr.unicast_src_ip;
        for (const { text, at } of source ? itemsOf(vr, 'unicast_peer') : []) {
          if (parseIp(text) !== source) continue;
          tell(at, `(${vr.name}) unicast_peer ${text} is its own unicast_src_ip`);
        }
      }
    },
  },
};

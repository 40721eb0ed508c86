import { parseIp } from '@keepalived-ts/base/ip.js';
import { type LineOf, optionLine } from '#src/config/option-line.js';
import { keyword } from '#src/config/schema.js';
import type { Join, ParseContext, ValueType } from '#src/config/value-type.js';
import { flag, interfaceName, mistake } from '#src/config/values.js';
import { addressWithPrefix } from './addresses.js';
import { linkGroup } from './route-names.js';

/** A MAC as lower case text; five octets are to be completed by the VRID. */
const mac: ValueType<string> = {
  usage: 'MAC',
  least: 1,
  accepts: (text) => /^[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){4,5}$/.test(text),
  parse([first], context) {
    if (first === undefined) return undefined;
    const octets = first.text.toLowerCase().split(':');
    const text = octets.map((octet) => octet.padStart(2, '0')).join(':');
    const isGroup = (Number.parseInt(octets[0] ?? '', 16) & 1) === 1;
    // RFC 9568 §7.3: 00-00-5E-00-01 and -02 are for virtual routers that follow the RFC.
    if (!isGroup && !/^00:00:5e:00:0[12]/.test(text)) return text;
    const why = isGroup ? 'is of a multicast group' : 'is in the range of VRRP itself';
    return mistake(context, first, `MAC ${first.text} ${why} - ignoring`);
  },
  print: (value) => value,
};

/** A name without the word `name` before it. */
const bareName: ValueType<string> = { ...interfaceName, usage: 'IFNAME' };

const options = {
  name: keyword(
    interfaceName,
    'Name of the interface, also where it looks like another option.',
  ).onlyOnce(),
  group: keyword(
    linkGroup,
    'Group of the interface, as in ip link; that of its base unless given.',
  ),
};

interface Names {
  name: string | undefined;
  ifname: string | undefined;
}

/** One name, however it was written. */
function oneName<L extends Names>(line: L, context: ParseContext): L {
  if (line.name !== undefined && line.ifname !== undefined) {
    mistake(context, context.subject, 'interface name already specified', line.name);
  }
  return { ...line, name: line.name ?? line.ifname, ifname: undefined };
}

/** What stands behind `use_vmac`. */
export const useVmac = optionLine({
  loose: {
    mac: keyword(mac, 'Another MAC than 00:00:5e:00:01:VRID (02 for IPv6).').onlyOnce(),
    ifname: keyword(bareName, 'Name of the interface; vrrp.VRID unless given.').onlyOnce(),
  },
  options: {
    ...options,
    netlink_notify_msg: keyword(
      flag,
      'Touch the base interface after the macvlan was made, so that others hear of it.',
    )
      .default(false)
      .without('the kernel tells of the new interface itself'),
  },
  settle: oneName,
});

const sharing = (doc: string) => keyword(flag, doc).default(false);

/** What stands behind `use_ipvlan`. */
export const useIpvlan = optionLine({
  loose: {
    address: keyword(
      {
        ...addressWithPrefix,
        accepts: (text: string) => parseIp(text.split('/')[0] ?? '') !== undefined,
      },
      'Address of the interface and source of adverts; IPv4 needs one.',
    ).onlyOnce(),
    ifname: keyword(bareName, 'Name of the interface; vrrp.VRID unless given.').onlyOnce(),
  },
  options: {
    ...options,
    bridge: sharing('Interfaces upon one base reach each other; the default.'),
    private: sharing('Interfaces upon one base do not reach each other.'),
    vepa: sharing('Interfaces upon one base reach each other through the switch outside.'),
  },
  settle: oneName,
});

export type UseVmac = LineOf<typeof useVmac>;

/** Compat: several lines of `use_vmac` are one, in which what was said first stays. */
export const joinVmacs: Join<UseVmac> = (former, next, complain) => {
  if (former.name !== undefined && next.name !== undefined) complain('interface name');
  if (former.mac !== undefined && next.mac !== undefined) complain('MAC');
  return {
    ...former,
    name: former.name ?? next.name,
    mac: former.mac ?? next.mac,
    group: former.group ?? next.group,
    netlink_notify_msg: former.netlink_notify_msg || next.netlink_notify_msg,
  };
};

export type UseIpvlan = LineOf<typeof useIpvlan>;

import { keyword } from '../schema.js';
import type { ValueType } from '../value-type.js';
import { flag, integer, mistake, quoted } from '../values.js';

const FIREWALL = 'no firewall rules are made';
const I32 = 2147483647;

/** Up to as many names as there are words for them, each with a longest length. */
const names = (longest: number, ...what: string[]): ValueType<string[]> => ({
  usage: what.map((name) => `[${name}]`).join(' '),
  least: 0,
  parse(given, context) {
    const kept = given.slice(0, what.length);
    const long = kept.find(({ text }) => text.length > longest);
    if (long === undefined) return kept.map(({ text }) => text);
    const hint = `at most ${longest} characters`;
    return mistake(context, long, `${context.subject.text}: name '${long.text}' too long`, hint);
  },
  print: (value) => value.map(quoted).join(' '),
  json: { schema: { type: 'array', items: { type: 'string' } }, of: (value) => value },
});

/** XT_FUNCTION_MAXNAMELEN of <linux/netfilter/x_tables.h>, without the NUL. */
const LONGEST_CHAIN = 28;
/** IPSET_MAXNAMELEN of <linux/netfilter/ipset/ip_set.h>, without the NUL. */
const LONGEST_SET = 31;
/** NFT_TABLE_MAXNAMELEN of <linux/netfilter/nf_tables.h>, without the NUL. */
const LONGEST_TABLE = 255;

/** Rules that keep packets from addresses which should not answer, and mark those of groups. */
export const firewallGlobals = {
  vrrp_iptables: keyword(
    names(LONGEST_CHAIN, 'IN CHAIN', 'OUT CHAIN'),
    'Drop packets for virtual addresses with no_accept by iptables rules in these chains.',
  )
    .onlyOnce()
    .unless('no such rules; INPUT and OUTPUT where no chains are named')
    .refused(FIREWALL),
  vrrp_ipsets: keyword(
    names(LONGEST_SET, 'SET', 'SET6', 'SET_IF6', 'IGMP', 'MLD', 'ND'),
    'Names of the sets that hold the addresses of those iptables rules; none for no sets.',
  ).refused(FIREWALL),
  nftables: keyword(
    names(LONGEST_TABLE, 'TABLE'),
    'Drop packets for virtual addresses with no_accept by nftables rules in this table.',
  )
    .onlyOnce()
    .unless('no such rules; the table keepalived where none is named')
    .refused(FIREWALL),
  nftables_priority: keyword(integer(-I32 - 1, I32), 'Priority of the base chains in that table.')
    .default(-1)
    .refused(FIREWALL),
  nftables_ifindex: keyword(
    flag,
    'Tell link-local addresses apart by the index of the interface rather than by its name.',
  ).refused(FIREWALL),
  nftables_counters: keyword(flag, 'Count packets in every rule of those tables.').refused(
    FIREWALL,
  ),
  nftables_ipvs: keyword(
    names(LONGEST_TABLE, 'TABLE'),
    'Mark the packets of a virtual server group by nftables, so that IPVS needs one service for it.',
  )
    .onlyOnce()
    .refused('each address of a group is a service of its own, as without the keyword'),
  nftables_ipvs_priority: keyword(integer(-I32 - 1, I32), 'Priority of the chains that mark.')
    .default(-1)
    .refused(FIREWALL),
  nftables_ipvs_start_fwmark: keyword(
    integer(1, 4294967295),
    'First mark to use for groups; the next groups get the following ones.',
  )
    .default(1000)
    .refused(FIREWALL),
};

import { keyword } from '../schema.js';
import type { ValueType } from '../value-type.js';
import { flag, integer, mistake, quoted } from '../values.js';

const NOT_MARKED = 'nftables marks no packets';
const NOT_IPTABLES =
  'nftables does the same, as with keepalived where iptables is made of nf_tables';
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
    .unless('rules of nftables')
    .refused(NOT_IPTABLES),
  vrrp_ipsets: keyword(
    names(LONGEST_SET, 'SET', 'SET6', 'SET_IF6', 'IGMP', 'MLD', 'ND'),
    'Names of the sets that hold the addresses of those iptables rules; none for no sets.',
  ).refused(NOT_IPTABLES),
  nftables: keyword(
    names(LONGEST_TABLE, 'TABLE'),
    'Name of the nftables tables whose rules drop packets for virtual addresses with no_accept.',
  )
    .explained(
      'There is one for each family that has such addresses. They are made at start, in place of ' +
        'those of a run that crashed, and removed at stop: nothing else may use the name.',
    )
    .onlyOnce()
    .unless('the table keepalived')
    .shown('nftables vrrp_guard'),
  nftables_priority: keyword(
    integer(-I32 - 1, I32),
    'Priority of the base chains in that table; lower ones see packets first.',
  ).default(-1),
  nftables_ifindex: keyword(
    flag,
    'Tell link-local addresses apart by the index of the interface rather than by its name.',
  ),
  nftables_counters: keyword(flag, 'Count packets in every rule of those tables.'),
  nftables_ipvs: keyword(
    names(LONGEST_TABLE, 'TABLE'),
    'Mark the packets of a virtual server group by nftables, so that IPVS needs one service for it.',
  )
    .onlyOnce()
    .refused('each address of a group is a service of its own, as without the keyword'),
  nftables_ipvs_priority: keyword(integer(-I32 - 1, I32), 'Priority of the chains that mark.')
    .default(-1)
    .refused(NOT_MARKED),
  nftables_ipvs_start_fwmark: keyword(
    integer(1, 4294967295),
    'First mark to use for groups; the next groups get the following ones.',
  )
    .default(1000)
    .refused(NOT_MARKED),
};

import type { Rule } from '@keepalived-ts/netlink/route/rule.js';
import type { RuleAction, VirtualRule } from '../keywords/rule-line.js';
import type { NumberRange } from '../keywords/rule-values.js';
import { prefixOf, realmOf } from './plan-routes.js';
import type { PlannedRule } from './planned.js';

/** FR_ACT_* of <linux/fib_rules.h>; a VRF's table is looked up too (`l3mdev`). */
const ACTIONS: Readonly<Record<RuleAction['does'], number>> = {
  lookup: 1,
  l3mdev: 1,
  goto: 2,
  nop: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};
const FIB_RULE_INVERT = 0x2;

/** Where rules without a preference begin; each further one of the family goes one below. */
const FIRST_PREFERENCE = 16384;

/** Gives rules a place that have none: 16384 and downward, IPv4 and IPv6 each for itself. */
export function preferences(): (line: VirtualRule) => number {
  const next = { 4: FIRST_PREFERENCE, 6: FIRST_PREFERENCE };
  return ({ family, preference }) => preference ?? next[family]--;
}

/** A line of rules, as the kernel is to have it. */
export const planRule = (
  line: VirtualRule,
  preferenceOf: (line: VirtualRule) => number,
): PlannedRule => ({
  rule: {
    family: line.family,
    action: ACTIONS[line.action.does],
    table: line.action.does === 'lookup' ? line.action.table : 0,
    goto: line.action.does === 'goto' ? line.action.preference : undefined,
    l3mdev: line.action.does === 'l3mdev' || undefined,
    priority: preferenceOf(line),
    source: line.from && prefixOf(line.from),
    destination: line.to && prefixOf(line.to),
    tos: line.tos,
    flags: line.not ? FIB_RULE_INVERT : 0,
    inputName: line.iif,
    outputName: line.oif,
    mark: line.fwmark?.mark,
    markMask: line.fwmark?.mask,
    realm: line.realms && realmOf(line.realms),
    tunnelId: line['tunnel-id'],
    suppressGroup: line.suppress_ifgroup,
    suppressPrefixLength: line.suppress_prefixlength,
    uids: rangeOf(line.uidrange),
    protocol: line.protocol,
    ipProtocol: line.ipproto,
    sourcePorts: rangeOf(line.sport),
    destinationPorts: rangeOf(line.dport),
  },
  tracked: !line.no_track,
});

const rangeOf = (range: NumberRange | undefined): Rule['uids'] =>
  range && { from: range.start, to: range.end };

import { familyOf, type IpFamily } from '@keepalived-ts/base/ip.js';
import { type LineOf, optionLine } from '#src/config/option-line.js';
import { type Keywords, keyword } from '#src/config/schema.js';
import type { ParseContext } from '#src/config/value-type.js';
import { flag, integer, interfaceName, mistake, word } from '#src/config/values.js';
import type { AddressWithPrefix } from './addresses.js';
import { uint64 } from './encap.js';
import {
  dsfield,
  linkGroup,
  PROTOCOL_KEEPALIVED,
  type Realms,
  realms,
  table,
} from './route-names.js';
import { type Anywhere, selector } from './route-values.js';
import {
  filler,
  fwmark,
  ipProtocol,
  numberRange,
  type Refusal,
  refusal,
  rulePreference,
} from './rule-values.js';

const MOST31 = 2147483647;
const MOST32 = 4294967295;

const rows = {
  inet: keyword(flag, 'The rule is of IPv4, where its addresses do not tell.').default(false),
  inet6: keyword(flag, 'The rule is of IPv6, where its addresses do not tell.').default(false),
  from: keyword(selector, 'Packets with these source addresses.'),
  to: keyword(selector, 'Packets with these destination addresses.'),
  table: keyword(table, 'Look the packet up in this routing table.').alias('lookup'),
  not: keyword(flag, 'All packets but those that the rule describes.').default(false),
  preference: keyword(rulePreference, 'Place among the rules: the lowest number is asked first.')
    .alias('order')
    .alias('priority')
    .unless('16384 and downward, one for each rule, with a warning'),
  tos: keyword(dsfield, 'Packets with this type of service.').alias('dsfield'),
  fwmark: keyword(fwmark, 'Packets that the firewall marked so.'),
  realms: keyword(realms, 'Realms that packets are counted for (IPv4, with table only).'),
  suppress_prefixlength: keyword(
    integer(0, MOST31, { strict: true }),
    'Heed no route of the table with a prefix this short or shorter; 0: no default route.',
  ).alias('sup_pl'),
  suppress_ifgroup: keyword(
    linkGroup,
    'Heed no route of the table that leaves through an interface of this group.',
  ).alias('sup_group'),
  iif: keyword(
    interfaceName,
    'Packets that came in here; lo for those made by this machine.',
  ).alias('dev'),
  oif: keyword(interfaceName, 'Packets of sockets that are bound to this interface.'),
  'tunnel-id': keyword(uint64, 'Packets of the tunnel with this key.'),
  uidrange: keyword(numberRange(MOST32 - 1), 'Packets of sockets of these users.'),
  l3mdev: keyword(flag, "Look up in the table of the interface's VRF.").default(false),
  protocol: keyword(
    integer(0, 255, { strict: true }),
    'Who made the rule; another one than keepalived (18) needs no_track.',
  ).default(PROTOCOL_KEEPALIVED),
  ipproto: keyword(ipProtocol, 'Packets of this IP protocol.'),
  sport: keyword(numberRange(65535), 'Packets from these ports.'),
  dport: keyword(numberRange(65535), 'Packets to these ports.'),
  type: keyword(filler, 'May stand before what the rule does, as in iproute2.').default(false),
  goto: keyword(rulePreference, 'Go on with the rule of this preference, which must be higher.'),
  nop: keyword(flag, 'Do nothing; a place for others to go to.').default(false),
  no_track: keyword(flag, 'Do not react when somebody else deletes the rule.').default(false),
} satisfies Keywords;

const loose = {
  refusal: keyword(refusal, 'Drop the packet: silently, as unreachable, or as prohibited.'),
};

interface Unsettled {
  from: AddressWithPrefix | Anywhere | undefined;
  to: AddressWithPrefix | Anywhere | undefined;
  inet: boolean;
  inet6: boolean;
  table: number | undefined;
  goto: number | undefined;
  preference: number | undefined;
  nop: boolean;
  l3mdev: boolean;
  refusal: Refusal | undefined;
  realms: Realms | undefined;
  suppress_prefixlength: number | undefined;
  suppress_ifgroup: number | undefined;
  protocol: number;
  no_track: boolean;
}

/** What a rule does with the packets it selects (FR_ACT_* of <linux/fib_rules.h>). */
export type RuleAction =
  | { does: 'lookup'; table: number }
  | { does: 'goto'; preference: number }
  | { does: 'nop' | 'l3mdev' | Refusal };

export interface RuleSettlement {
  family: IpFamily;
  action: RuleAction;
  from: AddressWithPrefix | undefined;
  to: AddressWithPrefix | undefined;
}

function settle<L extends Unsettled>(
  line: L,
  context: ParseContext,
): (L & RuleSettlement) | undefined {
  const about = context.subject;
  const actions = actionsOf(line);
  const [action] = actions;
  if (action === undefined) {
    return mistake(context, about, 'No action specified for rule - ignoring', 'table, goto, ...');
  }
  if (actions.length > 1) {
    const message = `Cannot specify more than one of ${actions.map((a) => a.does).join(', ')} for rule`;
    return mistake(context, about, message);
  }
  if (line.table === 0) return mistake(context, about, 'Table 0 is not valid');
  const isFine = action.does === 'lookup' || !hasLookupOptions(line);
  if (!isFine) {
    return mistake(context, about, 'suppressor/realm specified for non table action - skipping');
  }
  const [from, to] = [line.from, line.to].map((s) => (s === 'default' ? undefined : s));
  const family = familyOfLine(line, from, to);
  if (family === undefined) {
    return mistake(context, about, 'rule specification has mixed IPv4 and IPv6');
  }
  if (!goesForward(line, context)) return undefined;
  const protocol = line.no_track ? line.protocol : PROTOCOL_KEEPALIVED;
  if (protocol !== line.protocol) {
    const message = 'Rule cannot be tracked if protocol is not keepalived, resetting protocol';
    mistake(context, about, message, 'no_track keeps the protocol');
  }
  return { ...line, family, action, from, to, protocol };
}

function actionsOf(line: Unsettled): RuleAction[] {
  const actions: RuleAction[] = [];
  if (line.table !== undefined) actions.push({ does: 'lookup', table: line.table });
  if (line.goto !== undefined) actions.push({ does: 'goto', preference: line.goto });
  if (line.nop) actions.push({ does: 'nop' });
  if (line.l3mdev) actions.push({ does: 'l3mdev' });
  if (line.refusal) actions.push({ does: line.refusal });
  return actions;
}

const hasLookupOptions = (line: Unsettled): boolean =>
  line.realms !== undefined ||
  line.suppress_prefixlength !== undefined ||
  line.suppress_ifgroup !== undefined;

/** `undefined` where the words disagree; IPv4 where they say nothing. */
function familyOfLine(
  line: Unsettled,
  from: AddressWithPrefix | undefined,
  to: AddressWithPrefix | undefined,
): IpFamily | undefined {
  const families = new Set([from, to].flatMap((s) => (s ? [familyOf(s.address)] : [])));
  if (line.inet) families.add(4);
  if (line.inet6) families.add(6);
  const [only = 4] = families;
  return families.size > 1 ? undefined : only;
}

/** A rule knows its place, and does not jump back. */
function goesForward(line: Unsettled, context: ParseContext): boolean {
  const { preference, goto: target } = line;
  const about = context.subject;
  if (target !== undefined && (preference === undefined || preference >= target)) {
    const message =
      preference === undefined
        ? `Invalid rule - goto target ${target} specified without preference`
        : `Invalid rule - preference ${preference} >= goto target ${target}`;
    mistake(context, about, message);
    return false;
  }
  if (preference === undefined) {
    const message =
      'Rule has no preference specified - setting to 16384 or below. This is probably not what you want.';
    mistake(context, about, message, 'preference N, from 1 to 32765');
  }
  return true;
}

const spec = { loose, wholly: true, lacking: 'fatal' } as const;

/** A line of `virtual_rules`. */
export const virtualRule = optionLine({ ...spec, options: rows, settle });

/** A line of `static_rules`. */
export const staticRule = optionLine({
  ...spec,
  options: {
    ...rows,
    track_group: keyword(
      word,
      'A track_group whose instances go to FAULT when the interface of the rule is down.',
    ),
  },
  settle,
});

export type VirtualRule = LineOf<typeof virtualRule>;
export type StaticRule = LineOf<typeof staticRule>;

import type { Adjustment } from '#src/ipc/messages.js';
import { type AnyTable, column, numbered, table } from '#src/snmp/tree.js';
import { gauge, inetAddress, integer, text, truth } from '#src/snmp/value.js';
import type { AddressWithPrefix } from '../keywords/addresses.js';
import type { RuleAction, VirtualRule } from '../keywords/rule-line.js';
import { entryOf } from './oids.js';
import { addressType, type VrrpView } from './view.js';

type Line = Omit<VirtualRule, 'track_group'>;

interface Rule {
  line: Line;
  isSet: boolean;
}

/** RuleAction of KEEPALIVED-MIB, which are FR_ACT_* of <linux/fib_rules.h>. */
const ACTIONS: Readonly<Record<RuleAction['does'], number>> = {
  lookup: 1,
  l3mdev: 1,
  goto: 2,
  nop: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};

/** The older columns know one network only: where packets come from, or else where they go. */
const legacy = ({ line }: Rule): AddressWithPrefix | undefined => line.from ?? line.to;

const tableOf = ({ line: { action } }: Rule): number | undefined =>
  action.does === 'lookup' ? action.table : undefined;

const half = (value: bigint | undefined, shift: bigint): number | undefined =>
  value === undefined ? undefined : Number((value >> shift) & 0xffffffffn);

/** K.2.8: vrrpRuleTable. Compat: columns 33 to 38 of the MIB are not served. */
const rules = table<VrrpView, Rule, Adjustment>({
  entry: entryOf(8),
  rows: (view) => [
    ...numbered(
      view.config.static_rules.map((line): Rule => ({ line, isSet: view.status !== undefined })),
      [0],
    ),
    ...view.instances.flatMap(({ config, status }, i) => {
      const isSet = status?.addressesSet ?? false;
      return numbered(
        config.virtual_rules.map((line): Rule => ({ line, isSet })),
        [i + 1],
      );
    }),
  ],
  columns: [
    column(
      2,
      'vrrpRuleDirection',
      text,
      (rule) => legacy(rule) && (rule.line.from ? 'from' : 'to'),
    ),
    column(
      3,
      'vrrpRuleAddressType',
      integer,
      (rule) => legacy(rule) && addressType(rule.line.family),
    ),
    column(4, 'vrrpRuleAddress', inetAddress, (rule) => legacy(rule)?.address),
    column(5, 'vrrpRuleAddressMask', gauge, (rule) => legacy(rule)?.prefix),
    column(6, 'vrrpRuleRoutingTable', gauge, tableOf),
    column(7, 'vrrpRuleStatus', truth, ({ isSet }) => isSet),
    column(8, 'vrrpRuleInvert', truth, ({ line }) => line.not),
    column(
      9,
      'vrrpRuleDestinationAddressType',
      integer,
      ({ line }) => line.to && addressType(line.family),
    ),
    column(10, 'vrrpRuleDestinationAddress', inetAddress, ({ line }) => line.to?.address),
    column(11, 'vrrpRuleDestinationAddressMask', gauge, ({ line }) => line.to?.prefix),
    column(
      12,
      'vrrpRuleSourceAddressType',
      integer,
      ({ line }) => line.from && addressType(line.family),
    ),
    column(13, 'vrrpRuleSourceAddress', inetAddress, ({ line }) => line.from?.address),
    column(14, 'vrrpRuleSourceAddressMask', gauge, ({ line }) => line.from?.prefix),
    column(15, 'vrrpRuleTos', gauge, ({ line }) => line.tos ?? 0),
    column(16, 'vrrpRuleFwmark', gauge, ({ line }) => line.fwmark?.mark),
    column(17, 'vrrpRuleFwmask', gauge, ({ line }) => line.fwmark?.mask),
    column(18, 'vrrpRuleRealmDst', gauge, ({ line }) => line.realms?.to),
    column(19, 'vrrpRuleRealmSrc', gauge, ({ line }) => line.realms?.from),
    column(20, 'vrrpRuleInInterface', text, ({ line }) => line.iif),
    column(21, 'vrrpRuleOutInterface', text, ({ line }) => line.oif),
    column(22, 'vrrpRuleTarget', gauge, ({ line }) => line.goto),
    column(23, 'vrrpRuleAction', integer, ({ line }) => ACTIONS[line.action.does]),
    column(24, 'vrrpRuleTableNo', gauge, tableOf),
    column(25, 'vrrpRulePreference', gauge, ({ line }) => line.preference),
    column(26, 'vrrpRuleSuppressPrefixLen', gauge, ({ line }) => line.suppress_prefixlength),
    column(27, 'vrrpRuleSuppressGroup', text, ({ line }) =>
      line.suppress_ifgroup === undefined ? undefined : String(line.suppress_ifgroup),
    ),
    column(28, 'vrrpRuleTunnelIdHigh', gauge, ({ line }) => half(line['tunnel-id'], 32n)),
    column(29, 'vrrpRuleTunnelIdLow', gauge, ({ line }) => half(line['tunnel-id'], 0n)),
    column(30, 'vrrpRuleUidRangeStart', gauge, ({ line }) => line.uidrange?.start),
    column(31, 'vrrpRuleUidRangeEnd', gauge, ({ line }) => line.uidrange?.end),
    column(32, 'vrrpRuleL3mdev', truth, ({ line }) => (line.l3mdev ? true : undefined)),
  ],
});

export const ruleTables: readonly AnyTable<VrrpView, Adjustment>[] = [rules];

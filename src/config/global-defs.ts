import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { laterGlobals } from './global-defs-later.js';
import { integerOf } from './numbers.js';
import {
  block,
  type ConfigOf,
  keyword,
  type ParseContext,
  type ValueType,
  type Word,
} from './schema.js';
import {
  boolean,
  duration,
  flag,
  integer,
  interfaceName,
  mistake,
  multicast,
  quoted,
  wholeSeconds,
  word,
} from './values.js';

/** Connection timeouts of IPVS in seconds; undefined leaves the kernel's. */
export interface LvsTimeouts {
  tcp: number | undefined;
  tcpfin: number | undefined;
  udp: number | undefined;
}

/** IP_VS_TIMEOUT limits of <linux/ip_vs.h>: 31 days. */
const LONGEST_TIMEOUT = 2678400;

const lvsTimeouts: ValueType<LvsTimeouts> = {
  usage: '[tcp SECONDS] [tcpfin SECONDS] [udp SECONDS]',
  least: 0,
  parse(given, context) {
    if (given.length === 0) {
      return mistake(context, context.subject, 'lvs_timeouts requires at least one option');
    }
    const out: LvsTimeouts = { tcp: undefined, tcpfin: undefined, udp: undefined };
    for (let i = 0; i < given.length; i += 2) {
      const [name, value] = [given[i], given[i + 1]];
      if (name) timeout(out, name, value, context);
    }
    return Object.values(out).some((v) => v !== undefined) ? out : undefined;
  },
  print: (value) =>
    Object.entries(value)
      .flatMap(([k, v]) => (v === undefined ? [] : [`${k} ${v}`]))
      .join(' '),
};

function timeout(
  out: LvsTimeouts,
  name: Word,
  value: Word | undefined,
  context: ParseContext,
): void {
  const kind = (['tcp', 'tcpfin', 'udp'] as const).find((k) => k === name.text);
  if (!kind) mistake(context, name, `unknown timeout '${name.text}'`, 'tcp, tcpfin or udp');
  else if (!value) mistake(context, name, `${kind} lacks its seconds`);
  else out[kind] = integerOf(value, 0, LONGEST_TIMEOUT, context);
}

/** `dynamic_interfaces [allow_if_changes]`. */
const dynamicInterfaces: ValueType<'on' | 'allow_if_changes'> = {
  usage: '[allow_if_changes]',
  least: 0,
  parse([first], context) {
    if (first === undefined) return 'on';
    if (first.text === 'allow_if_changes') return 'allow_if_changes';
    mistake(
      context,
      first,
      `unknown option '${first.text}' of dynamic_interfaces`,
      'allow_if_changes',
    );
    return 'on';
  },
  print: (value) => (value === 'on' ? '' : value),
};

/** `script_user USER [GROUP]`. */
export interface ScriptUser {
  user: string;
  group: string | undefined;
  at: Span;
}

export const scriptUser: ValueType<ScriptUser> = {
  usage: 'USER [GROUP]',
  least: 1,
  parse: ([user, group]) => user && { user: user.text, group: group?.text, at: user.at },
  print: ({ user, group }) =>
    [user, group].flatMap((w) => (w === undefined ? [] : [quoted(w)])).join(' '),
};

const MOST32 = 4294967295;

export const globalDefs = block('global_defs', {
  doc: 'Settings of the whole daemon.',
  keywords: {
    router_id: keyword(word, 'Name of this node in mails.').without('there are no mails yet'),

    script_user: keyword(scriptUser, 'As whom scripts run that name nobody.'),
    enable_script_security: keyword(flag, 'Run no script as root that others may change.').default(
      false,
    ),

    vrrp_version: keyword(integer(2, 3), 'Protocol version of instances that name none.').default(
      2,
    ),
    vrrp_mcast_group4: keyword(multicast(4), 'Multicast group of adverts.').default(
      ip('224.0.0.18'),
    ),
    vrrp_garp_master_delay: keyword(
      wholeSeconds(0, 4294),
      'Time to the second batch of gratuitous ARP; 0 for none.',
    ).default(seconds(5)),
    vrrp_garp_master_repeat: keyword(
      integer(1, MOST32, { zero: 1 }),
      'Gratuitous ARPs in a batch.',
    ).default(5),
    vrrp_garp_master_refresh: keyword(
      wholeSeconds(0, MOST32),
      'Time between refreshes; 0 for none.',
    ).default(seconds(0)),
    vrrp_garp_master_refresh_repeat: keyword(
      integer(1, MOST32, { zero: 1 }),
      'Gratuitous ARPs in a refresh.',
    ).default(1),
    vrrp_garp_lower_prio_delay: keyword(
      wholeSeconds(0, 4294),
      'Time to the second batch after a weaker advert.',
    ),
    vrrp_garp_lower_prio_repeat: keyword(
      integer(0, 2147483647),
      'Gratuitous ARPs after a weaker advert.',
    ),
    vrrp_garp_interval: keyword(
      duration(0.000001, 4294.967295),
      'Least time between two gratuitous ARPs of an interface.',
    ),
    vrrp_gna_interval: keyword(
      duration(0.000001, 4294.967295),
      'Least time between two neighbour advertisements.',
    ).refused('IPv6 comes with a later version'),
    vrrp_down_timer_adverts: keyword(
      integer(1, 100),
      'Adverts missed before the master is held dead.',
    ).default(3),
    vrrp_lower_prio_no_advert: keyword(
      boolean,
      'Do not answer a weaker advert with an advert.',
    ).default(false),
    vrrp_higher_prio_send_advert: keyword(boolean, 'Send one advert before yielding.').default(
      false,
    ),
    vrrp_startup_delay: keyword(
      duration(0.001, 4294.967295, { decimals: 3 }),
      'Time before instances start.',
    ).default(seconds(0)),
    dynamic_interfaces: keyword(dynamicInterfaces, 'Accept interfaces that do not exist yet.'),
    default_interface: keyword(
      interfaceName,
      'Interface of static addresses that name none.',
    ).refused('static addresses come with a later version'),

    lvs_flush: keyword(flag, 'Empty the IPVS table at start.')
      .default(false)
      .refused('the table of others is left alone so far'),
    lvs_timeouts: keyword(lvsTimeouts, 'Connection timeouts of IPVS.').refused(
      'the timeouts of the kernel are left alone so far',
    ),
    checker_log_all_failures: keyword(boolean, 'Log each failed check, not only changes.').default(
      false,
    ),
    rs_init_notifies: keyword(boolean, 'Run notify_up for servers that come up at start.')
      .default(false)
      .refused('it comes with a later version'),

    ...laterGlobals,
  },
});

export type GlobalDefsConfig = ConfigOf<typeof globalDefs>;

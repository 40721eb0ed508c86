import type { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import {
  RTM_DELROUTE,
  RTM_DELRULE,
  RTNLGRP_IPV4_ROUTE,
  RTNLGRP_IPV4_RULE,
  RTNLGRP_IPV6_ROUTE,
  RTNLGRP_IPV6_RULE,
} from '@keepalived-ts/netlink/constants.js';
import type { Message } from '@keepalived-ts/netlink/message.js';
import type { Monitor, MonitorOptions } from '@keepalived-ts/netlink/monitor.js';
import { isValue } from '@keepalived-ts/netlink/route/prefix.js';
import { dumpRoutes, parseRoute, type Route } from '@keepalived-ts/netlink/route/route.js';
import { dumpRules, parseRule, type Rule } from '@keepalived-ts/netlink/route/rule.js';
import { NETLINK_ROUTE } from '@keepalived-ts/raw-socket/constants.js';
import { PROTOCOL_KEEPALIVED } from '../core/entries.js';
import type { PlannedRoute, PlannedRule } from '../core/planned.js';
import type { Entries } from './entries.js';

export interface EntryWatchParts {
  client: Pick<NetlinkClient, 'list' | 'port'>;
  /** `openMonitor` of the netlink package. */
  listen(options: MonitorOptions): Pick<Monitor, 'close'>;
  routes: Pick<Entries<PlannedRoute, Route>, 'gone' | 'compare'>;
  rules: Pick<Entries<PlannedRule, Rule>, 'gone' | 'compare'>;
  /** What is there could not be read. */
  failed(error: Error): void;
}

/** Where struct rtmsg has the protocol: most routes are not ours, and not worth parsing. */
const PROTOCOL_AT = 5;

/**
 * Hears which routes and rules others remove, of the kinds that somebody tracks.
 *
 * Nothing is heard where nothing is tracked: a full table of the Internet changes all the time.
 */
export class EntryWatch {
  private readonly parts: EntryWatchParts;
  private monitor: Pick<Monitor, 'close'> | undefined;
  private groups = '';

  constructor(parts: EntryWatchParts) {
    this.parts = parts;
  }

  /** What there is to watch from now on. */
  watch(routes: readonly PlannedRoute[], rules: readonly PlannedRule[]): void {
    const groups = groupsOf(routes, rules);
    if (this.groups === groups.join()) return;
    const isFirst = this.monitor === undefined;
    this.close();
    this.groups = groups.join();
    if (groups.length === 0) return;
    this.monitor = this.parts.listen({
      protocol: NETLINK_ROUTE,
      groups,
      onMessage: (message) => this.hear(message),
      onOverrun: () => this.compare(),
    });
    if (!isFirst) this.compare();
  }

  close(): void {
    this.monitor?.close();
    this.monitor = undefined;
    this.groups = '';
  }

  private hear(message: Message): void {
    const { client, routes, rules } = this.parts;
    if (message.port === client.port) return;
    if (message.type === RTM_DELROUTE && message.payload[PROTOCOL_AT] === PROTOCOL_KEEPALIVED) {
      const route = parseRoute(message);
      if (isValue(route)) routes.gone(route);
    }
    if (message.type === RTM_DELRULE) {
      const rule = parseRule(message);
      if (isValue(rule)) rules.gone(rule);
    }
  }

  /** News were lost: what we have is looked for in the tables themselves. */
  private compare(): void {
    void this.read().catch((error: Error) => {
      if (this.monitor) this.parts.failed(error);
    });
  }

  private async read(): Promise<void> {
    const { client, routes, rules } = this.parts;
    const protocol = PROTOCOL_KEEPALIVED;
    await routes.compare(() => client.list(dumpRoutes({ protocol }), parseRoute));
    await rules.compare(() => client.list(dumpRules(), parseRule));
  }
}

function groupsOf(routes: readonly PlannedRoute[], rules: readonly PlannedRule[]): number[] {
  const groups = [
    ...routes
      .filter((entry) => entry.tracked)
      .map(({ route }) => (route.family === 4 ? RTNLGRP_IPV4_ROUTE : RTNLGRP_IPV6_ROUTE)),
    ...rules
      .filter((entry) => entry.tracked)
      .map(({ rule }) => (rule.family === 4 ? RTNLGRP_IPV4_RULE : RTNLGRP_IPV6_RULE)),
  ];
  return [...new Set(groups)].sort((a, b) => a - b);
}

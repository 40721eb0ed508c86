import type { Duration } from '@keepalived-ts/base/time.js';
import { allVips } from '../core/router.js';
import type { RouterPlan } from '../core/types.js';
import type { VrrpView } from '../mib/view.js';

/** `0a1b2c` as `0a:1b:2c`. */
const mac = (hex: string): string => hex.replaceAll(/(..)(?!$)/g, '$1:');

/** How fast announcements leave an interface that instances use. */
function paces({ plan }: VrrpView, name: string): string[] {
  const { groups, ...usual } = plan.garpPaces;
  const group = groups.findIndex(({ interfaces }) => interfaces.includes(name));
  const used = plan.instances.some((vr) => isUsed(vr, name));
  const pace = groups[group] ?? (used ? usual : undefined);
  const line = (what: string, time: Duration): string[] =>
    time === 0 ? [] : [`   Gratuitous ${what} interval ${Math.floor(time / 1000)}ms`];
  return [
    ...(pace ? [...line('ARP', pace.arp), ...line('NA', pace.ndp)] : []),
    ...(group < 0 ? [] : [`   Gratuitous ARP aggregation group ${group + 1}`]),
  ];
}

const isUsed = (vr: RouterPlan, name: string): boolean =>
  vr.interface === name || allVips(vr).some((vip) => vip.interface === name);

export const interfaceLines = (view: VrrpView): string[] =>
  [...view.links.values()].flatMap((link) => [
    ` Name = ${link.name}`,
    `   index = ${link.index}`,
    ...(link.mac === '' ? [] : [`   MAC = ${mac(link.mac)}`]),
    `   State = ${link.up ? 'UP, RUNNING' : 'DOWN'}`,
    `   MTU = ${link.mtu}`,
    ...paces(view, link.name),
  ]);

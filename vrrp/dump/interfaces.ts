import type { Duration } from '@keepalived-ts/base/time.js';
import { allVips } from '../core/router.js';
import type { RouterPlan } from '../core/types.js';
import type { InstanceView, VrrpView } from '../mib/view.js';

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
  vr.interface === name || allVips(vr).some((vip) => (vip.base ?? vip.interface) === name);

/** Where the instance lives, and the virtual MACs that it uses there and elsewhere. */
export function placeLines({ config, plan }: InstanceView, { links }: VrrpView): string[] {
  const { vmac, xmitBase, interface: base } = plan;
  const elsewhere = config.use_vmac_addr ? ['   Use VMAC for VIPs on other interfaces'] : [];
  if (!vmac) return [...elsewhere, ...(base === undefined ? [] : [`   Interface = ${base}`])];
  const isUp = links.get(vmac.name)?.up === true;
  const chosen = config.use_vmac?.mac === undefined ? [] : [`     MAC = ${mac(vmac.mac)}`];
  return [
    `   Use VMAC, i/f name ${vmac.name}, is_up = ${isUp}, xmit_base = ${xmitBase}`,
    ...chosen,
    ...elsewhere,
    `   Interface = ${vmac.name}, vmac on ${vmac.base}${xmitBase ? ', xmit base i/f' : ''}`,
  ];
}

export const interfaceLines = (view: VrrpView): string[] =>
  [...view.links.values()].flatMap((link) => [
    ` Name = ${link.name}`,
    `   index = ${link.index}`,
    ...(link.mac === '' ? [] : [`   MAC = ${mac(link.mac)}`]),
    `   State = ${link.up ? 'UP, RUNNING' : 'DOWN'}`,
    `   MTU = ${link.mtu}`,
    ...paces(view, link.name),
  ]);

import { readFileSync } from 'node:fs';
import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';
import { placeOf } from '#src/config/places.js';
import type { Config } from './root.js';

/**
 * Says which interfaces of the configuration do not exist now, and whether there are any.
 *
 * The instances wait for them in FAULT; `dynamic_interfaces` says that this is meant. Compat: the
 * level is that of a warning, though keepalived has one of its own for bad interfaces (it records
 * the warning too, which is higher).
 */
export function missingInterfaces(
  config: Config,
  present: ReadonlySet<string> | undefined,
  report: Report,
): boolean {
  if (!present || config.global_defs.dynamic_interfaces !== undefined) return false;
  let missing = false;
  const check = (name: string | undefined, what: string, at: Span): void => {
    if (name === undefined || present.has(name)) return;
    missing = true;
    const message = `WARNING - interface ${name} for ${what} doesn't exist`;
    const hint = 'with dynamic_interfaces in global_defs it may appear later';
    report({ severity: 'warning', class: 'general', message, hint, at });
  };
  for (const vr of config.vrrp_instance) {
    check(vr.interface, `vrrp_instance ${vr.name}`, placeOf(vr, 'interface'));
    for (const { dev, address, at } of [
      ...vr.virtual_ipaddress,
      ...vr.virtual_ipaddress_excluded,
    ]) {
      check(dev, `ip address ${address}`, at);
    }
    for (const { interface: name, at } of vr.track_interface) {
      check(name, `track_interface of ${vr.name}`, at);
    }
    checkRoutes(vr, check);
  }
  for (const group of config.vrrp_sync_group) {
    for (const { interface: name, at } of group.track_interface) {
      check(name, `track_interface of ${group.name}`, at);
    }
  }
  for (const { dev, address, at } of config.static_ipaddress) {
    check(dev, `static ip address ${address}`, at);
  }
  checkRoutes({ virtual_routes: config.static_routes, virtual_rules: config.static_rules }, check);
  for (const group of config.garp_group) {
    check(group.interface, 'garp_group', placeOf(group, 'interface'));
    for (const name of group.interfaces) check(name, 'garp_group', placeOf(group, 'interfaces'));
  }
  return missing;
}

type Check = (name: string | undefined, what: string, at: Span) => void;
type Routed = Pick<Config['vrrp_instance'][number], 'virtual_routes' | 'virtual_rules'>;

function checkRoutes({ virtual_routes: routes, virtual_rules: rules }: Routed, check: Check): void {
  for (const { dev, nexthop, at } of routes) {
    check(dev, 'a route', at);
    for (const hop of nexthop) check(hop.dev, 'a nexthop', at);
  }
  for (const { iif, oif, at } of rules) {
    check(iif, 'a rule', at);
    check(oif, 'a rule', at);
  }
}

/**
 * The interfaces of our network namespace, up or down.
 *
 * `/proc/net` follows the process into a namespace; `/sys/class/net` would need a mount of its own.
 * `undefined` where there is no /proc, as in a bare chroot.
 */
export function presentInterfaces(file = '/proc/net/dev'): ReadonlySet<string> | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  return new Set([...text.matchAll(/^ *([^\s|]+): /gm)].map(([, name = '']) => name));
}

import type { Port, RouterPlan } from './types.js';

/** The port of a router: those that share one also share a socket. */
export function portOf(plan: RouterPlan): Port {
  const { family, interface: device, unicast } = plan;
  const address = unicast && plan.source;
  const key = [
    device ?? 'anywhere',
    ...(family === 6 ? ['IPv6'] : []),
    ...(unicast ? ['unicast'] : []),
    ...(address === undefined ? [] : [address]),
  ].join(' ');
  return { key, family, interface: device, unicast: unicast !== undefined, address };
}

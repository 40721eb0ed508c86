import { planOf } from '#test/support/plan-text.js';
import type { RouterPlan } from '#vrrp/core/types.js';

export const VIP = 'virtual_ipaddress {\n 10.0.0.100/24\n}';
export const script = (lines = ''): string => `vrrp_script chk {\n script /bin/chk\n${lines}\n}\n`;
export const instance = (lines: string, name = 'V'): string =>
  `vrrp_instance ${name} {\n interface eth0\n virtual_router_id 51\n${lines}\n}\n`;

export function planned(text: string): {
  router: RouterPlan;
  messages: string[];
  unusable: boolean;
} {
  const { plan, diagnostics } = planOf(text);
  const [router] = plan.instances;
  if (!router) throw new Error('no instance planned');
  return {
    router,
    messages: diagnostics.map((d) => d.message),
    unusable: diagnostics.some((d) => d.unusable === true),
  };
}
export const settled = (lines: string): ReturnType<typeof planned> =>
  planned(instance(`${lines}\n${VIP}`));

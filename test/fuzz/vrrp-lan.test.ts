import { after, seconds } from '@keepalived-ts/base/time.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '#test/support/fuzz.js';
import { Lan, type LanNode, linkOf } from '#test/support/lan.js';
import { routerPlan, vrrpPlan } from '#test/vrrp/core/values.js';
import type { VrrpPlan } from '#vrrp/core/types.js';

type Trouble = (node: LanNode, plan: VrrpPlan) => void;

/** What can go wrong with a node, and be put right again by `heal`. */
const troubles: Trouble[] = [
  (node) => Object.assign(node, { side: node.name }),
  (node) => Object.assign(node, { side: '' }),
  (node) => Object.assign(node, { losing: 5 }),
  (node) => node.setLink('eth0', { up: false }),
  (node) => node.setLink('eth0', { up: true }),
  (node) => node.kill(),
  (node) => node.feed({ kind: 'stop' }),
  (node, plan) => node.start(plan),
  (node, plan) => node.feed({ kind: 'reload', plan }),
  (node) => {
    const vip = node.links.get('eth0')?.addresses[1];
    if (vip) node.take(vip.address);
  },
];

function heal(node: LanNode, plan: VrrpPlan): void {
  Object.assign(node, { side: '', losing: 0 });
  node.setLink('eth0', { up: true });
  if (!node.alive || node.world.stage === 'stopped') node.start(plan);
}

const priorities = fc.array(fc.integer({ min: 1, max: 254 }), { minLength: 2, maxLength: 4 });
const happenings = fc.array(
  fc.tuple(fc.double({ min: 0, max: 5, noNaN: true }), fc.nat(), fc.nat(troubles.length - 1)),
  { maxLength: 25 },
);

describe('a LAN', () => {
  it('that is whole again has one master, the strongest, and the VIP once', () => {
    fc.assert(
      fc.property(priorities, happenings, (all, story) => {
        const lan = new Lan(() => {});
        const nodes = all.map((priority, i) => {
          const plan = vrrpPlan({ instances: [routerPlan({ priority })] });
          const node = lan.add(`N${i}`, [linkOf('eth0', 2, `10.0.0.${i + 1}`)]);
          node.start(plan);
          return { node, plan, priority };
        });
        const run = (s: number): void => lan.clock.runUntil(after(lan.clock.now(), seconds(s)));
        for (const [pause, which, trouble] of story) {
          run(pause);
          const chosen = nodes[which % nodes.length];
          if (chosen) troubles[trouble]?.(chosen.node, chosen.plan);
        }
        for (const { node, plan } of nodes) heal(node, plan);
        run(15);
        const states = nodes.map(({ node }) => node.world.routers.at(0).state);
        // The highest priority wins; of equals, who is MASTER stays, so any of them may be it.
        const strongest = Math.max(...all);
        const masters = states.flatMap((state, i) => (state === 'MASTER' ? [all[i]] : []));
        expect(masters).toEqual([strongest]);
        const holders = nodes.map(
          ({ node }) => (node.links.get('eth0')?.addresses.length ?? 0) - 1,
        );
        expect(holders).toEqual(states.map((state) => (state === 'MASTER' ? 1 : 0)));
      }),
      runs(500),
    );
  });
});

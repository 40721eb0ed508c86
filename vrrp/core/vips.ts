import { after, type Instant } from '@keepalived-ts/base/time.js';
import { deviceOf } from './ports.js';
import { type Act, allVips, inOrder, put, type Router, stay, want, when } from './router.js';
import type { Effect, RouterPlan, Vip } from './types.js';

/** Adds VIPs to the kernel, first those that adverts list. */
export const addVips = (of: Chosen = allVips): Act =>
  inOrder(block(of), change('add-addresses', 'setting-vips', of));

export const removeVips = (of: Chosen = allVips): Act =>
  inOrder(change('remove-addresses', 'removing-vips', of), unblock(of));

type Chosen = (plan: RouterPlan) => readonly Vip[];

/** Lets a firewall drop packets to VIPs that do not accept them. */
export const block = (of: Chosen): Act => guard('block-addresses', 'setting-drop-rules', of);
export const unblock = (of: Chosen): Act => guard('unblock-addresses', 'removing-drop-rules', of);

function guard(
  verb: 'block-addresses' | 'unblock-addresses',
  event: 'setting-drop-rules' | 'removing-drop-rules',
  of: Chosen,
): Act {
  return (vr) => {
    const { name: instance, accept } = vr.plan;
    const addresses = accept ? [] : of(vr.plan);
    if (addresses.length === 0) return stay(vr);
    return [
      vr,
      [
        { do: 'log', event: { event, instance } },
        { do: verb, instance, addresses },
      ],
    ];
  };
}

function change(
  verb: 'add-addresses' | 'remove-addresses',
  event: 'setting-vips' | 'removing-vips',
  of: Chosen,
): Act {
  return (vr) => {
    const instance = vr.plan.name;
    const chosen = new Set(of(vr.plan));
    if (chosen.size === 0) return stay(vr);
    const lists = [vr.plan.vips, vr.plan.excluded].map((l) => l.filter((vip) => chosen.has(vip)));
    const told = lists.flatMap((list, i): Effect[] =>
      list.length > 0 ? [{ do: 'log', event: { event, instance, excluded: i === 1 } }] : [],
    );
    return [vr, [...told, { do: verb, instance, addresses: [...chosen] }]];
  };
}

/** Gratuitous ARP for VIPs, the whole list `repeat` times. */
export const announce = (
  repeat: number,
  of: (plan: RouterPlan) => readonly Vip[] = allVips,
): Act => {
  return (vr) => {
    const addresses = of(vr.plan);
    if (addresses.length === 0 || repeat === 0) return stay(vr);
    return [vr, [{ do: 'announce', instance: vr.plan.name, addresses, repeat }]];
  };
};

/** A weaker router claims to be master: our addresses are announced anew, now and a little later. */
export const answerClaim = (now: Instant): Act => {
  return (vr) => {
    const { lowerPrioRepeat: repeat, lowerPrioDelay: delay } = vr.plan.garp;
    const lowerPrioBatch = delay > 0 ? after(now, delay) : null;
    return inOrder(announce(repeat), when(repeat > 0, put({ lowerPrioBatch })))(vr);
  };
};

/**
 * One address for each interface that no adverts leave by, so that switches on the way to it do
 * not forget where the master is: those of virtual MACs, or `all`.
 */
export function extraVips(plan: RouterPlan): readonly Vip[] {
  const { all } = plan.garp.extra;
  const others = allVips(plan).filter(
    (vip) => vip.interface !== deviceOf(plan) && (all || vip.base !== undefined),
  );
  return others.filter((vip, i) => others.findIndex((o) => o.interface === vip.interface) === i);
}

/**
 * The batches of gratuitous ARP that are due: a second one after becoming MASTER, one more after
 * a lower priority advert, the refreshes, and those of other interfaces.
 */
export const announceDue = (now: Instant): Act => {
  const due = (at: Instant | null): boolean => at !== null && at <= now;
  return (vr) => {
    const { garp } = vr.plan;
    const acts: Act[] = [];
    const changes: Partial<{ -readonly [K in keyof Router]: Router[K] }> = {};
    if (due(vr.secondBatch)) {
      changes.secondBatch = null;
      acts.push(announce(garp.repeat));
    }
    if (due(vr.lowerPrioBatch)) {
      changes.lowerPrioBatch = null;
      acts.push(announce(garp.lowerPrioRepeat));
    }
    if (due(vr.refresh)) {
      changes.refresh = after(now, garp.refresh);
      acts.push(announce(garp.refreshRepeat));
    }
    if (due(vr.extraGarp)) {
      changes.extraGarp = after(now, garp.extra.interval);
      acts.push(announce(1, extraVips));
    }
    return inOrder(
      ...acts,
      want(() => []),
    )({ ...vr, ...changes });
  };
};

import { placeOf } from '#src/config/places.js';
import { repeats, type Traps } from '#src/config/traps.js';
import type { VrrpConfig } from '../core/plan.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';

/** RFC 3768 §5.3.4: 0 is for leaving, 255 for the owner of the addresses. */
const [LOWEST, HIGHEST, OWNER] = [1, 254, 255];
const DEFAULT_PRIORITY = 100;

interface Weight {
  name: string;
  weight: number;
  at: VrrpInstanceConfig['at'];
}

/** The weights that may move an instance's priority, and where they are tracked. */
function weightsOf(vr: VrrpInstanceConfig, config: VrrpConfig): Weight[] {
  const scripts = new Map(config.vrrp_script.map((script) => [script.name, script]));
  return [
    ...vr.track_script.map(({ script, weight, at }) => ({
      name: script,
      weight: weight ?? scripts.get(script)?.weight.weight ?? 0,
      at,
    })),
    ...vr.track_interface.map(({ interface: name, weight, at }) => ({ name, weight, at })),
  ].filter(({ weight }) => weight !== 0);
}

const isOwner = (vr: VrrpInstanceConfig): boolean =>
  vr.priority === OWNER || (vr.priority === undefined && vr.state === 'MASTER');

export const electionTraps: Traps<VrrpConfig> = {
  'master-is-owner': {
    why: 'With state MASTER and no priority the priority is 255, that of a router which owns the addresses: no weight moves it and it preempts everybody.',
    remedy: 'write the priority that is meant, or priority 255 if it is',
    find(config, tell) {
      for (const vr of config.vrrp_instance) {
        if (vr.state !== 'MASTER' || vr.priority !== undefined) continue;
        tell(placeOf(vr, 'state'), `(${vr.name}) state MASTER without priority means priority 255`);
      }
    },
  },

  'weight-clamped': {
    why: 'A priority stays within 1 and 254, so of a weight that leads beyond only a part counts, and nodes that should differ end up equal.',
    remedy: 'choose a priority and weights whose sums stay within 1 and 254',
    find(config, tell) {
      for (const vr of config.vrrp_instance) {
        if (isOwner(vr)) continue;
        const base = vr.priority ?? DEFAULT_PRIORITY;
        let [up, down] = [base, base];
        for (const { name, weight, at } of weightsOf(vr, config)) {
          if (weight > 0) up += weight;
          else down += weight;
          const sum = weight > 0 ? up : down;
          const limit = weight > 0 ? HIGHEST : LOWEST;
          if (weight > 0 ? sum <= limit : sum >= limit) continue;
          tell(at, `(${vr.name}) with ${name} the priority would be ${sum}; it stops at ${limit}`);
        }
      }
    },
  },

  'weight-with-nopreempt': {
    why: 'A backup with nopreempt does not take over from a master that is alive, however low its priority has become: a weight alone never moves the addresses.',
    remedy: 'track without weight, so that failure is FAULT, or take out nopreempt',
    find(config, tell) {
      for (const vr of config.vrrp_instance) {
        if (!vr.nopreempt || vr.preempt || vr.state === 'MASTER' || isOwner(vr)) continue;
        const [first] = weightsOf(vr, config);
        if (!first) continue;
        tell(first.at, `(${vr.name}) weight ${first.weight} of ${first.name} beside nopreempt`);
      }
    },
  },

  'strict-unpingable': {
    why: 'In strict mode a master that does not own the addresses drops all packets to them but neighbour discovery: they answer neither ping nor a service on this machine.',
    remedy: 'no vrrp_strict or strict_mode, or, with version 3, add accept to the instance',
    find(config, tell) {
      const { global_defs: globals } = config;
      for (const vr of config.vrrp_instance) {
        if (!(vr.strict_mode ?? globals.vrrp_strict) || isOwner(vr)) continue;
        const version = vr.version ?? globals.vrrp_version;
        if (vr.virtual_ipaddress.length === 0 || (vr.accept && version === 3)) continue;
        const own = placeOf(vr, 'strict_mode');
        const at = own === vr.at ? placeOf(globals, 'vrrp_strict') : own;
        tell(at, `(${vr.name}) strict mode makes its virtual addresses unreachable`);
      }
    },
  },

  'strict-unicast': {
    why: 'The RFC knows no adverts to peers. keepalived 2.4 refuses a configuration that has them in strict mode, where the interface could do multicast; 2.2 and we do not.',
    remedy: 'take out unicast_peer, or put strict_mode off into the instance',
    find({ vrrp_instance: instances, global_defs: globals }, tell) {
      for (const vr of instances) {
        const [peer] = vr.unicast_peer;
        if (!peer || !(vr.strict_mode ?? globals.vrrp_strict)) continue;
        tell(peer.at, `(${vr.name}) strict mode and unicast peers`);
      }
    },
  },

  'vrid-on-several-groups': {
    why: 'Routers with one VRID on one interface share their virtual MAC address, and other implementations do not tell them apart by the multicast group.',
    remedy: 'give each instance of an interface a virtual_router_id of its own',
    find(config, tell) {
      const groupOf = (vr: VrrpInstanceConfig): string => vr.mcast_dst_ip ?? '';
      const pairs = repeats(
        config.vrrp_instance,
        (vr) => `${vr.interface} ${vr.virtual_router_id}`,
      );
      for (const [first, second] of pairs) {
        if (groupOf(first) === groupOf(second)) continue; // keepalived refuses these itself
        const message = `(${second.name}) ${first.name} has VRID ${second.virtual_router_id} on ${second.interface}, too`;
        tell(placeOf(second, 'virtual_router_id'), message);
      }
    },
  },

  'slow-failover': {
    why: 'A backup waits for three missing adverts before it takes over, so a long advert_int is a long outage.',
    remedy: 'an advert_int of 1 costs 60 bytes a second',
    find(config, tell) {
      for (const vr of config.vrrp_instance) {
        const seconds = vr.advert_int / 1e6;
        if (seconds <= 10) continue;
        const message = `(${vr.name}) takes over ${seconds * 3} s after the master is gone`;
        tell(placeOf(vr, 'advert_int'), message);
      }
    },
  },
};

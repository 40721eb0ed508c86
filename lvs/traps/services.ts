import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import { placeOf } from '#src/config/places.js';
import type { Traps } from '#src/config/traps.js';
import { type ServerAddress, serviceName } from '../keywords/values.js';
import type { VirtualServerConfig } from '../keywords/virtual-server.js';

/** The slice of the configuration that those of the synchronisation look at. */
export interface SyncConfig {
  global_defs: Pick<GlobalDefsConfig, 'lvs_sync_daemon'>;
  vrrp_instance: readonly { name: string }[];
}

/** Schedulers that know no weights (the kernel's ip_vs_rr.c, ip_vs_lc.c). */
const WEIGHTLESS = new Set(['rr', 'lc']);
/** A server that is dead for longer than this is noticed by its users first. */
const LONGEST_LOOP = 600e6;

const serviceText = ({ service }: VirtualServerConfig): string =>
  `virtual server ${serviceName.print(service)}`;

const endpoint = ({ address, port }: ServerAddress): string => `${address} ${port}`;

const isSame = (a: ServerAddress, b: ServerAddress): boolean =>
  a.address === b.address && a.port === b.port;

/** Each looks at one virtual server. */
export const serviceTraps: Traps<VirtualServerConfig> = {
  'real-server-is-vip': {
    why: 'Packets to a server with the address of the service reach the service again, or this machine, never another one.',
    remedy: "use the server's own address",
    find({ service, real_server }, tell) {
      if (service.kind !== 'address') return;
      for (const { server, at } of real_server) {
        if (server.address !== service.address) continue;
        tell(at, `real server ${server.address} has the address of its virtual server`);
      }
    },
  },

  'sorry-server-is-real': {
    why: 'The last resort is a server of the pool: when the quorum is lost because it is down, so is the sorry server.',
    remedy: 'another machine or another port as sorry_server',
    find(vs, tell) {
      const sorry = vs.sorry_server;
      if (!sorry || !vs.real_server.some(({ server }) => isSame(server, sorry))) return;
      const message = `${serviceText(vs)}: sorry_server ${endpoint(sorry)} is a real server`;
      tell(placeOf(vs, 'sorry_server'), message);
    },
  },

  'weights-ignored': {
    why: 'The schedulers rr and lc treat all servers alike, whatever their weights are.',
    remedy: 'lvs_sched wrr or wlc',
    find(vs, tell) {
      if (vs.lvs_sched === undefined || !WEIGHTLESS.has(vs.lvs_sched)) return;
      const weights = new Set<number>();
      for (const { weight } of vs.real_server) weights.add(weight ?? vs.weight);
      weights.delete(0); // such a server gets nothing from any scheduler
      if (weights.size < 2) return;
      const message = `${serviceText(vs)}: ${vs.lvs_sched} does not heed the weights ${[...weights].join(', ')}`;
      tell(placeOf(vs, 'lvs_sched'), message);
    },
  },

  'thresholds-crossed': {
    why: 'A server is closed at uthreshold connections and opened again below lthreshold; with the lower one on top the kernel never closes it for long.',
    remedy: 'lthreshold below uthreshold',
    find({ real_server }, tell) {
      for (const server of real_server) {
        const { uthreshold = 0, lthreshold = 0 } = server;
        if (uthreshold === 0 || lthreshold < uthreshold) continue;
        const message = `lthreshold ${lthreshold} is not below uthreshold ${uthreshold}`;
        tell(placeOf(server, 'lthreshold'), message);
      }
    },
  },

  'inhibit-with-persistence': {
    why: 'A server of weight 0 keeps the clients that are bound to it: with inhibit_on_failure they go on being sent to a dead server until persistence_timeout is over.',
    remedy:
      'take out inhibit_on_failure, or set the sysctl net.ipv4.vs.expire_quiescent_template to 1',
    find(vs, tell) {
      if (vs.persistence_timeout === undefined) return;
      const inhibited = vs.real_server.find((rs) => rs.inhibit_on_failure ?? vs.inhibit_on_failure);
      if (!inhibited) return;
      const owner = inhibited.inhibit_on_failure ? inhibited : vs;
      const message = `${serviceText(vs)}: inhibit_on_failure beside persistence_timeout`;
      tell(placeOf(owner, 'inhibit_on_failure'), message);
    },
  },

  'ops-with-persistence': {
    why: 'One-packet scheduling chooses a server for every datagram, persistence binds a client to one: together each does half of what it says.',
    remedy: 'either ops or persistence_timeout',
    find(vs, tell) {
      if (!vs.ops || vs.persistence_timeout === undefined) return;
      if (vs.service.kind === 'address' && (vs.protocol ?? 'UDP') !== 'UDP') return;
      tell(placeOf(vs, 'ops'), `${serviceText(vs)}: ops beside persistence_timeout`);
    },
  },

  'rare-checks': {
    why: 'A dead server keeps getting connections until it is asked the next time.',
    remedy: 'a delay_loop of seconds',
    find(vs, tell) {
      const { delay_loop } = vs;
      if (delay_loop === undefined || delay_loop <= LONGEST_LOOP) return;
      const message = `${serviceText(vs)}: servers are asked every ${delay_loop / 1e6} s`;
      tell(placeOf(vs, 'delay_loop'), message);
    },
  },
};

export const syncTraps: Traps<SyncConfig> = {
  'sync-instance-unknown': {
    why: 'The synchronisation follows an instance that there is not, so it is left out: connections do not survive a fail-over.',
    remedy: 'the name of a vrrp_instance behind inst, or no inst for both roles at once',
    find({ global_defs, vrrp_instance }, tell) {
      const { lvs_sync_daemon: sync } = global_defs;
      if (sync?.inst === undefined) return;
      const { inst } = sync;
      if (vrrp_instance.some(({ name }) => name === inst)) return;
      tell(sync.at, `Unable to find vrrp instance ${inst} for lvs_syncd`);
    },
  },
};

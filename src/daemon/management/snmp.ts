import { isDeepStrictEqual } from 'node:util';
import type { Log } from '@keepalived-ts/base/events.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { groupTables } from '#checks/mib/groups.js';
import { CHECKER } from '#checks/mib/oids.js';
import { serverTables } from '#checks/mib/servers.js';
import { serviceTables } from '#checks/mib/services.js';
import { type CheckTrap, checkTraps, lastTraps } from '#checks/mib/traps.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { Adjustment, Notice } from '#src/ipc/messages.js';
import { Agent } from '#src/snmp/agent.js';
import { agentAddress, CUSTOMARY_SOCKET } from '#src/snmp/agent-address.js';
import type { Oid } from '#src/snmp/oid.js';
import { type AnyTable, Tree, within } from '#src/snmp/tree.js';
import { addressTables } from '#vrrp/mib/addresses.js';
import { instanceTables } from '#vrrp/mib/instances.js';
import { VRRP, VRRP_MIB, VRRPV3_MIB } from '#vrrp/mib/oids.js';
import { rfc2787Tables } from '#vrrp/mib/rfc2787.js';
import { rfc6527Tables } from '#vrrp/mib/rfc6527.js';
import { routeTables } from '#vrrp/mib/routes.js';
import { ruleTables } from '#vrrp/mib/rules.js';
import { trackerTables } from '#vrrp/mib/trackers.js';
import { errorTraps, stateTraps, type Trap } from '#vrrp/mib/traps.js';
import type { daemonEvents } from '../events.js';
import type { AdvertError } from './counters.js';
import { GLOBALS, globalTables, routerId } from './globals-mib.js';
import { Turns } from './turns.js';
import type { View, Views } from './view.js';

/** What the command line says of SNMP. */
export interface SnmpOptions {
  /** -x: everything. */
  all: boolean;
  /** -A. */
  socket: string | undefined;
}

export interface SnmpParts {
  options: SnmpOptions;
  views: Views;
  adjust: (change: Adjustment) => void;
  log: Log<typeof daemonEvents>;
}

/** What is served, and where: an agent that is to be otherwise is another agent. */
interface Service {
  socket: string;
  mibs: readonly Mib[];
  traps: boolean;
}

type Mib = Trap['mib'] | 'checker';
/** A notification and the MIB that it belongs to. */
type Sent = CheckTrap & { mib: Mib };
const ofChecker = (trap: CheckTrap): Sent => ({ mib: 'checker', ...trap });

const SUBTREES: Readonly<Record<Mib, Oid>> = {
  keepalived: VRRP,
  rfc2787: VRRP_MIB,
  rfc6527: VRRPV3_MIB,
  checker: CHECKER,
};

const TABLES: Readonly<Record<Mib, readonly AnyTable<View, Adjustment>[]>> = {
  keepalived: within(
    [...instanceTables, ...trackerTables, ...addressTables, ...routeTables, ...ruleTables],
    (view: View) => view.vrrp,
  ),
  rfc2787: within(rfc2787Tables, (view: View) => view.vrrp),
  rfc6527: within(rfc6527Tables, (view: View) => view.vrrp),
  checker: within([...groupTables, ...serviceTables, ...serverTables], (view: View) => view.check),
};

/** The sub-agent of the configuration in use, if there is one. */
export class Snmp {
  private readonly parts: SnmpParts;
  private service: Service | undefined;
  private agent: Agent<View, Adjustment> | undefined;
  private isStopping = false;
  /** Traps are sent in the order of what they tell of, though each waits for a view. */
  private readonly turns: Turns;

  constructor(parts: SnmpParts) {
    this.parts = parts;
    this.turns = new Turns(parts.log);
  }

  /** Serves what a configuration asks for. */
  follow(globals: GlobalDefsConfig): void {
    const service = serviceOf(globals, this.parts.options);
    if (isDeepStrictEqual(service, this.service)) return;
    this.agent?.close();
    this.service = service;
    this.agent = service && this.start(service);
  }

  private start({ socket, mibs }: Service): Agent<View, Adjustment> | undefined {
    const { log, views, adjust } = this.parts;
    const address = agentAddress(socket);
    if (!address) {
      log({ event: 'snmp-address', socket });
      return undefined;
    }
    log({ event: 'snmp-starting' });
    const ofKeepalived = mibs.includes('keepalived') || mibs.includes('checker');
    return new Agent<View, Adjustment>({
      address,
      description: 'Keepalived',
      subtrees: [...(ofKeepalived ? [GLOBALS] : []), ...mibs.map((mib) => SUBTREES[mib])],
      tree: new Tree<View, Adjustment>([
        ...(ofKeepalived ? globalTables : []),
        ...mibs.flatMap((mib) => TABLES[mib]),
      ]),
      view: async () => {
        const view = await views.recent();
        if (!view) throw new Error('no configuration is in use');
        return view;
      },
      change: (change) => {
        adjust(change);
        views.forget();
      },
      tell: (news) =>
        log(
          news.news === 'no-master'
            ? { event: 'snmp-no-master', socket, reason: news.reason }
            : { event: news.news === 'lost' ? 'snmp-lost' : 'snmp-connected' },
        ),
    });
  }

  /** Sends the notifications that a change is worth. */
  notice(notice: Notice): void {
    // What becomes of these has been told.
    if (this.isStopping && !('name' in notice)) return;
    this.send((view) => {
      const router = routerId(view);
      if ('name' in notice) {
        return view.vrrp ? stateTraps(notice, view.vrrp, router) : [];
      }
      return view.check ? checkTraps(notice, view.check, router).map(ofChecker) : [];
    });
  }

  advertErrors(
    instance: string,
    errors: readonly AdvertError[],
    from: IpAddress | undefined,
  ): void {
    this.send(({ vrrp }) => (vrrp ? errorTraps(instance, errors, from, vrrp) : []));
  }

  /** Sends what the end of the check part is worth, while its worker still tells how it stands. */
  stopping(): void {
    this.parts.views.forget();
    const view = this.service?.traps ? this.parts.views.recent() : undefined;
    this.send(
      (seen) => (seen.check ? lastTraps(seen.check, routerId(seen)).map(ofChecker) : []),
      () => view,
    );
    this.isStopping = true;
  }

  private send(
    traps: (view: View) => readonly Sent[],
    seen = (): Promise<View | undefined> | undefined => this.parts.views.recent(),
  ): void {
    const { agent, service } = this;
    if (!agent || !service?.traps) return;
    // The worker has already changed when its notice arrives, so an older view would be wrong.
    this.parts.views.forget();
    void this.turns.take(async () => {
      const view = await seen();
      for (const { mib, trap, varBinds } of view ? traps(view) : []) {
        if (service.mibs.includes(mib)) agent.notify(trap, varBinds);
      }
    });
  }

  /** Sends what is still to be sent, and ends. */
  async close(): Promise<void> {
    await this.turns.done;
    this.agent?.close();
  }
}

/** undefined: nothing is to be served. */
function serviceOf(globals: GlobalDefsConfig, { all, socket }: SnmpOptions): Service | undefined {
  const wanted: [Mib, boolean | undefined][] = [
    ['keepalived', globals.enable_snmp_vrrp],
    ['checker', globals.enable_snmp_checker],
    ['rfc2787', globals.enable_snmp_rfc === true || globals.enable_snmp_rfcv2],
    ['rfc6527', globals.enable_snmp_rfc === true || globals.enable_snmp_rfcv3],
  ];
  const mibs = wanted.filter(([, on]) => all || on === true).map(([mib]) => mib);
  if (mibs.length === 0) return undefined;
  return {
    socket: socket ?? globals.snmp_socket ?? CUSTOMARY_SOCKET,
    mibs,
    traps: globals.enable_traps === true,
  };
}

import { type Duration, type Instant, microseconds, sooner } from '@keepalived-ts/base/time.js';
import { decodeAdvert, IPPROTO_VRRP } from '../wire/advert.js';
import { IPPROTO_AH, unsealed } from '../wire/ah.js';
import { decodeIp, type IpPacket } from '../wire/ip-header.js';
import { routeText, ruleText } from './entries.js';
import { Fleet } from './fleet.js';
import { type GarpQueue, newGarpQueue, nextRelease, UNPACED } from './garp-queue.js';
import { hearLink, type Settling, settleLinks } from './links.js';
import { type Lookup, lookupOf, vipKey, vridKey } from './lookup.js';
import { step } from './machine.js';
import type { Process } from './process.js';
import { receive } from './receive.js';
import { begin, reload } from './reload.js';
import { put } from './router.js';
import type { Script } from './script.js';
import { endScript, runScripts } from './scripts.js';
import { NOBODY, NOTHING, promote, removeStatics, restoreStatic } from './statics.js';
import type { Group } from './sync-group.js';
import { changeCount, changeFile, turnProcesses } from './tracked.js';
import { Turn } from './turn.js';
import type { Effect, Input, Link, LinkDelays, Possessions } from './types.js';

/** All routers of the thread as one value, and what surrounds them. */
export interface World {
  readonly stage: 'idle' | 'running' | 'stopped';
  readonly keepAddresses: boolean;
  readonly logUnknownVrids: boolean;
  /** What to add to our clock for the time of day. */
  readonly epoch: Duration;
  /** The end of the start-up delay while that runs. */
  readonly delayedUntil: Instant | null;
  readonly links: ReadonlyMap<string, Link>;
  readonly linkDelays: readonly LinkDelays[];
  readonly settling: ReadonlyMap<string, Settling>;
  readonly scripts: ReadonlyMap<string, Script>;
  /** Numbers of tracked files and copies of tracked processes, as the shell has told of them. */
  readonly files: ReadonlyMap<string, number>;
  readonly counts: ReadonlyMap<string, number>;
  readonly processes: ReadonlyMap<string, Process>;
  /** How often a script has been run; numbers the runs. */
  readonly runs: number;
  readonly routers: Fleet;
  readonly groups: readonly Group[];
  readonly garps: GarpQueue;
  readonly statics: Possessions;
  readonly promoted: readonly string[];
  readonly lookup: Lookup;
}

/** Before `start`: nothing but the interfaces it is told of. */
export const emptyWorld: World = {
  stage: 'idle',
  keepAddresses: false,
  logUnknownVrids: false,
  epoch: microseconds(0),
  delayedUntil: null,
  links: new Map(),
  linkDelays: [],
  settling: new Map(),
  scripts: new Map(),
  files: new Map(),
  counts: new Map(),
  processes: new Map(),
  runs: 0,
  routers: Fleet.of([]),
  groups: [],
  garps: newGarpQueue(UNPACED),
  statics: NOTHING,
  promoted: [],
  lookup: lookupOf({ instances: [], groups: [] }),
};

/** The next world, and what is to be done for it. Touches only the routers concerned. */
export function advance(
  world: World,
  input: Input,
  now: Instant,
): readonly [World, readonly Effect[]] {
  const turn = new Turn(world, now);
  switch (input.kind) {
    case 'start':
      begin(turn, input.plan, input.keepAddresses);
      break;
    case 'reload':
      reload(turn, input.plan);
      break;
    case 'stop':
      stop(turn);
      break;
    case 'deadline':
      wake(turn);
      break;
    case 'time-of-day': {
      const { epoch } = input;
      turn.put({ epoch });
      turn.applyToAll(put({ epoch }));
      break;
    }
    case 'packet':
      hear(turn, input.port, input.bytes);
      break;
    case 'link':
      hearLink(turn, input.name, input.link);
      break;
    case 'address-lost':
      loseAddress(turn, input);
      restoreStatic(turn, input);
      break;
    case 'route-lost':
    case 'rule-lost':
      loseEntry(turn, input);
      break;
    case 'file':
      changeFile(turn, input);
      break;
    case 'process':
      changeCount(turn, input);
      break;
    case 'script':
      endScript(turn, input);
      break;
    case 'refused': {
      const { instance, operation, reason } = input;
      turn.want({ do: 'log', event: { event: 'refused', instance, operation, reason } });
      break;
    }
  }
  return turn.finish();
}

/** When `deadline` is to be fed next; an instant in the past means at once. */
export function nextDeadline(world: World): Instant | null {
  if (world.stage !== 'running') return null;
  let next = sooner(world.delayedUntil, sooner(world.routers.next, nextRelease(world.garps)));
  for (const { nextRun } of world.scripts.values()) next = sooner(next, nextRun);
  for (const { at } of world.settling.values()) next = sooner(next, at);
  for (const { turns } of world.processes.values()) next = sooner(next, turns);
  return next;
}

function wake(turn: Turn): void {
  const { stage, delayedUntil } = turn.world;
  if (stage !== 'running') return;
  if (delayedUntil !== null && delayedUntil <= turn.now) {
    turn.put({ delayedUntil: null });
    turn.want({ do: 'log', event: { event: 'start-delayed-over' } });
  }
  for (const i of turn.world.routers.due(turn.now)) {
    turn.apply(i, (vr) => step(vr, { kind: 'deadline' }, turn.now));
  }
  settleLinks(turn);
  turn.releaseGarps();
  turnProcesses(turn);
  runScripts(turn);
}

function hear(turn: Turn, port: string, bytes: Uint8Array): void {
  if (turn.world.stage !== 'running' || turn.world.delayedUntil !== null) return;
  const outer = decodeIp(bytes);
  const signed = outer?.protocol === IPPROTO_AH ? unsealed(bytes, outer) : undefined;
  const packet = signed?.packet ?? outer;
  if (!packet || (!signed && packet.protocol !== IPPROTO_VRRP)) return;
  const raw = decodeAdvert(packet.payload, packet.family);
  if (!raw) return;
  const meant = recipient(turn, vridKey(port, raw.vrid), packet);
  if (meant === undefined) {
    turn.want({ do: 'count', instance: undefined, counter: 'vrid_err' });
    if (turn.world.logUnknownVrids) {
      const name = turn.world.lookup.ports.get(port)?.port.interface ?? port;
      const event = { event: 'unknown-vrid', vrid: raw.vrid, interface: name } as const;
      turn.want({ do: 'log', event: { ...event, from: packet.source } });
    }
    return;
  }
  turn.apply(meant, (vr) =>
    receive(vr, { packet, ah: signed?.ah, octets: bytes.length, raw }, turn.now),
  );
}

/**
 * The router that a packet is for, of those with its VRID: by group, by the address it was sent
 * to, and where these leave several by whose peer the sender is.
 */
function recipient(turn: Turn, key: string, packet: IpPacket): number | undefined {
  const named = turn.world.lookup.byVrid.get(key) ?? [];
  const meant = named.filter((i) => {
    const { plan, source } = turn.router(i);
    if (packet.isMulticast) return plan.unicast !== undefined || plan.group === packet.destination;
    return plan.unicast === undefined || source === packet.destination;
  });
  const isPeer = (i: number): boolean =>
    turn.router(i).plan.unicast?.peers.some((p) => p.address === packet.source) === true;
  return meant.length > 1 ? (meant.find(isPeer) ?? meant[0]) : meant[0];
}

function loseAddress(turn: Turn, lost: Extract<Input, { kind: 'address-lost' }>): void {
  const { interface: name, address, prefix } = lost;
  const owners = turn.world.lookup.byVip.get(vipKey(name, address, prefix)) ?? [];
  const masters = owners.filter((i) => turn.router(i).state === 'MASTER');
  if (masters.length === 0) return;
  turn.want({ do: 'log', event: { event: 'vip-lost', interface: name, address } });
  // Compat: the members of its sync group give up their addresses in the same way, and are as
  // quick to take them back.
  for (const i of masters)
    turn.applyToGroup(i, (vr) => step(vr, { kind: 'address-lost' }, turn.now));
}

/** Only a master misses what it had; anybody else has given it back. */
function loseEntry(turn: Turn, lost: Extract<Input, { kind: 'route-lost' | 'rule-lost' }>): void {
  const { instance } = lost;
  if (instance === NOBODY) {
    restoreStatic(turn, lost);
    return;
  }
  const i = [...turn.world.routers].findIndex(({ plan }) => plan.name === instance);
  if (i < 0 || turn.router(i).state !== 'MASTER') return;
  const event =
    lost.kind === 'route-lost'
      ? ({ event: lost.kind, instance, route: routeText(lost.route) } as const)
      : ({ event: lost.kind, instance, rule: ruleText(lost.rule) } as const);
  turn.want({ do: 'log', event });
  turn.applyToGroup(i, (vr) => step(vr, { kind: 'address-lost' }, turn.now));
}

function stop(turn: Turn): void {
  const { stage, keepAddresses } = turn.world;
  if (stage === 'stopped') return;
  turn.applyToAll((vr) => step(vr, { kind: 'stop', told: 'STOP', keepAddresses }, turn.now));
  for (const { plan } of turn.world.groups) {
    turn.want({ do: 'notify-group', group: plan.name, state: 'STOP' });
  }
  if (!keepAddresses) removeStatics(turn);
  promote(turn, []);
  turn.put({ stage: 'stopped', scripts: new Map(), processes: new Map() });
  turn.want({ do: 'stopped' });
}

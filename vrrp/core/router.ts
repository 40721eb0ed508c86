import type { EventOf } from '@keepalived-ts/base/events.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import {
  after,
  type Duration,
  type Instant,
  microseconds,
  plus,
  seconds,
  sooner,
  times,
} from '@keepalived-ts/base/time.js';
import type { VrrpCounter } from '../counters.js';
import type { vrrpEvents } from '../events.js';
import { type Authentication, type Memory, NO_MEMORY, nextSeal } from '../wire/authentication.js';
import { nextId, VRRP_TTL } from '../wire/ip-header.js';
import { authenticationOf } from './authentication.js';
import { portOf } from './ports.js';
import type { Effect, RouterPlan, State, Told, Vip } from './types.js';

/** Why a router cannot take part. `awaiting`: a script that decides it has not run yet. */
export type Cause =
  | `interface ${string}`
  | `script ${string}`
  | `awaiting ${string}`
  | `file ${string}`
  | `process ${string}`
  | 'no address'
  | 'no peers'
  | `key ${number}`;

/** Why a router became MASTER, in the words of RFC 6527 (vrrpv3StatisticsNewMasterReason). */
export type Succession = 'priority-zero' | 'preempted' | 'no-response';

/** One virtual router: its plan, where it stands, and when it wants to be woken. */
export interface Router {
  readonly plan: RouterPlan;
  readonly state: State;
  /** The effective priority. */
  readonly priority: number;
  /** Source of adverts; undefined when the interface has no address for it. */
  readonly source: IpAddress | undefined;
  /** The own interface exists and is up, so that sending makes sense. */
  readonly linkUp: boolean;
  readonly faults: readonly Cause[];
  /** In a FAULT that nobody has been told of: what decides is not known yet. */
  readonly hushed: boolean;
  /** Its master was silent for too long, but its sync group holds it back. */
  readonly ready: boolean;
  /** BACKUP: when to take over. MASTER: when the next advert is due. */
  readonly deadline: Instant | null;
  /** When the lower priority master has been borne long enough; null: none was heard. */
  readonly preemptAt: Instant | null;
  /** Gratuitous ARP still to come; all null unless MASTER. */
  readonly secondBatch: Instant | null;
  readonly refresh: Instant | null;
  readonly lowerPrioBatch: Instant | null;
  readonly extraGarp: Instant | null;
  /** The master last heard, and the priority of its advert. */
  readonly master: IpAddress | undefined;
  readonly masterPriority: number;
  /** The master has said that it resigns, and none has been heard since. */
  readonly resigned: boolean;
  /** How we last became MASTER; undefined: never. */
  readonly becameMaster: Succession | undefined;
  /** Between its adverts: ours in version 2, in version 3 what the last accepted one said. */
  readonly masterInterval: Duration;
  /** When the state was entered; null: not started. */
  readonly since: Instant | null;
  /** Two owners: until when the other one may still back off. */
  readonly conflictUntil: Instant | null;
  /** Until when adverts that change nothing are borne in silence; see `calmly`. */
  readonly calmUntil: Instant | null;
  /** Kinds of complaints already made since state or master changed. */
  readonly complaints: readonly string[];
  /** Identification of the last advert sent. */
  readonly ipId: number;
  /** What adverts are authenticated by, ours and those of others. */
  readonly authentication: Authentication | undefined;
  readonly memory: Memory;
  /** What to add to our clock for the time of day. */
  readonly epoch: Duration;
  /** A peer was found to compute checksums as keepalived 1.3.6 did; so do we then. */
  readonly oldChecksum: boolean;
}

/** A router after an input, and what is to be done. */
export type Step = readonly [Router, readonly Effect[]];
/** A piece of a transition; `inOrder` joins them. */
export type Act = (vr: Router) => Step;

export const OWNER = 255;

/** All timers are off, and nothing of a former state is remembered. */
export const atRest = {
  hushed: false,
  ready: false,
  deadline: null,
  preemptAt: null,
  secondBatch: null,
  refresh: null,
  lowerPrioBatch: null,
  extraGarp: null,
  conflictUntil: null,
  calmUntil: null,
  resigned: false,
  complaints: [],
} satisfies Partial<Router>;

export const newRouter = (plan: RouterPlan, epoch: Duration): Router => ({
  plan,
  state: 'INIT',
  priority: plan.priority,
  source: undefined,
  linkUp: false,
  faults: [],
  ...atRest,
  master: undefined,
  masterPriority: 0,
  becameMaster: undefined,
  masterInterval: plan.advertInterval,
  since: null,
  ipId: 0,
  authentication: authenticationOf(plan.authentication),
  memory: NO_MEMORY,
  epoch,
  oldChecksum: false,
});

/** Microseconds since 1970. */
export const timeOfDay = (vr: Router, now: Instant): Duration => microseconds(now + vr.epoch);

export const isOwner = (vr: Router): boolean => vr.plan.priority === OWNER;

/** Owners that want to be MASTER need nobody's leave. */
export const leadsAtOnce = (vr: Router): boolean => isOwner(vr) && vr.plan.wanted === 'MASTER';

/**
 * A fraction of a second (RFC 3768 §6.1), or in version 3 of the master's interval (RFC 9568
 * §6.1), that wakes the highest priority first.
 *
 * An owner's counts from 255 even while it runs lowered.
 */
export const skewTime = (vr: Router): Duration =>
  times(
    vr.plan.version === 2 ? seconds(1) : vr.masterInterval,
    (256 - (isOwner(vr) ? OWNER : vr.priority)) / 256,
  );

/**
 * How long a backup bears silence before it takes over: by default three intervals, so that two
 * lost adverts are forgiven, plus the skew (RFC 3768 §6.1).
 */
export const masterDownInterval = (vr: Router): Duration =>
  plus(times(vr.masterInterval, vr.plan.downTimerAdverts), skewTime(vr));

/** When this router wants to be woken next. */
export const wakeUp = (vr: Router): Instant | null =>
  [vr.lowerPrioBatch, vr.secondBatch, vr.refresh, vr.extraGarp].reduce(sooner, vr.deadline);

/** All addresses that follow the master, in the order they are announced. */
export const allVips = (plan: RouterPlan): readonly Vip[] => [...plan.vips, ...plan.excluded];

export const stay = (vr: Router): Step => [vr, []];

export const inOrder =
  (...acts: readonly Act[]): Act =>
  (vr) => {
    const effects: Effect[] = [];
    let current = vr;
    for (const act of acts) {
      const [next, wanted] = act(current);
      current = next;
      effects.push(...wanted);
    }
    return [current, effects];
  };

export const put =
  (changes: Partial<Router> | ((vr: Router) => Partial<Router>)): Act =>
  (vr) =>
    stay({ ...vr, ...(typeof changes === 'function' ? changes(vr) : changes) });

export const when =
  (condition: boolean, ...acts: readonly Act[]): Act =>
  (vr) =>
    condition ? inOrder(...acts)(vr) : stay(vr);

export const want =
  (effect: (vr: Router) => Effect | readonly Effect[]): Act =>
  (vr) => [vr, [effect(vr)].flat()];

export const log = (event: (vr: Router, instance: string) => EventOf<typeof vrrpEvents>): Act =>
  want((vr) => ({ do: 'log', event: event(vr, vr.plan.name) }));

export const count = (counter: VrrpCounter, from?: IpAddress): Act =>
  want((vr) => ({ do: 'count', instance: vr.plan.name, counter, ...(from && { from }) }));

export const notify = (state: Told): Act =>
  want((vr) => ({ do: 'notify', instance: vr.plan.name, state, priority: vr.priority }));

/** Sends an advert, to every peer a copy; silently not, where there is no way to send one. */
export const sendAdvert =
  (now: Instant, priority: (vr: Router) => number): Act =>
  (vr) => {
    const { plan, source } = vr;
    if (source === undefined || !vr.linkUp) return stay(vr);
    const id = nextId(vr.ipId);
    const { authentication: by } = vr;
    const sealed = nextSeal(by, vr.memory, timeOfDay(vr, now));
    if (!sealed) return stay(vr);
    const { fields, seal, memory } = sealed;
    const advert = {
      version: plan.version,
      vrid: plan.vrid,
      priority: priority(vr),
      interval: plan.advertInterval,
      ...fields,
      addresses: plan.vips.map((vip) => vip.address),
    } as const;
    const destinations = plan.unicast?.peers.map(({ address }) => address) ?? [plan.group];
    const sent = destinations.map((destination): Effect => {
      const ttl = plan.unicast?.ttl ?? VRRP_TTL;
      const summedFor = pseudoDestination(vr, destination);
      const out = { source, destination, ttl, id, advert, summedFor, ...(seal && { seal }) };
      return { do: 'send-advert', instance: plan.name, port: portOf(plan), ...out };
    });
    const counters: VrrpCounter[] = ['advert_sent'];
    if (advert.priority === 0) counters.push('pri_zero_sent');
    const counts = counters.map((counter): Effect => {
      return { do: 'count', instance: plan.name, counter };
    });
    return [{ ...vr, ipId: id, memory }, [...sent, ...counts]];
  };

/** The destination in the pseudo header of a checksum; undefined: there is no such header. */
function pseudoDestination({ plan, oldChecksum }: Router, to: IpAddress): IpAddress | undefined {
  if (plan.family === 6) return to;
  if (plan.version === 2 || plan.checksum === 'as-v2') return undefined;
  return plan.checksum === 'old' || oldChecksum ? plan.group : to;
}

export const advertise = (now: Instant): Act => sendAdvert(now, (vr) => vr.priority);

/** Priority 0: the others need not wait for our silence. */
export const resign = (now: Instant): Act => sendAdvert(now, () => 0);

/** The election timer from now on. */
export const restart = (now: Instant): Act =>
  put((vr) => ({ deadline: after(now, masterDownInterval(vr)) }));

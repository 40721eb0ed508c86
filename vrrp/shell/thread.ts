import type { KernelError } from '@keepalived-ts/base/errors.js';
import { milliseconds, systemAlarm, systemClock } from '@keepalived-ts/base/time.js';
import { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import type { Outcome, Request } from '@keepalived-ts/netlink/message.js';
import { type Monitor, type MonitorOptions, openMonitor } from '@keepalived-ts/netlink/monitor.js';
import { NftablesClient } from '@keepalived-ts/netlink/nftables/client.js';
import {
  IPV4_DEVCONF_PROMOTE_SECONDARIES,
  type Link as KernelLink,
} from '@keepalived-ts/netlink/route/link.js';
import { NETLINK_ROUTE } from '@keepalived-ts/raw-socket/constants.js';
import { heirlooms } from '#src/ipc/heirloom.js';
import type { FromWorker, ToWorker, WorkerStart } from '#src/ipc/messages.js';
import type { VrrpStatus } from '#src/ipc/status.js';
import { adjusted } from '../core/adjust.js';
import { portOf } from '../core/ports.js';
import { NOBODY } from '../core/statics.js';
import { statusPortions } from '../core/status.js';
import type { Input, Link, VrrpPlan } from '../core/types.js';
import { advance, emptyWorld, nextDeadline } from '../core/world.js';
import { Addresses } from './addresses.js';
import { ArpSocket } from './arp-socket.js';
import { Entries } from './entries.js';
import { routeKind, ruleKind } from './entry-kinds.js';
import { EntryWatch } from './entry-watch.js';
import { Firewall } from './firewall.js';
import { Kernel, refusal } from './kernel.js';
import { LinkSettings } from './link-settings.js';
import { noRecorder, startLoop } from './loop.js';
import { Network } from './network.js';
import type { Parcel } from './outbox.js';
import { FileRecorder } from './recording.js';
import { Reports } from './report.js';
import { Requests } from './requests.js';
import { AdvertSockets } from './sockets.js';
import { sysctl } from './sysctl.js';
import { TimeOfDay } from './time-of-day.js';
import { Trackers } from './trackers.js';
import { VmacSettings } from './vmac-settings.js';
import { Vmacs } from './vmacs.js';

export interface ThreadParts {
  post(message: FromWorker): void;
  /** Everything is closed: nothing of ours keeps the thread alive. */
  ended(): void;
}

/**
 * How long the kernel may keep this thread busy at a time: an advert that is so late bothers nobody,
 * since the shortest interval is 10 ms and three of them are waited.
 */
const SLICE = milliseconds(5);

/**
 * Puts the thread together and starts it: first every interface is told to the core, then the
 * start. Gives what hears the parent.
 */
export async function startVrrp(
  start: WorkerStart<VrrpPlan>,
  { post, ended }: ThreadParts,
): Promise<(message: ToWorker<VrrpPlan>) => void> {
  let { plan } = start;
  const { buffers } = plan;
  const manners = { slice: SLICE, sparse: true, ...buffers.commands };
  const client = NetlinkClient.open(NETLINK_ROUTE, manners);
  const listen = (options: MonitorOptions): Monitor =>
    openMonitor({ ...options, ...buffers.events });
  const reports = new Reports(post, { detail: start.detail });
  const recorder = start.record === undefined ? undefined : record(start.record, reports);

  const linkOf = (name: string): Link | undefined => network.linkOf(name);
  const failed = (error: Error): void => {
    throw error;
  };
  const unsent = ({ owner, what }: Parcel, error: KernelError): void =>
    feed(refusal(owner, what, error));
  const sockets = new AdvertSockets({
    linkOf,
    onPacket: (port, bytes) => feed({ kind: 'packet', port, bytes }),
    refused: unsent,
    trouble: ({ key }, error) => {
      const hit = plan.instances.filter((instance) => portOf(instance).key === key);
      for (const { name: instance } of hit) feed(refusal(instance, `VRRP socket on ${key}`, error));
    },
  });
  const arp = new ArpSocket(unsent, (name) => network.forwards6(name));
  const firewall = new Firewall({
    open: () => NftablesClient.open(),
    linkOf,
    refused: (operation, error) => refused(NOBODY, operation, error),
  });
  const requests = new Requests((batch) => client.batch(batch), firewall);
  const refused = (instance: string, operation: string, error: KernelError): void =>
    feed(refusal(instance, operation, error));
  const routes = new Entries(routeKind({ linkOf, tableOf: (vrf) => network.tableOf(vrf) }), {
    requests,
    refused,
    lost: (instance, route) => feed({ kind: 'route-lost', instance, route }),
  });
  const rules = new Entries(ruleKind, {
    requests,
    refused,
    lost: (instance, rule) => feed({ kind: 'rule-lost', instance, rule }),
  });
  const watch = new EntryWatch({ client, listen, routes, rules, failed });
  const watchEntries = (): void =>
    watch.watch(
      [...plan.instances, plan.statics].flatMap(({ routes }) => routes),
      [...plan.instances, plan.statics].flatMap(({ rules }) => rules),
    );
  const kernelLink = (name: string): KernelLink | undefined => network.kernelLink(name);
  const kernelLinks = (): readonly KernelLink[] => network.kernelLinks();
  const batch = (some: readonly Request[]): Promise<readonly Outcome[]> => client.batch(some);
  const unset = (operation: string, error: KernelError): void => refused(NOBODY, operation, error);
  const heirloom = heirlooms(start.legacy, post);
  const promotion = new LinkSettings({
    what: 'promote_secondaries',
    values: { [IPV4_DEVCONF_PROMOTE_SECONDARIES]: 1 },
    heirloom: heirloom('promoted'),
    requests,
    kernelLink,
    refused: unset,
  });
  const settings = new VmacSettings({
    heirlooms: heirloom,
    sysctl,
    requests,
    batch,
    kernelLink,
    kernelLinks,
    addressesOf: (name) => linkOf(name)?.addresses.map(({ address }) => address) ?? [],
    refused: unset,
  });
  const vmacs = new Vmacs({
    batch,
    kernelLink,
    kernelLinks,
    settings,
    silence: (some) => firewall.silence(some),
    log: (event) => {
      reports.log(event);
      reports.flush();
    },
    refused,
  });
  const addresses = new Addresses({
    requests,
    linkOf,
    refused,
    arrived: (instance, vip, repeat) => kernel.announce(instance, vip, repeat),
  });

  const stopped = async (): Promise<void> => {
    if (!start.keepAtStop) await vmacs.dismantle();
    for (const part of [
      network,
      watch,
      trackers,
      sockets,
      arp,
      addresses,
      vmacs,
      routes,
      rules,
      firewall,
      client,
      reports,
    ])
      part.close();
    recorder?.close();
    post({ type: 'stopped' });
    ended();
  };
  const kernel = new Kernel({
    sockets,
    arp,
    addresses,
    firewall,
    routes,
    rules,
    promotion,
    requests,
    reports,
    linkOf,
    stopped: () => void stopped(),
  });
  const timeOfDay = new TimeOfDay(Date.now);
  const { feed, world } = startLoop({
    core: { advance, nextDeadline },
    world: emptyWorld,
    clock: systemClock,
    alarm: systemAlarm(),
    recorder: recorder ?? noRecorder,
    kernel,
    news: (now) => timeOfDay.news(now),
  });
  const hasCome = arrivals();
  const network = new Network({
    client,
    listen,
    feed: (input: Input) => {
      if (input.kind === 'link') sockets.settle(input.name);
      feed(input);
      if (input.kind === 'link') {
        promotion.settle(input.name);
        settings.settle(input.name);
        vmacs.settle(input.name);
        firewall.settle(input.name);
        addresses.settle(input.name);
      }
      if (input.kind === 'link' && hasCome(input)) routes.restore();
      kernel.schedule();
    },
    isOurs: (address, name, byUs) => addresses.notedRemoval(address, name, byUs),
    failed,
  });

  const trackers = new Trackers(feed, buffers.processes, (event) => {
    reports.log(event);
    reports.flush();
  });

  /** What must be there before the core hears of a plan, which it then gets with final names. */
  const follow = async (next: VrrpPlan): Promise<VrrpPlan> => {
    await trackers.follow(next);
    firewall.follow(next.firewall);
    return vmacs.follow(next);
  };

  await network.start();
  plan = await follow(plan);
  watchEntries();
  feed({ kind: 'start', plan, keepAddresses: start.keepAtStop });

  return (message) => {
    switch (message.type) {
      case 'stop':
        return feed({ kind: 'stop' });
      case 'reload':
        return void follow(message.plan).then((placed) => {
          plan = placed;
          watchEntries();
          feed({ kind: 'reload', plan });
          reports.retain(plan.instances.map(({ name }) => name));
          // After what the reload had to tell, which goes out at the end of this turn.
          queueMicrotask(() => {
            post({ type: 'reloaded' });
            void vmacs.prune();
          });
        });
      case 'ask-status':
        reports.tellCounters();
        return tellStatus(statusPortions(world()), message.ticket, post);
      case 'adjust':
        plan = adjusted(plan, message);
        return feed({ kind: 'reload', plan });
      case 'program-ended': {
        const input = reports.programEnded(message.ticket, message.outcome);
        if (input) feed(input);
      }
    }
  };
}

/** Notices interfaces that come up, or come back as another one. */
function arrivals(): (change: { name: string; link: Link | undefined }) => boolean {
  const up = new Map<string, number>();
  return ({ name, link }) => {
    const before = up.get(name);
    if (link?.up) up.set(name, link.index);
    else up.delete(name);
    return link?.up === true && before !== link.index;
  };
}

/** Each portion in a turn of its own, since adverts and timers come first. */
function tellStatus(
  portions: Iterator<VrrpStatus>,
  ticket: number,
  post: ThreadParts['post'],
): void {
  const tell = (one: IteratorResult<VrrpStatus>): void => {
    if (one.done) return;
    const next = portions.next();
    post({ type: 'status', ticket, status: one.value, more: !next.done });
    if (!next.done) setImmediate(tell, next);
  };
  tell(portions.next());
}

function record(file: string, reports: Reports): FileRecorder {
  return new FileRecorder(file, (error) => {
    reports.log({ event: 'no-recording', file, reason: error.message });
    reports.flush();
  });
}

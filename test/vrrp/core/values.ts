import { ip } from '@keepalived-ts/base/ip.js';
import { type Instant, instant, seconds } from '@keepalived-ts/base/time.js';
import type { Link as KernelLink } from '@keepalived-ts/netlink/route/link.js';
import { routeText, ruleText } from '#vrrp/core/entries.js';
import { UNPACED } from '#vrrp/core/garp-queue.js';
import type { PlannedRoute, PlannedRule, PlannedVmac } from '#vrrp/core/planned.js';
import { newRouter, type Router } from '#vrrp/core/router.js';
import type {
  Effect,
  ProcessPlan,
  RouterPlan,
  ScriptPlan,
  Vip,
  VrrpPlan,
} from '#vrrp/core/types.js';
import type { Advert } from '#vrrp/wire/advert.js';

/** Plain values for the tests of the core; each test changes what it is about. */
export const at = (s: number): Instant => instant(seconds(s));

export const vip = (address: string, change: Partial<Vip> = {}): Vip => ({
  address: ip(address),
  prefix: 24,
  interface: 'eth0',
  broadcast: undefined,
  scope: 0,
  label: undefined,
  tracked: true,
  ...change,
});

export const route = (to: string, change: Partial<PlannedRoute> = {}): PlannedRoute => ({
  route: {
    family: 4,
    table: 254,
    protocol: 18,
    scope: 0,
    type: 1,
    destination: { ip: ip(to), length: 24 },
  },
  interface: 'eth0',
  vrf: undefined,
  nexthops: [],
  mode: 'prepend',
  tracked: true,
  ...change,
});

export const rule = (priority: number, change: Partial<PlannedRule> = {}): PlannedRule => ({
  rule: { family: 4, action: 1, table: 100, priority, protocol: 18 },
  tracked: true,
  ...change,
});

export const routerPlan = (change: Partial<RouterPlan> = {}): RouterPlan => ({
  name: 'V',
  family: 4,
  version: 2,
  interface: 'eth0',
  vmac: undefined,
  xmitBase: false,
  addressVmacs: [],
  vrf: undefined,
  vrid: 51,
  priority: 100,
  wanted: 'BACKUP',
  grouped: false,
  tellsPriority: false,
  farewell: 'FAULT',
  nopreempt: false,
  preemptDelay: seconds(0),
  source: undefined,
  group: ip('224.0.0.18'),
  unicast: undefined,
  checksum: 'exact',
  advertInterval: seconds(1),
  downTimerAdverts: 3,
  authentication: undefined,
  vips: [vip('10.0.0.100')],
  excluded: [],
  routes: [],
  rules: [],
  interfaces: [{ name: 'eth0', weight: 0, reverse: false }],
  scripts: [],
  files: [],
  processes: [],
  garp: {
    delay: seconds(5),
    repeat: 5,
    refresh: seconds(0),
    refreshRepeat: 1,
    lowerPrioDelay: seconds(5),
    lowerPrioRepeat: 5,
    extra: { all: false, interval: seconds(0) },
  },
  lowerPrioNoAdvert: false,
  higherPrioSendAdvert: false,
  skipCheckAdvAddr: false,
  accept: true,
  ownerIgnoresAdverts: false,
  tracksSource: false,
  latePriority: undefined,
  receiveRoom: undefined,
  ...change,
});

export const vmac = (change: Partial<PlannedVmac> = {}): PlannedVmac => ({
  name: 'vrrp.51',
  stem: 'vrrp',
  isNameGiven: false,
  base: 'eth0',
  mac: '00005e000133',
  ipvlan: undefined,
  family: 4,
  hasIpv6: false,
  sends: true,
  source: undefined,
  group: undefined,
  ...change,
});

/** An interface as the kernel tells of it. */
export const kernelLink = (change: Partial<KernelLink> = {}): KernelLink => ({
  index: 2,
  name: 'eth0',
  hardware: 1,
  flags: 0x11043,
  mtu: 1500,
  operState: 'up',
  mac: Uint8Array.of(2, 0, 0, 0, 0, 1),
  ...change,
});

/** A private macvlan upon `eth0` with the MAC of VRID 51. */
export const macvlan = (change: Partial<KernelLink> = {}): KernelLink =>
  kernelLink({
    index: 7,
    name: 'vrrp.51',
    base: 2,
    kind: { name: 'macvlan', macvlanMode: 1 },
    mac: Uint8Array.of(0, 0, 0x5e, 0, 1, 51),
    ...change,
  });

export const vrrpPlan = (change: Partial<VrrpPlan> = {}): VrrpPlan => ({
  instances: [],
  groups: [],
  scripts: [],
  files: [],
  processes: [],
  promoted: [],
  statics: { vips: [], routes: [], rules: [] },
  startupDelay: seconds(0),
  delayAfterBoot: seconds(0),
  logUnknownVrids: false,
  linkDelays: [],
  garpPaces: UNPACED,
  firewall: undefined,
  buffers: { commands: undefined, events: undefined, processes: undefined },
  ...change,
});

export const scriptPlan = (change: Partial<ScriptPlan> = {}): ScriptPlan => ({
  name: 'chk',
  argv: ['/bin/chk'],
  user: undefined,
  group: undefined,
  interval: seconds(1),
  timeout: seconds(1),
  rise: 1,
  fall: 1,
  ...change,
});

export const processPlan = (change: Partial<ProcessPlan> = {}): ProcessPlan => ({
  name: 'web',
  process: 'nginx',
  parameters: [],
  match: 'equal',
  fullCommand: false,
  quorum: 1,
  quorumMax: undefined,
  forkDelay: seconds(0),
  terminateDelay: seconds(0),
  ...change,
});

export const router = (plan: Partial<RouterPlan> = {}, change: Partial<Router> = {}): Router => ({
  ...newRouter(routerPlan(plan), seconds(0)),
  source: ip('10.0.0.1'),
  linkUp: true,
  ...change,
});

export const advert = (priority: number, change: Partial<Advert> = {}): Advert => ({
  version: 2,
  vrid: 51,
  priority,
  interval: seconds(1),
  password: undefined,
  addresses: [ip('10.0.0.100')],
  ...change,
});

/** Effects in a word each, without logs and counts. */
export const deeds = (effects: readonly Effect[]): string[] =>
  effects.flatMap((e) => {
    switch (e.do) {
      case 'log':
      case 'count':
        return [];
      case 'send-advert':
        return [`send-advert ${e.advert.priority}`];
      case 'notify':
        return [`notify ${e.state} ${e.priority}`];
      case 'notify-group':
        return [`notify ${e.group} ${e.state}`];
      case 'announce':
        return [`announce ${e.addresses.map((v) => v.address).join(' ')} x${e.repeat}`];
      case 'add-addresses':
      case 'remove-addresses':
      case 'block-addresses':
      case 'unblock-addresses':
        return [`${e.do} ${e.addresses.map((v) => v.address).join(' ')}`];
      case 'add-routes':
      case 'remove-routes':
        return [`${e.do} ${e.routes.map(routeText).join(', ')}`];
      case 'add-rules':
      case 'remove-rules':
        return [`${e.do} ${e.rules.map(ruleText).join(', ')}`];
      case 'run-script':
        return [`run-script ${e.script.name}`];
      case 'join':
      case 'leave':
        return [[e.do, e.port.key, e.group].join(' ').trimEnd()];
      default:
        return [e.do];
    }
  });

export const events = (effects: readonly Effect[]): string[] =>
  effects.flatMap((e) => (e.do === 'log' ? [e.event.event] : []));

export const counts = (effects: readonly Effect[]): string[] =>
  effects.flatMap((e) => (e.do === 'count' ? [e.counter] : []));

import type { EventOf } from '@keepalived-ts/base/events.js';
import type { IpAddress, IpFamily } from '@keepalived-ts/base/ip.js';
import type { Duration } from '@keepalived-ts/base/time.js';
import type { VrrpCounter } from '../counters.js';
import type { vrrpEvents } from '../events.js';
import type { Outgoing } from '../wire/datagram.js';
import type { Sender } from '../wire/expectation.js';
import type { AuthenticationPlan } from './authentication.js';
import type { GarpPaces } from './garp-queue.js';
import type { GarpPlan } from './plan-garp.js';
import type { ChecksumForm } from './plan-unicast.js';
import type { FirewallPlan, PlannedRoute, PlannedRule, PlannedVmac } from './planned.js';
import type { Port } from './ports.js';
import type { ReceiveRoom, SocketBuffers } from './receive-room.js';

/** The states of RFC 3768 §6.4, and keepalived's FAULT. */
export type State = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT';

/** What notify scripts and fifos are told of an instance: its state, or what happened to it. */
export type Told =
  | State
  | 'STOP'
  | 'DELETED'
  | 'MASTER_RX_LOWER_PRI'
  | 'MASTER_PRIORITY'
  | 'BACKUP_PRIORITY';

/** The part of the configuration that the vrrp thread lives by; settled, see `planVrrp`. */
export interface VrrpPlan {
  instances: readonly RouterPlan[];
  groups: readonly GroupPlan[];
  scripts: readonly ScriptPlan[];
  files: readonly FilePlan[];
  processes: readonly ProcessPlan[];
  /** Interfaces with `promote_secondaries`. */
  promoted: readonly string[];
  /** What the machine has whoever is master. */
  statics: Possessions;
  /** `vrrp_startup_delay`: how long after the start nothing is heard and nothing is decided. */
  startupDelay: Duration;
  /** `vrrp_delay_after_boot`: the same, counted from when the machine was booted. */
  delayAfterBoot: Duration;
  logUnknownVrids: boolean;
  /** `interface_up_down_delays`: how long an interface must be down, or up, before that counts. */
  linkDelays: readonly LinkDelays[];
  garpPaces: GarpPaces;
  /** Rules that keep packets from the addresses of instances that do not accept them, if any. */
  firewall: FirewallPlan | undefined;
  buffers: SocketBuffers;
}

export interface LinkDelays {
  interface: string;
  down: Duration;
  up: Duration;
}

/** A `vrrp_sync_group`. What it tracks is in the plans of its members. */
export interface GroupPlan {
  name: string;
  /** Places of the members in `instances`, in the order of the configuration. */
  members: readonly number[];
}

/** An instance with the global defaults worked in and everything derived (reference §3). */
export interface RouterPlan {
  name: string;
  family: IpFamily;
  version: 2 | 3;
  /** undefined: adverts to peers go whatever way the routes say. */
  interface: string | undefined;
  /** `use_vmac`: upon `interface`, for the addresses, and for adverts unless `xmitBase`. */
  vmac: PlannedVmac | undefined;
  xmitBase: boolean;
  /** A VRF device that unicast adverts go by, where there is no interface. */
  vrf: string | undefined;
  /** The interfaces that single addresses have for themselves. */
  addressVmacs: readonly PlannedVmac[];
  vrid: number;
  /** The configured priority, or what stands for it when unset. 255 owns the addresses. */
  priority: number;
  wanted: 'MASTER' | 'BACKUP';
  /** Its state changes only together with that of a sync group. */
  grouped: boolean;
  /** Changes of its priority are told, too. */
  tellsPriority: boolean;
  /** What is told when a reload has removed it. */
  farewell: 'DELETED' | 'FAULT';
  nopreempt: boolean;
  /** Zero: a weaker master is not borne at all. */
  preemptDelay: Duration;
  /** The configured source; undefined: the first address of the interface that is no VIP. */
  source: IpAddress | undefined;
  group: IpAddress;
  /** Adverts go to peers; undefined: to the group. */
  unicast: UnicastPlan | undefined;
  /** What the checksum of version 3 over IPv4 covers. */
  checksum: ChecksumForm;
  /** Version 2: whole seconds. Version 3: hundredths. */
  advertInterval: Duration;
  downTimerAdverts: number;
  authentication: AuthenticationPlan | undefined;
  vips: readonly Vip[];
  /** Follow the master too, but are not listed in adverts. */
  excluded: readonly Vip[];
  /** What the master routes by. */
  routes: readonly PlannedRoute[];
  rules: readonly PlannedRule[];
  /** Interfaces that matter: own, those of the VIPs, and `track_interface`. */
  interfaces: readonly Track[];
  scripts: readonly Track[];
  files: readonly Track[];
  processes: readonly Track[];
  garp: GarpPlan;
  lowerPrioNoAdvert: boolean;
  higherPrioSendAdvert: boolean;
  skipCheckAdvAddr: boolean;
  /** A master takes packets that are sent to its virtual addresses; else a firewall drops them. */
  accept: boolean;
  /** As owner, adverts of others are not even looked at. */
  ownerIgnoresAdverts: boolean;
  /** `track_src_ip`: a source that its interface does not have is a FAULT. */
  tracksSource: boolean;
  /** What it adds to the receive buffer of its port; undefined: nothing is asked for. */
  receiveRoom: ReceiveRoom | undefined;
  /** A master woken so late that a router of this priority has taken over yields. */
  latePriority: number | undefined;
}

export interface UnicastPlan {
  /** None at all is a FAULT that stays. */
  peers: readonly Sender[];
  /** TTL or hop limit of our adverts. */
  ttl: number;
  /** Adverts of others than the peers are dropped. */
  checkSource: boolean;
}

/** An address that follows the master, as the kernel is to have it. */
export interface Vip {
  address: IpAddress;
  prefix: number;
  interface: string;
  /** What that interface stands upon, where it is one of ours. */
  base?: string | undefined;
  /** Its line has `use_vmac`. */
  usesVmac?: boolean;
  broadcast: IpAddress | undefined;
  /** RT_SCOPE_* of <linux/rtnetlink.h>. */
  scope: number;
  label: string | undefined;
  /** The far end of a point-to-point link. */
  peer?: IpAddress | undefined;
  /** IFA_F_* of <linux/if_addr.h>. */
  flags?: number;
  /** How long IPv6 chooses it as a source; undefined: forever. */
  preferredFor?: Duration | undefined;
  /** Its removal by somebody else is a reason to stop being master. */
  tracked: boolean;
}

/** What is put into the kernel together. */
export interface Possessions {
  vips: readonly Vip[];
  routes: readonly PlannedRoute[];
  rules: readonly PlannedRule[];
}

/** An interface, script, file or process by name, and what it does to a priority (reference §7). */
export interface Track {
  name: string;
  /** 0: losing it is a FAULT. */
  weight: number;
  reverse: boolean;
}

/** A `vrrp_script` that some instance tracks. */
export interface ScriptPlan {
  name: string;
  argv: readonly string[];
  user: string | undefined;
  group: string | undefined;
  interval: Duration;
  timeout: Duration;
  rise: number;
  fall: number;
}

/** A `track_file` that some instance tracks. */
export interface FilePlan {
  name: string;
  path: string;
}

/** A `vrrp_track_process` that some instance tracks. */
export interface ProcessPlan {
  name: string;
  /** The name of its program, as /proc/PID/comm has it, or of its command line. */
  process: string;
  parameters: readonly string[];
  /** `equal`: all parameters, where any are given. */
  match: 'equal' | 'none' | 'initial' | 'partial';
  fullCommand: boolean;
  quorum: number;
  quorumMax: number | undefined;
  /** How long the quorum must hold, or be lost, before it counts. */
  forkDelay: Duration;
  terminateDelay: Duration;
}

/** What the kernel says of an interface; `undefined` in the world means it does not exist. */
export interface Link {
  name: string;
  index: number;
  /** IFF_UP and IFF_RUNNING. */
  up: boolean;
  mtu: number;
  /** Hardware address as hex; empty where there is none. */
  mac: string;
  /** IFF_NOARP: nothing to announce. */
  noArp: boolean;
  /** All addresses of the interface in kernel order, VIPs too; the core tells them apart. */
  addresses: readonly { address: IpAddress; prefix: number }[];
}

/**
 * What can happen to the vrrp thread, as data. `--record` writes these.
 *
 * The first inputs are one `link` per existing interface, then `start`. A link whose address,
 * flags or index changed is told as a whole again.
 */
export type Input =
  /** `keepAddresses`: -V, leave the VIPs in place at stop. */
  | { kind: 'start'; plan: VrrpPlan; keepAddresses: boolean }
  | { kind: 'stop' }
  | { kind: 'reload'; plan: VrrpPlan }
  | { kind: 'deadline' }
  /**
   * The time of day: what to add to our clock for microseconds since 1970. Told before `start`, and
   * when the clock was set.
   */
  | { kind: 'time-of-day'; epoch: Duration }
  /** A datagram with its IP header, and the key of the port that it came in at. */
  | { kind: 'packet'; port: string; bytes: Uint8Array }
  /** An interface appeared, changed or vanished (`link` undefined). */
  | { kind: 'link'; name: string; link: Link | undefined }
  /** An address was removed by somebody else; whose VIP it was, if any, the core knows. */
  | { kind: 'address-lost'; interface: string; address: IpAddress; prefix: number }
  /** The number in a tracked file, by the name of its `track_file`; told before `start`, too. */
  | { kind: 'file'; file: string; value: number }
  /** How many copies of a tracked process run; told before `start`, too. */
  | { kind: 'process'; process: string; count: number }
  /** A route or rule was removed by somebody else. */
  | { kind: 'route-lost'; instance: string; route: PlannedRoute }
  | { kind: 'rule-lost'; instance: string; rule: PlannedRule }
  /** A program started by `run-script` ended. */
  | { kind: 'script'; script: string; run: number; outcome: ScriptOutcome }
  /** The kernel refused an effect. */
  | { kind: 'refused'; instance: string; operation: string; reason: string };

export type ScriptOutcome =
  | { result: 'exited'; status: number }
  | { result: 'signalled'; signal: number }
  | { result: 'timed-out' }
  | { result: 'failed'; reason: string };

/** What the thread is to do, as data. The shell performs a turn's effects in batches, in order. */
export type Effect =
  /** Listen at this port, to this group if it is one; told again when the interface was recreated. */
  | { do: 'join'; port: Port; group: IpAddress | undefined; room: ReceiveRoom | undefined }
  | { do: 'leave'; port: Port; group: IpAddress | undefined }
  /** `encodeDatagram` of vrrp/wire/datagram.ts makes the bytes. */
  | ({ do: 'send-advert'; instance: string; port: Port } & Outgoing)
  | { do: 'add-addresses'; instance: string; addresses: readonly Vip[] }
  | { do: 'remove-addresses'; instance: string; addresses: readonly Vip[] }
  /** Packets to and from them are dropped: before they are added, and until they are gone. */
  | { do: 'block-addresses'; instance: string; addresses: readonly Vip[] }
  | { do: 'unblock-addresses'; instance: string; addresses: readonly Vip[] }
  | { do: 'add-routes'; instance: string; routes: readonly PlannedRoute[] }
  | { do: 'remove-routes'; instance: string; routes: readonly PlannedRoute[] }
  | { do: 'add-rules'; instance: string; rules: readonly PlannedRule[] }
  | { do: 'remove-rules'; instance: string; rules: readonly PlannedRule[] }
  /** The interfaces that keep addresses when the first of their subnet goes; no others. */
  | { do: 'promote-secondaries'; interfaces: readonly string[] }
  /** Gratuitous ARP for each VIP, the whole list `repeat` times over (reference §9). */
  | { do: 'announce'; instance: string; addresses: readonly Vip[]; repeat: number }
  /** One gratuitous ARP for an address of the machine's own. */
  | { do: 'announce-source'; instance: string; interface: string; address: IpAddress }
  /** The parent runs scripts, fifos and mail for a state that was entered. */
  | { do: 'notify'; instance: string; state: Told; priority: number }
  | { do: 'notify-group'; group: string; state: State | 'STOP' }
  | { do: 'run-script'; script: ScriptPlan; run: number }
  | { do: 'log'; event: EventOf<typeof vrrpEvents> }
  /** `from`: the sender of an advert that is dropped. */
  | { do: 'count'; instance: string | undefined; counter: VrrpCounter; from?: IpAddress }
  /** Every router has left the network: the thread may end once the effects before are done. */
  | { do: 'stopped' };

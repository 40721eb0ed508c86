import type { EventOf } from '@keepalived-ts/base/events.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Duration } from '@keepalived-ts/base/time.js';
import type { vrrpEvents } from '../events.js';
import type { VipLine } from '../keywords/lines.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { VrrpScriptConfig } from '../keywords/vrrp-script.js';
import type { Advert } from '../wire/advert-v2.js';
import type { vrrpCounters } from '../counters.js';

/** The states of RFC 3768 §6.4, and keepalived's FAULT. */
export type State = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT';

/** The part of the configuration that the vrrp thread lives by; settled, see `plan`. */
export interface VrrpPlan {
  instances: RouterPlan[];
  scripts: VrrpScriptConfig[];
}

/** An instance with the global defaults worked in and everything derived (reference §3). */
export interface RouterPlan {
  config: VrrpInstanceConfig;
  /** `config.priority`, or what stands for it when unset. */
  priority: number;
  wanted: 'MASTER' | 'BACKUP';
  nopreempt: boolean;
  preemptDelay: Duration;
  group: IpAddress;
  advertInterval: Duration;
  downTimerAdverts: number;
  vips: readonly VipLine[];
  excluded: readonly VipLine[];
  garp: GarpPlan;
  lowerPrioNoAdvert: boolean;
  higherPrioSendAdvert: boolean;
}

export interface GarpPlan {
  delay: Duration;
  repeat: number;
  refresh: Duration;
  refreshRepeat: number;
  lowerPrioDelay: Duration;
  lowerPrioRepeat: number;
}

/** What the kernel says of an interface; `undefined` in the world means it does not exist. */
export interface Link {
  name: string;
  index: number;
  /** IFF_UP and IFF_RUNNING. */
  up: boolean;
  mtu: number;
  /** Hardware address; empty where there is none. */
  mac: Uint8Array;
  /** IFF_NOARP: nothing to announce. */
  noArp: boolean;
  /** The IPv4 addresses of the interface that are no VIP of ours, in kernel order. */
  addresses: readonly IpAddress[];
}

/** What can happen to the vrrp thread, as data. `--record` writes these. */
export type Input =
  | { kind: 'start' }
  | { kind: 'stop' }
  | { kind: 'reload'; plan: VrrpPlan }
  | { kind: 'deadline' }
  /** A datagram of protocol 112 with its IPv4 header, as a raw socket delivers it. */
  | { kind: 'packet'; interface: string; bytes: Uint8Array }
  /** An interface appeared, changed or vanished (`link` undefined). */
  | { kind: 'link'; name: string; link: Link | undefined }
  /** A VIP of an instance that is MASTER was removed, by somebody else. */
  | { kind: 'address-lost'; instance: string; address: IpAddress }
  | { kind: 'script'; script: string; outcome: ScriptOutcome }
  /** The kernel refused an effect. */
  | { kind: 'refused'; instance: string; operation: string; reason: string };

export type ScriptOutcome =
  | { result: 'exited'; status: number }
  | { result: 'signalled'; signal: string }
  | { result: 'timed-out' }
  | { result: 'failed'; reason: string };

/** What the thread is to do, as data. The shell performs a turn's effects in batches. */
export type Effect =
  | { do: 'send-advert'; instance: string; advert: Advert }
  | { do: 'add-addresses'; instance: string; addresses: readonly VipLine[] }
  | { do: 'remove-addresses'; instance: string; addresses: readonly VipLine[] }
  /** Gratuitous ARP for each VIP, the whole list `repeat` times over (reference §9). */
  | { do: 'announce'; instance: string; addresses: readonly VipLine[]; repeat: number }
  /** The parent runs scripts, fifos and mail for a state that was entered. */
  | { do: 'notify'; instance: string; state: State | 'STOP'; priority: number }
  | { do: 'run-script'; script: string }
  | { do: 'log'; event: EventOf<typeof vrrpEvents> }
  | { do: 'count'; instance: string | undefined; counter: keyof typeof vrrpCounters }
  /** Every router has left the network: the thread may end. */
  | { do: 'stopped' };

import { hex } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, ip } from '@keepalived-ts/base/ip.js';
import {
  type Duration,
  type Instant,
  microseconds,
  milliseconds,
} from '@keepalived-ts/base/time.js';
import type { Port } from '#vrrp/core/ports.js';
import type { Effect, Input, Link, ScriptOutcome, VrrpPlan } from '#vrrp/core/types.js';
import { advance, emptyWorld, nextDeadline, type World } from '#vrrp/core/world.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import { ManualClock } from './manual-clock.js';

/** What one node did in one turn. */
export interface Turn {
  at: Instant;
  node: LanNode;
  input: Input;
  before: World;
  after: World;
  effects: readonly Effect[];
}

/** How long a packet is under way, and how long a script runs. */
const LATENCY: Duration = microseconds(50);
const SCRIPT_TIME: Duration = milliseconds(10);

/**
 * A network segment with nodes that each live in a world of their own.
 *
 * Packets really are encoded and decoded; kernels are simulated by what a node's links and
 * addresses are. A node can be cut off, lose packets, or be killed without a word.
 */
export class Lan {
  readonly clock = new ManualClock();
  readonly nodes = new Map<string, LanNode>();
  readonly #onTurn: (turn: Turn) => void;

  constructor(onTurn: (turn: Turn) => void) {
    this.#onTurn = onTurn;
  }

  add(name: string, links: readonly Link[]): LanNode {
    const node = new LanNode(name, this, links, this.#onTurn);
    this.nodes.set(name, node);
    return node;
  }

  node(name: string): LanNode {
    const node = this.nodes.get(name);
    if (!node) throw new RangeError(`no node ${name}`);
    return node;
  }

  /** Delivers a datagram to every other node that can hear it at a port like the sender's. */
  deliver(from: LanNode, port: Port, to: IpAddress, bytes: Uint8Array): void {
    const name = port.interface ?? 'eth0';
    for (const node of this.nodes.values()) {
      if (node === from || !node.hears(name, from)) continue;
      for (const { port: at } of node.world.lookup.ports.values()) {
        if (at.family !== port.family || at.unicast !== port.unicast) continue;
        if (port.unicast ? !node.owns(to) : at.interface !== name) continue;
        this.clock.in(LATENCY, () => node.feed({ kind: 'packet', port: at.key, bytes }));
      }
    }
  }
}

export class LanNode {
  readonly name: string;
  world: World = emptyWorld;
  /** Nodes of another side are not heard. */
  side = '';
  /** So many of the next packets sent get lost. */
  losing = 0;
  /** Interfaces that look fine and let nothing through. */
  readonly deaf = new Set<string>();
  alive = false;
  /** Held up: what comes in waits. */
  frozen: Input[] | undefined;
  readonly outcomes = new Map<string, ScriptOutcome | 'hangs'>();
  readonly links = new Map<string, Link>();
  readonly #lan: Lan;
  readonly #onTurn: (turn: Turn) => void;
  #alarm = 0;

  constructor(name: string, lan: Lan, links: readonly Link[], onTurn: (turn: Turn) => void) {
    this.name = name;
    this.#lan = lan;
    this.#onTurn = onTurn;
    for (const link of links) this.links.set(link.name, link);
  }

  /** Begins as a fresh process would; addresses of a former life are still on the links. */
  start(plan: VrrpPlan): void {
    this.alive = true;
    this.world = { ...emptyWorld, files: this.world.files, counts: this.world.counts };
    for (const link of this.links.values()) this.feed({ kind: 'link', name: link.name, link });
    this.feed({ kind: 'start', plan, keepAddresses: false });
  }

  kill(): void {
    this.alive = false;
    this.#alarm++;
  }

  owns(address: IpAddress): boolean {
    return [...this.links.values()].some((l) => l.addresses.some((a) => a.address === address));
  }

  hears(name: string, from: LanNode | undefined): boolean {
    const isUp = this.links.get(name)?.up === true;
    return (
      this.alive && isUp && !this.deaf.has(name) && (from === undefined || from.side === this.side)
    );
  }

  /** Goes on after it was held up; its timers have run out before it reads what has come in. */
  thaw(): void {
    const waiting = this.frozen ?? [];
    this.frozen = undefined;
    this.feed({ kind: 'deadline' });
    for (const input of waiting) this.feed(input);
  }

  setLink(name: string, change: Partial<Link> | undefined): void {
    const known = this.links.get(name);
    if (change === undefined) this.links.delete(name);
    else if (known) this.links.set(name, { ...known, ...change });
    this.tellLink(name);
  }

  tellLink(name: string): void {
    this.feed({ kind: 'link', name, link: this.links.get(name) });
  }

  /** Somebody removes an address by hand. */
  take(address: IpAddress): void {
    for (const link of this.links.values()) {
      const taken = link.addresses.find((a) => a.address === address);
      if (!taken) continue;
      this.#put(link.name, (all) => all.filter((a) => a.address !== address));
      this.feed({
        kind: 'address-lost',
        interface: link.name,
        address,
        prefix: taken.prefix,
      });
      this.tellLink(link.name);
    }
  }

  feed(input: Input): void {
    // What files and processes there are is known before a daemon starts.
    const isFact = input.kind === 'file' || input.kind === 'process';
    if (!this.alive && !isFact) return;
    if (this.frozen) {
      this.frozen.push(input);
      return;
    }
    const { clock } = this.#lan;
    const before = this.world;
    const [after, effects] = advance(before, input, clock.now());
    this.world = after;
    for (const effect of effects) this.#perform(effect);
    this.#onTurn({ at: clock.now(), node: this, input, before, after, effects });
    const next = nextDeadline(this.world);
    const alarm = ++this.#alarm;
    if (next === null) return;
    clock.at(next, () => {
      if (alarm === this.#alarm) this.feed({ kind: 'deadline' });
    });
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'send-advert':
        if (this.losing > 0) this.losing--;
        else if (effect.port.interface === undefined || !this.deaf.has(effect.port.interface))
          this.#lan.deliver(this, effect.port, effect.destination, encodeDatagram(effect));
        break;
      case 'add-addresses':
        for (const { interface: name, address, prefix } of effect.addresses) {
          this.#put(name, (all) => [...all, { address, prefix }]);
        }
        break;
      case 'remove-addresses':
        for (const vip of effect.addresses) {
          this.#put(vip.interface, (all) => all.filter((a) => a.address !== vip.address));
        }
        break;
      case 'run-script': {
        const { script, run } = effect;
        const { name, timeout } = script;
        const outcome = this.outcomes.get(name) ?? { result: 'exited', status: 0 };
        if (outcome === 'hangs') this.#end(name, run, timeout, { result: 'timed-out' });
        else this.#end(name, run, SCRIPT_TIME, outcome);
        break;
      }
    }
  }

  #end(script: string, run: number, delay: Duration, outcome: ScriptOutcome): void {
    this.#lan.clock.in(delay, () => this.feed({ kind: 'script', script, run, outcome }));
  }

  #put(name: string, change: (all: Link['addresses']) => Link['addresses']): void {
    const link = this.links.get(name);
    if (link) this.links.set(name, { ...link, addresses: change(link.addresses) });
  }
}

/** An interface that is up, with its first address. */
export const linkOf = (name: string, index: number, address: string): Link => ({
  name,
  index,
  up: true,
  mtu: 1500,
  mac: hex(new Uint8Array([2, 0, 0, 0, 0, index])),
  noArp: false,
  addresses: address === '' ? [] : [{ address: ip(address), prefix: 24 }],
});

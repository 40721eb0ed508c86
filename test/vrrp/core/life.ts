import { ip } from '@keepalived-ts/base/ip.js';
import { linkOf } from '#test/support/lan.js';
import type { Effect, Input, Link, RouterPlan, VrrpPlan } from '#vrrp/core/types.js';
import { advance, emptyWorld, nextDeadline, type World } from '#vrrp/core/world.js';
import type { Advert } from '#vrrp/wire/advert.js';
import type { Seal } from '#vrrp/wire/authentication.js';
import { encodeDatagram, type Outgoing } from '#vrrp/wire/datagram.js';
import { at, vrrpPlan } from './values.js';

export const eth0 = linkOf('eth0', 2, '10.0.0.1');
export const planOf = (...instances: RouterPlan[]): VrrpPlan => vrrpPlan({ instances });

/** A world that has been fed inputs one after the other, and the effects of the last. */
export class Life {
  world: World = emptyWorld;
  effects: readonly Effect[] = [];

  constructor(plan: VrrpPlan, links: readonly Link[] = [eth0], keepAddresses = false) {
    for (const link of links) this.feed(0, { kind: 'link', name: link.name, link });
    this.feed(0, { kind: 'start', plan, keepAddresses });
  }

  feed(time: number, input: Input): this {
    [this.world, this.effects] = advance(this.world, input, at(time));
    return this;
  }

  hear(time: number, bytes: Uint8Array, name = 'eth0'): this {
    return this.feed(time, { kind: 'packet', port: name, bytes });
  }

  /** Wakes it whenever it wants to be, up to a time. */
  runUntil(end: number): this {
    for (let next = nextDeadline(this.world); next !== null && next <= at(end); ) {
      this.feed(next / 1e6, { kind: 'deadline' });
      next = nextDeadline(this.world);
    }
    return this;
  }

  get states(): string[] {
    return [...this.world.routers].map((vr) => vr.state);
  }
}

export const datagram = (content: Advert, from = '10.0.0.9', group = '224.0.0.18'): Uint8Array =>
  encodeDatagram(outgoing(content, from, group));

export const sealed = (content: Advert, seal: Seal): Uint8Array =>
  encodeDatagram({ ...outgoing(content, '10.0.0.9', '224.0.0.18'), seal });

const outgoing = (advert: Advert, from: string, group: string): Outgoing => ({
  source: ip(from),
  destination: ip(group),
  ttl: 255,
  summedFor: undefined,
  id: 1,
  advert,
});

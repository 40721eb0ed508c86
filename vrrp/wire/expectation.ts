import type { EventOf } from '@keepalived-ts/base/events.js';
import type { IpAddress, IpFamily } from '@keepalived-ts/base/ip.js';
import type { Duration } from '@keepalived-ts/base/time.js';
import type { VrrpCounter } from '../counters.js';
import type { vrrpEvents } from '../events.js';
import type { RawAdvert } from './advert.js';
import type { AuthenticationHeader } from './ah.js';
import type { Authentication, Memory } from './authentication.js';
import type { IpPacket } from './ip-header.js';

/** What an advert for us has to look like. */
export interface Expectation {
  family: IpFamily;
  version: 2 | 3;
  advertInterval: Duration;
  authentication: Authentication | undefined;
  memory: Memory;
  /** Since 1970. */
  timeOfDay: Duration;
  checksum: ChecksumPolicy;
  /** Whom unicast adverts go to; undefined: they go to a group. */
  peers: readonly Sender[] | undefined;
  /** Only peers are believed. */
  checksSource: boolean;
}

/**
 * Which checksums are believed over IPv4 in version 3.
 *
 * `as-v2` believes all of them, for it cannot know what others leave out. An address is the group
 * that the pseudo header may name instead of the real destination, as keepalived 1.3.6 did.
 */
export type ChecksumPolicy = 'exact' | 'as-v2' | IpAddress;

/** A peer, and how far away it may be. */
export interface Sender {
  address: IpAddress;
  minTtl: number;
  maxTtl: number;
}

type WithoutInstance<E> = E extends { instance: string } ? Omit<E, 'instance'> : never;
/** A line to log about an advert, for the instance that got it. */
export type Complaint = WithoutInstance<EventOf<typeof vrrpEvents>>;

/** Why an advert is dropped: the counter that counts it and the line that tells of it. */
export interface Malformed {
  malformed: VrrpCounter;
  complaint: Complaint;
}

/** Everything that a check looks at. */
export interface Case {
  packet: IpPacket;
  /** Length of the whole datagram. */
  octets: number;
  raw: RawAdvert;
  mine: Expectation;
  /** What stood between IP and the advert. */
  ah: AuthenticationHeader | undefined;
  /** What stands behind it, where that is just as long as a trailer of `auth_hmac`. */
  trailer: Uint8Array | undefined;
}
export type Check = (given: Case) => Malformed | undefined;

export const no = (malformed: VrrpCounter, complaint: Complaint): Malformed => ({
  malformed,
  complaint,
});

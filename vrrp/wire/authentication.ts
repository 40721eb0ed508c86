import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Duration } from '@keepalived-ts/base/time.js';
import { type Advert, AUTH_AH, AUTH_NONE, AUTH_PASS } from './advert.js';
import type { AhSeal } from './ah.js';
import { type HmacKey, isAfter, sequenceAt, timeBetween } from './hmac.js';

/**
 * What the adverts of a router are authenticated by.
 *
 * PASS shows a password to everybody (RFC 2338 §5.3.6.2), AH signs the datagram in a header of its
 * own (§5.3.6.3), HMAC the advert in a trailer (`auth_hmac`).
 */
export type Authentication =
  /** The 8 octets of the authentication data. */
  { type: 'PASS'; password: Uint8Array } | { type: 'AH'; key: Uint8Array } | Hmac;

export interface Hmac {
  type: 'HMAC';
  keys: readonly HmacKey[];
  /** The key that ours are signed with, one of `keys`; undefined: it is lost, and none are sent. */
  active: HmacKey | undefined;
  mode: HmacMode;
  /** How far clocks may be apart; undefined: numbers need only grow (`anti_replay monotonic`). */
  window: Duration | undefined;
}

/** What a router remembers of signatures, whatever it authenticates by. */
export interface Memory {
  /** AH: the greatest sequence number sent or heard. */
  sequence: number;
  /** HMAC: the last number sent. */
  sent: bigint | undefined;
  /** HMAC: the last number of each sender, the latest first. */
  heard: readonly { from: IpAddress; sequence: bigint }[];
}

export const NO_MEMORY: Memory = { sequence: 0, sent: undefined, heard: [] };

/** Whether adverts without a trailer are dropped, and whether ours have one. */
export type HmacMode = 'enforce' | 'permissive' | 'receive-only';

/** What signs an advert of ours. */
export type Seal = AhSeal | ({ type: 'HMAC'; sequence: bigint } & HmacKey);

/** What a received advert was found signed with, to be remembered once it is taken. */
export type Signature =
  | { type: 'AH'; sequence: number }
  | { type: 'HMAC'; sequence: bigint; ahead: Duration };

/** 136 years of adverts away. It must not begin anew (RFC 2402 §3.3.2). */
const LAST_SEQUENCE = 0xffff_ffff;
/** Routers of a group whose numbers are remembered. */
const SENDERS = 4;

/** What stands in the header of an advert. */
export const authTypeOf = (by: Pick<Authentication, 'type'> | undefined): number =>
  by?.type === 'AH' ? AUTH_AH : by?.type === 'PASS' ? AUTH_PASS : AUTH_NONE;

/**
 * What the next advert carries, whoever gets a copy of it, and what is remembered then; undefined:
 * there is no key to sign it with.
 */
export function nextSeal(
  by: Authentication | undefined,
  memory: Memory,
  timeOfDay: Duration,
): { fields: Pick<Advert, 'password' | 'signed'>; seal?: Seal; memory: Memory } | undefined {
  const open = { password: undefined };
  switch (by?.type) {
    case 'PASS':
      return { fields: { password: by.password }, memory };
    case 'AH': {
      // Compat: one number for all peers, which goes on from the greatest that was heard.
      const sequence = Math.min(memory.sequence + 1, LAST_SEQUENCE);
      const seal = { ...by, sequence };
      return { fields: { ...open, signed: true }, seal, memory: { ...memory, sequence } };
    }
    case 'HMAC': {
      if (!by.active) return undefined;
      if (by.mode === 'receive-only') return { fields: open, memory };
      const sequence = nextSequence(by, memory, sequenceAt(timeOfDay));
      const seal = { type: 'HMAC', ...by.active, sequence } as const;
      return { fields: open, seal, memory: { ...memory, sent: sequence } };
    }
    default:
      return { fields: open, memory };
  }
}

/** What the clock shows, unless that is no progress; one that was set back for good is believed. */
function nextSequence({ window }: Hmac, { sent }: Memory, clock: bigint): bigint {
  if (sent === undefined || isAfter(clock, sent)) return clock;
  if (window !== undefined && timeBetween(clock, sent) > window) return clock;
  return BigInt.asUintN(64, sent + 1n);
}

/**
 * The last number that a sender has used.
 *
 * Differs: one that is further ahead of our clock than any may be was heard before that was set
 * back. keepalived drops the adverts of such a sender until the time has come again.
 */
export function lastHeard(
  { window }: Hmac,
  { heard }: Memory,
  sender: IpAddress,
  clock: bigint,
): bigint | undefined {
  const last = heard.find(({ from }) => from === sender)?.sequence;
  const isOfNow = window === undefined || last === undefined || timeBetween(clock, last) <= window;
  return isOfNow ? last : undefined;
}

/** Remembers an advert that was taken. `senders`: how many there are, where they are known. */
export function remembering(
  memory: Memory,
  found: Signature,
  from: IpAddress,
  senders = SENDERS,
): Memory {
  if (found.type === 'AH') return { ...memory, sequence: found.sequence };
  const others = memory.heard.filter((one) => one.from !== from);
  const heard = [{ from, sequence: found.sequence }, ...others].slice(0, senders);
  return { ...memory, heard };
}

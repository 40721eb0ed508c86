import { createHmac } from 'node:crypto';
import { hex } from '@keepalived-ts/base/bytes.js';
import { reveal, secret } from '@keepalived-ts/base/secret.js';
import { type Instant, instant } from '@keepalived-ts/base/time.js';
import { passwordField } from '../wire/advert.js';
import { concealed, type Signers } from '../wire/conceal.js';
import { type AuthenticationPlan, authenticationOf, withSecrets } from './authentication.js';
import { fromJson, toJson } from './json.js';
import type { Effect, Input, RouterPlan, VrrpPlan } from './types.js';
import { advance, emptyWorld, type World } from './world.js';

/** An input and when it happened; a file of these, a line each, is a bug report. */
export interface Noted {
  now: Instant;
  input: Input;
}

const KINDS: Record<Input['kind'], true> = {
  start: true,
  stop: true,
  reload: true,
  deadline: true,
  packet: true,
  link: true,
  'address-lost': true,
  'route-lost': true,
  'rule-lost': true,
  file: true,
  process: true,
  script: true,
  refused: true,
  'time-of-day': true,
};

/**
 * Writes inputs as lines of JSON.
 *
 * No password gets into the file: each is replaced by a word that only this recording knows it
 * by, in plans and in packets alike, so that right ones stay right and wrong ones wrong. `key`
 * is what makes those words; it should be random and forgotten.
 */
export function inputWriter(key: Uint8Array): (now: Instant, input: Input) => string {
  let signers: Signers = { ah: [], hmac: [] };
  const alias = (field: Uint8Array): Uint8Array =>
    Buffer.from(createHmac('sha256', key).update(field).digest('hex').slice(0, 8));
  const aliased = (by: AuthenticationPlan): AuthenticationPlan<string> =>
    withSecrets(by, (one) => {
      const bytes = reveal(one);
      return Buffer.from(alias(by.type === 'HMAC' ? bytes : passwordField(bytes))).toString();
    });
  const planned = (plan: VrrpPlan): unknown => ({
    ...plan,
    instances: plan.instances.map(({ authentication: by, ...router }) => ({
      ...router,
      ...(by && { authentication: aliased(by) }),
    })),
  });
  return (now, input) => {
    switch (input.kind) {
      case 'start':
      case 'reload':
        signers = signersOf(input.plan);
        return toJson({ now, input: { ...input, plan: planned(input.plan) } });
      case 'packet':
        return JSON.stringify({
          now,
          input: { ...input, bytes: hex(concealed(input.bytes, signers, alias)) },
        });
      default:
        return toJson({ now, input });
    }
  };
}

function signersOf({ instances }: VrrpPlan): Signers {
  const all = instances.map(({ authentication }) => authenticationOf(authentication));
  return {
    ah: all.flatMap((by) => (by?.type === 'AH' ? [by.key] : [])),
    hmac: all.flatMap((by) => (by?.type === 'HMAC' ? by.keys : [])),
  };
}

/** Reads a line back; undefined when it is none of ours. */
export function readInput(line: string): Noted | undefined {
  let noted: { now?: unknown; input?: { kind?: unknown } } | null;
  try {
    noted = fromJson(line) as typeof noted;
  } catch {
    return undefined;
  }
  const { now, input } = noted ?? {};
  if (typeof now !== 'number' || typeof input?.kind !== 'string') return undefined;
  if (!Object.hasOwn(KINDS, input.kind)) return undefined;
  return { now: instant(now), input: revived(input as Recorded) };
}

/** An input as JSON has it. */
type Recorded =
  | Exclude<Input, { kind: 'packet' | 'start' | 'reload' }>
  | { kind: 'packet'; port: string; bytes: string }
  | { kind: 'start'; plan: RecordedPlan; keepAddresses: boolean }
  | { kind: 'reload'; plan: RecordedPlan };
type RecordedPlan = Omit<VrrpPlan, 'instances'> & {
  instances: (Omit<RouterPlan, 'authentication'> & {
    authentication?: AuthenticationPlan<string>;
  })[];
};

function revived(input: Recorded): Input {
  switch (input.kind) {
    case 'packet':
      return { ...input, bytes: new Uint8Array(Buffer.from(input.bytes, 'hex')) };
    case 'start':
    case 'reload':
      return { ...input, plan: revivedPlan(input.plan) };
    default:
      return input;
  }
}

const revivedPlan = (plan: RecordedPlan): VrrpPlan => ({
  ...plan,
  instances: plan.instances.map(({ authentication: by, ...router }) => ({
    ...router,
    authentication: by && withSecrets(by, secret),
  })),
});

/** Lives a recording again: every turn with the world after it and what was to be done. */
export function* replay(
  recording: Iterable<Noted>,
): Generator<Noted & { world: World; effects: readonly Effect[] }> {
  let world = emptyWorld;
  for (const { now, input } of recording) {
    const [next, effects] = advance(world, input, now);
    world = next;
    yield { now, input, world, effects };
  }
}

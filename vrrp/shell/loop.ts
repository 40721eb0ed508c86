import type { Alarm, Clock, Instant } from '@keepalived-ts/base/time.js';
import type { Effect, Input } from '../core/types.js';

/** The decisions: what the core does with an input, and when it wants to be woken next. */
export interface Core<World> {
  advance(world: World, input: Input, now: Instant): readonly [World, readonly Effect[]];
  nextDeadline(world: World): Instant | null;
}

/** What performs effects. A refusal is news: it comes back to the loop as an input. */
export interface Performer {
  perform(effects: readonly Effect[]): void;
}

/** Hears every input with its time; replaying them gives the same effects again. */
export interface Recorder {
  note(now: Instant, input: Input): void;
}

export const noRecorder: Recorder = { note: () => {} };

export interface LoopParts<World> {
  core: Core<World>;
  world: World;
  clock: Clock;
  kernel: Performer;
  alarm: Alarm;
  recorder: Recorder;
  /** What has to be known before an input is worked off. */
  news?(now: Instant): Input | undefined;
}

/** The running loop, from outside. */
export interface Loop<World> {
  feed(input: Input): void;
  /** The world as the last input has left it. */
  world(): World;
}

/**
 * The one loop: an input comes in, the core advances the world, the kernel performs the effects,
 * the alarm is set to the next deadline.
 *
 * An input that arises while another is worked off (a send that fails at once) waits its turn.
 */
export function startLoop<World>(parts: LoopParts<World>): Loop<World> {
  const { core, clock, kernel, alarm, recorder } = parts;
  let { world } = parts;
  const waiting: Input[] = [];
  let busy = false;

  const take = (input: Input): void => {
    const now = clock.now();
    const news = parts.news?.(now);
    if (news) advance(news, now);
    advance(input, now);
  };
  const advance = (input: Input, now: Instant): void => {
    recorder.note(now, input);
    const [next, effects] = core.advance(world, input, now);
    world = next;
    kernel.perform(effects);
  };
  const feed = (input: Input): void => {
    waiting.push(input);
    if (busy) return;
    busy = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) take(next);
    busy = false;
    alarm.set(core.nextDeadline(world), () => feed({ kind: 'deadline' }));
  };
  return { feed, world: () => world };
}

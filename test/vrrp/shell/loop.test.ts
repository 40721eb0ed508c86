import { type Alarm, type Instant, instant } from '@keepalived-ts/base/time.js';
import { expect, it } from 'vitest';
import type { Effect, Input } from '#vrrp/core/types.js';
import { type Loop, noRecorder, startLoop } from '#vrrp/shell/loop.js';

const stopped: Effect = { do: 'stopped' };
const refused: Input = { kind: 'refused', instance: 'VI', operation: 'send', reason: 'EPERM' };

it('advances the world, performs what it wants and sets the alarm for its deadline', () => {
  const done: string[] = [];
  let wake: (() => void) | undefined;
  const alarm: Alarm = {
    set: (at, handler) => {
      done.push(`alarm ${at}`);
      wake = handler;
    },
  };
  let now = 0;
  const { feed, world } = startLoop<readonly string[]>({
    core: {
      advance: (world, input, at) => [[...world, `${at} ${input.kind}`], [stopped]],
      nextDeadline: (world) => instant(100 * world.length),
    },
    world: [],
    clock: { now: () => instant(now) },
    alarm,
    recorder: { note: (at, input) => done.push(`note ${at} ${input.kind}`) },
    kernel: { perform: (effects) => done.push(`perform ${effects.length}`) },
  });
  feed({ kind: 'stop' });
  now = 100;
  wake?.();
  expect(done).toEqual([
    'note 0 stop',
    'perform 1',
    'alarm 100',
    'note 100 deadline',
    'perform 1',
    'alarm 200',
  ]);
  expect(world()).toEqual(['0 stop', '100 deadline']);
});

it('lets a refusal wait until the input that caused it has been worked off', () => {
  const order: string[] = [];
  const { feed }: Loop<number> = startLoop<number>({
    core: {
      advance: (world, input) => {
        order.push(input.kind);
        return [world, input.kind === 'stop' ? [stopped] : []];
      },
      nextDeadline: (): Instant | null => null,
    },
    world: 0,
    clock: { now: () => instant(0) },
    alarm: { set: () => order.push('alarm') },
    recorder: noRecorder,
    kernel: {
      perform: (effects) => {
        if (effects.length === 0) return;
        feed(refused);
        order.push('performed');
      },
    },
  });
  feed({ kind: 'stop' });
  expect(order).toEqual(['stop', 'performed', 'refused', 'alarm']);
});

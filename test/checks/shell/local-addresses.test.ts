import { setImmediate as settled } from 'node:timers/promises';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import type { MonitorOptions } from '@keepalived-ts/netlink/monitor.js';
import { newAddress } from '@keepalived-ts/netlink/route/address.js';
import { describe, expect, it } from 'vitest';
import { LocalAddresses } from '#checks/shell/local-addresses.js';
import { ManualClock } from '#test/support/manual-clock.js';

/** A machine whose addresses are the given ones, and who listens to it. */
function machine(...addresses: string[]) {
  const told: string[][] = [];
  const refused: string[] = [];
  const clock = new ManualClock();
  const state = {
    addresses,
    readings: 0,
    open: 0,
    gate: Promise.resolve(),
    /** What the kernel does not do, and why. */
    trouble: {} as Partial<Record<'open' | 'list' | 'listen', Error>>,
  };
  const fail = (operation: keyof typeof state.trouble): void => {
    const error = state.trouble[operation];
    if (error) throw error;
  };
  let ear: MonitorOptions | undefined;
  const watch = new LocalAddresses({
    clock,
    alarm: clock.alarm(),
    refused: (words) => refused.push(words),
    tell: (local) => told.push([...local]),
    open: () => {
      fail('open');
      state.open++;
      return {
        list: async (_, parse) => {
          state.readings++;
          fail('list');
          const messages = state.addresses.map((address) => {
            const at = { index: 1, ip: ip(address), prefixLength: 24, scope: 0, flags: 0 };
            const { type, payload } = newAddress(at);
            return parse({ type, flags: 0, sequence: 0, port: 0, payload });
          });
          await state.gate;
          return messages.filter((value) => value !== undefined) as never;
        },
        close: () => void state.open--,
      };
    },
    listen: (options) => {
      fail('listen');
      ear = options;
      return { close: () => (ear = undefined) };
    },
  });
  const announce = (...now: string[]) => {
    state.addresses = now;
    ear?.onMessage({ type: 0, flags: 0, sequence: 0, port: 0, payload: new Uint8Array() });
  };
  return { watch, state, told, refused, clock, announce, listens: () => ear !== undefined };
}

describe('the addresses of this machine', () => {
  it('are not looked at where nobody wants to know', async () => {
    const { watch, state, listens } = machine('10.0.0.1');
    expect([...(await watch.follow(false))]).toEqual([]);
    expect(state.readings).toBe(0);
    expect(listens()).toBe(false);
  });

  it('are told when they change', async () => {
    const { watch, told, announce } = machine('10.0.0.1', '2001:db8::1');
    expect([...(await watch.follow(true))]).toEqual(['10.0.0.1', '2001:db8::1']);
    announce('10.0.0.1', '10.0.0.9');
    await settled();
    expect(told).toEqual([['10.0.0.1', '10.0.0.9']]);
  });

  it('are read once more, not once each, for what is announced meanwhile', async () => {
    const { watch, state, told, announce } = machine();
    await watch.follow(true);
    let open = (): void => undefined;
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    announce('10.0.0.1');
    for (let i = 2; i < 100; i++) announce(`10.0.0.${i}`);
    open();
    await settled();
    expect(told).toEqual([['10.0.0.99']]);
    expect(state.readings).toBe(3);
  });

  it('are no concern any more once a reload does not ask for them', async () => {
    const { watch, state, told, announce, listens } = machine();
    await watch.follow(true);
    announce('10.0.0.1');
    await watch.follow(false);
    await settled();
    expect(told).toEqual([]);
    expect(state.open).toBe(0);
    expect(listens()).toBe(false);
  });

  it.each(['open', 'listen', 'list'] as const)(
    'are asked for again each second where the kernel refuses to %s, which is told once',
    async (operation) => {
      const { watch, state, told, refused, clock } = machine('10.0.0.1');
      state.trouble[operation] = new KernelError(operation, 12, 'ENOMEM');
      expect([...(await watch.follow(true))]).toEqual([]);
      for (let i = 0; i < 3; i++) {
        clock.advance(seconds(1));
        await settled();
      }
      expect(refused).toEqual([expect.stringContaining('ENOMEM')]);
      state.trouble = {};
      clock.advance(seconds(1));
      await settled();
      expect(told.at(-1)).toEqual(['10.0.0.1']);
      expect(state.open).toBe(1);
    },
  );

  it('that were read stay known while the kernel does not tell them', async () => {
    const { watch, state, told, announce, clock } = machine('10.0.0.1');
    await watch.follow(true);
    state.trouble.list = new KernelError('list', 105, 'ENOBUFS');
    announce('10.0.0.2');
    await settled();
    expect(told.flat()).not.toContain('10.0.0.2');
    expect([...(await watch.follow(true))]).toEqual(['10.0.0.1']);
    await watch.follow(false);
    state.trouble = {};
    const { readings } = state;
    clock.advance(seconds(5));
    await settled();
    expect(state.readings).toBe(readings);
  });

  it('end the thread where the fault is ours', async () => {
    const { watch, state } = machine();
    state.trouble.list = new TypeError('ours');
    await expect(watch.follow(true)).rejects.toThrow('ours');
  });
});

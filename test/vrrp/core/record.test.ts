import { ip } from '@keepalived-ts/base/ip.js';
import { reveal, secret } from '@keepalived-ts/base/secret.js';
import { describe, expect, it } from 'vitest';
import { linkOf } from '#test/support/lan.js';
import { inputWriter, type Noted, readInput, replay } from '#vrrp/core/record.js';
import type { Effect, Input } from '#vrrp/core/types.js';
import { advance, emptyWorld } from '#vrrp/core/world.js';
import { passwordField } from '#vrrp/wire/advert.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import { advert, at, deeds, events, routerPlan, scriptPlan, vrrpPlan } from './values.js';

const PASSWORD = 'hunter22';
const plan = vrrpPlan({
  instances: [
    routerPlan({
      authentication: { type: 'PASS', password: secret(PASSWORD) },
      scripts: [{ name: 'chk', weight: -20, reverse: false }],
    }),
  ],
  scripts: [scriptPlan()],
});
const packet = (priority: number, password: string): Input => ({
  kind: 'packet',
  port: 'eth0',
  bytes: encodeDatagram({
    source: ip('10.0.0.9'),
    destination: ip('224.0.0.18'),
    ttl: 255,
    summedFor: undefined,
    id: 1,
    advert: advert(priority, { password: passwordField(Buffer.from(password)) }),
  }),
});

/** One of each kind, in an order that makes something happen. */
const story: [number, Input][] = [
  [0, { kind: 'link', name: 'eth0', link: linkOf('eth0', 2, '10.0.0.1') }],
  [0, { kind: 'start', plan, keepAddresses: false }],
  [0.1, { kind: 'script', script: 'chk', run: 1, outcome: { result: 'signalled', signal: 9 } }],
  [1, packet(200, PASSWORD)],
  [2, packet(250, 'wrong')],
  [4.6875, { kind: 'deadline' }],
  [5, { kind: 'refused', instance: 'V', operation: 'send', reason: 'ENOBUFS' }],
  [6, { kind: 'address-lost', interface: 'eth0', address: ip('10.0.0.100'), prefix: 24 }],
  [7, { kind: 'reload', plan }],
  [8, { kind: 'link', name: 'eth0', link: undefined }],
  [9, { kind: 'stop' }],
];

function live(): Effect[][] {
  let world = emptyWorld;
  return story.map(([time, input]) => {
    const [next, effects] = advance(world, input, at(time));
    world = next;
    return [...effects];
  });
}

const write = inputWriter(Buffer.from('a key'));
const lines = story.map(([time, input]) => write(at(time), input));
const read = (): Noted[] => lines.flatMap((line) => readInput(line) ?? []);

describe('a recording', () => {
  it('has a line for each input and gives all of them back', () => {
    expect(read().map(({ now, input }) => [now / 1e6, input.kind])).toEqual(
      story.map(([time, input]) => [time, input.kind]),
    );
  });

  it('lives again as it was lived', () => {
    const again = [...replay(read())];
    const lived = live();
    expect(again.map((turn) => events(turn.effects))).toEqual(lived.map(events));
    expect(again.map((turn) => deeds(turn.effects))).toEqual(lived.map(deeds));
    expect(lived.flatMap(events)).toContain('bad-password');
    expect(lived.flatMap(deeds)).toContain('remove-addresses 10.0.0.100');
  });

  it('shows no password, right or wrong, as text, hex or base64', () => {
    const file = lines.join('\n');
    for (const word of [PASSWORD, 'wrong']) {
      for (const encoding of ['utf8', 'hex', 'base64'] as const) {
        expect(file).not.toContain(Buffer.from(word).toString(encoding).replace(/=+$/, ''));
      }
    }
  });

  it('knows passwords by other words with another key', () => {
    const other = inputWriter(Buffer.from('another key'));
    const start: Input = { kind: 'start', plan, keepAddresses: false };
    expect(other(at(0), start)).not.toBe(write(at(0), start));
  });

  it('holds a password that can be compared again', () => {
    const start = read().find(({ input }) => input.kind === 'start')?.input;
    const by = start?.kind === 'start' && start.plan.instances[0]?.authentication;
    expect(by && by.type === 'PASS' && reveal(by.password)).toHaveLength(8);
  });

  it.each([
    '',
    '{',
    'null',
    '7',
    '{"now":1}',
    '{"now":"1","input":{"kind":"stop"}}',
    '{"now":1,"input":{"kind":"toString"}}',
  ])('has no line %j', (line) => {
    expect(readInput(line)).toBeUndefined();
  });
});

import { KernelError } from '@keepalived-ts/base/errors.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import type { Outcome } from '@keepalived-ts/netlink/client.js';
import { RTM_DELADDR } from '@keepalived-ts/netlink/constants.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Link, Vip } from '#vrrp/core/types.js';
import { Addresses, addressOf } from '#vrrp/shell/addresses.js';
import { Requests } from '#vrrp/shell/requests.js';

const vip = (address: string, changes: Partial<Vip> = {}): Vip => ({
  address: ip(address),
  prefix: 24,
  interface: 'eth0',
  broadcast: undefined,
  scope: 0,
  label: undefined,
  tracked: true,
  ...changes,
});
const link = (index: number): Link => ({
  name: 'eth0',
  index,
  up: true,
  mtu: 1500,
  mac: '020000000001',
  noArp: false,
  addresses: [],
});
const refusalOf = (code: string): Outcome => ({
  ok: false,
  error: new KernelError('request', 1, code),
});
const kernelAddress = (address: string, index = 2) => addressOf(vip(address), index);

describe('an address for the kernel', () => {
  it("is keepalived's own (IFA_PROTO 18) and has label, scope and broadcast of the line", () => {
    const line = vip('10.0.0.1', { label: 'eth0:1', scope: 253, broadcast: ip('10.0.0.255') });
    expect(addressOf(line, 3)).toEqual({
      index: 3,
      ip: '10.0.0.1',
      prefixLength: 24,
      scope: 253,
      flags: 0,
      protocol: 18,
      broadcast: '10.0.0.255',
      label: 'eth0:1',
    });
  });

  it('has flags, lifetime and peer of the plan', () => {
    const planned = { prefix: 128, flags: 2, preferredFor: seconds(0), peer: ip('2001:db8::2') };
    expect(addressOf(vip('2001:db8::1', planned), 3)).toMatchObject({
      flags: 2,
      preferredFor: 0,
      peer: '2001:db8::2',
    });
    expect(addressOf(vip('2001:db8::1', { prefix: 64 }), 3)).not.toHaveProperty('preferredFor');
  });
});

describe('addresses on interfaces', () => {
  let present: Link | undefined;
  let batches: (readonly Request[])[];
  let answer: (request: Request) => Outcome;
  let told: string[];
  let requests: Requests;
  let addresses: Addresses;

  beforeEach(() => {
    vi.useFakeTimers();
    present = link(2);
    batches = [];
    told = [];
    answer = () => ({ ok: true, replies: [] });
    requests = new Requests(async (batch) => {
      batches.push(batch);
      return batch.map(answer);
    });
    addresses = new Addresses({
      requests,
      linkOf: (name) => (name === 'eth0' ? present : undefined),
      refused: (instance, operation, { code }) => told.push(`${instance}: ${operation}: ${code}`),
      arrived: (instance, { address }, count) => told.push(`${instance}: ${address} x ${count}`),
    });
  });
  afterEach(() => void vi.useRealTimers());

  it('go out as one batch a turn, in the order they were asked for', async () => {
    addresses.remove('A', [vip('10.0.0.1')]);
    addresses.add('B', [vip('10.0.0.2'), vip('10.0.0.3')]);
    await requests.flush();
    expect(batches.map((batch) => batch.map(({ type }) => type))).toEqual([[21, 20, 20]]);
    expect(requests.flush()).toBeUndefined();
    expect(requests.settled).toBe(true);
  });

  it('are announceable once the kernel has taken them, and no more when removed', async () => {
    addresses.add('A', [vip('10.0.0.1')]);
    expect(addresses.announceable(vip('10.0.0.1'), 0)).toBe(false);
    await requests.flush();
    expect(addresses.announceable(vip('10.0.0.1'), 5)).toBe(true);
    addresses.remove('A', [vip('10.0.0.1')]);
    expect(addresses.announceable(vip('10.0.0.1'), 5)).toBe(false);
  });

  it('that are refused are told once, tried again, and announced when they arrive', async () => {
    answer = () => refusalOf('ENOBUFS');
    addresses.add('A', [vip('10.0.0.1')]);
    await requests.flush();
    expect(addresses.announceable(vip('10.0.0.1'), 5)).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual(['A: add 10.0.0.1/24 to eth0: ENOBUFS']);
    answer = () => ({ ok: true, replies: [] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told.slice(1)).toEqual(['A: 10.0.0.1 x 5']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(batches).toHaveLength(3);
  });

  it('that are refused are not tried again once they are no longer wanted', async () => {
    answer = () => refusalOf('EINVAL');
    addresses.add('A', [vip('10.0.0.1')]);
    await requests.flush();
    addresses.remove('A', [vip('10.0.0.1')]);
    await requests.flush();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(batches.flat().filter(({ type }) => type !== RTM_DELADDR)).toHaveLength(1);
  });

  it('on an interface that is missing are refused, and put there when it appears', async () => {
    present = undefined;
    addresses.add('A', [vip('10.0.0.1')]);
    expect(requests.flush()).toBeUndefined();
    expect(told).toEqual(['A: add 10.0.0.1/24 to eth0: ENODEV']);
    present = link(9);
    addresses.settle('eth0');
    await requests.flush();
    expect(addresses.announceable(vip('10.0.0.1'), 1)).toBe(true);
  });

  it('are put on an interface that was created again', async () => {
    addresses.add('A', [vip('10.0.0.1')]);
    await requests.flush();
    addresses.announceable(vip('10.0.0.1'), 5);
    addresses.settle('eth0');
    expect(requests.flush()).toBeUndefined();
    present = link(3);
    addresses.settle('eth0');
    await requests.flush();
    expect(batches).toHaveLength(2);
    expect(told).toEqual(['A: 10.0.0.1 x 5']);
  });

  it('are taken off an interface that has another name by now', async () => {
    addresses.add('A', [vip('10.0.0.1')]);
    present = undefined;
    addresses.remove('A', [vip('10.0.0.1')]);
    present = link(2);
    addresses.add('A', [vip('10.0.0.1')]);
    present = link(3);
    addresses.settle('eth0');
    await requests.flush();
    const asked = batches.flat().map(({ operation }) => operation);
    const [put, off] = ['add', 'remove'].map((verb) => `${verb} address 10.0.0.1/24 on interface`);
    expect(asked).toEqual([`${put} 2`, `${off} 2`, `${put} 2`, `${off} 2`, `${put} 3`]);
  });

  it('that were not there to be removed are no refusal', async () => {
    answer = () => refusalOf('EADDRNOTAVAIL');
    addresses.remove('A', [vip('10.0.0.1')]);
    await requests.flush();
    expect(told).toEqual([]);
    answer = () => refusalOf('EPERM');
    addresses.remove('A', [vip('10.0.0.1')]);
    await requests.flush();
    expect(told).toEqual(['A: remove 10.0.0.1/24 from eth0: EPERM']);
  });

  it('removed by us are known as such, even when wanted again before it is notified', async () => {
    addresses.add('A', [vip('10.0.0.1')]);
    addresses.remove('A', [vip('10.0.0.1')]);
    addresses.add('A', [vip('10.0.0.1')]);
    await requests.flush();
    expect(addresses.notedRemoval(kernelAddress('10.0.0.1'), 'eth0', true)).toBe(true);
    expect(addresses.announceable(vip('10.0.0.1'), 1)).toBe(true);
  });

  it('of IPv6 that we asked to be removed are ours, though the kernel does not say so', async () => {
    const six = vip('2001:db8::1', { prefix: 64 });
    addresses.add('A', [six]);
    addresses.remove('A', [six]);
    await requests.flush();
    expect(addresses.notedRemoval(addressOf(six, 2), 'eth0', false)).toBe(true);
    expect(addresses.notedRemoval(addressOf(six, 2), 'eth0', false)).toBe(false);
  });

  it('removed by somebody else are not', async () => {
    addresses.add('A', [vip('10.0.0.1')]);
    await requests.flush();
    expect(addresses.notedRemoval(kernelAddress('10.0.0.1'), 'eth0', false)).toBe(false);
    expect(addresses.announceable(vip('10.0.0.1'), 1)).toBe(false);
  });

  it('that went with the primary address we removed are put back', async () => {
    addresses.add('A', [vip('10.0.0.1')]);
    addresses.add('B', [vip('10.0.0.2')]);
    addresses.remove('A', [vip('10.0.0.1')]);
    await requests.flush();
    expect(addresses.notedRemoval(kernelAddress('10.0.0.1'), 'eth0', true)).toBe(true);
    expect(addresses.notedRemoval(kernelAddress('10.0.0.2'), 'eth0', true)).toBe(true);
    const [again] = batches[1] ?? [];
    expect(again?.operation).toBe('add address 10.0.0.2/24 on interface 2');
  });
});

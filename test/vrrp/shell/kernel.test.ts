import { KernelError } from '@keepalived-ts/base/errors.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import type { Outcome } from '@keepalived-ts/netlink/client.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '#test/support/wait.js';
import type { Effect, Link, Vip } from '#vrrp/core/types.js';
import { Addresses } from '#vrrp/shell/addresses.js';
import { Kernel, refusal } from '#vrrp/shell/kernel.js';
import { Outbox } from '#vrrp/shell/outbox.js';
import { Requests } from '#vrrp/shell/requests.js';

const eth0: Link = {
  name: 'eth0',
  index: 2,
  up: true,
  mtu: 1500,
  mac: '020000000002',
  noArp: false,
  addresses: [],
};
const vip = (address: string): Vip => ({
  address: ip(address),
  prefix: 24,
  interface: 'eth0',
  broadcast: undefined,
  scope: 0,
  label: undefined,
  tracked: true,
});
const VIPS = [vip('10.0.0.1'), vip('10.0.0.2')];
const advert: Effect = {
  do: 'send-advert',
  instance: 'VI',
  port: {
    key: 'eth0',
    family: 4,
    interface: 'eth0',
    unicast: false,
    ah: false,
    address: undefined,
  },
  source: ip('10.0.0.9'),
  destination: ip('224.0.0.18'),
  ttl: 255,
  summedFor: undefined,
  id: 1,
  advert: {
    version: 2,
    vrid: 1,
    priority: 100,
    interval: seconds(1),
    password: undefined,
    addresses: [],
  },
};
const lead: Effect[] = [
  { do: 'add-addresses', instance: 'VI', addresses: VIPS },
  { do: 'announce', instance: 'VI', addresses: VIPS, repeat: 2 },
  { do: 'notify', instance: 'VI', state: 'MASTER', priority: 100 },
  advert,
];
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the kernel', () => {
  let done: string[];
  let sent: string[];
  let answers: ((outcome: Outcome) => void)[];
  let kernel: Kernel;

  beforeEach(() => {
    done = [];
    sent = [];
    answers = [];
    const requests = new Requests((batch) => {
      done.push(`netlink ${batch.length}`);
      return Promise.all(
        batch.map(() => new Promise<Outcome>((resolve) => void answers.push(resolve))),
      );
    });
    const addresses = new Addresses({
      requests,
      linkOf: () => eth0,
      refused: () => {},
      arrived: () => {},
    });
    const outbox = new Outbox(
      {
        send: (messages) => {
          done.push(`arp x ${messages.length}`);
          sent.push(...messages.map(({ data }) => Buffer.from(data).toString()));
          return { sent: messages.length, error: undefined };
        },
        onWritable: () => {},
      },
      () => {},
      { replaces: false },
    );
    const entries = (what: string) => ({
      add: (_: string, { length }: readonly unknown[]) => done.push(`add ${length} ${what}`),
      remove: (_: string, { length }: readonly unknown[]) => done.push(`remove ${length} ${what}`),
    });
    kernel = new Kernel({
      sockets: {
        join: (port, group) => done.push(`join ${group} on ${port.key}`),
        leave: (port, group) => done.push(`leave ${group} on ${port.key}`),
        send: (port, { owner }) => done.push(`queue advert of ${owner} for ${port.key}`),
        flush: () => done.push('adverts'),
        empty: true,
      },
      arp: {
        outbox,
        announcement: (owner, _, address) => ({ owner, what: address, data: Buffer.from(address) }),
      },
      addresses,
      routes: entries('routes'),
      rules: entries('rules'),
      firewall: {
        block: (name, { length }) => done.push(`block ${length} of ${name}`),
        unblock: (name, { length }) => done.push(`unblock ${length} of ${name}`),
      },
      promotion: { want: (names) => done.push(`promote ${names}`) },
      requests,
      reports: {
        perform: ({ do: what }) => {
          if (what === 'notify') done.push(what);
        },
        flush: () => done.push('reports'),
      },
      linkOf: () => eth0,
      stopped: () => done.push('stopped'),
    });
  });

  it('sends adverts first, then addresses, and announces what the kernel has taken', async () => {
    kernel.perform(lead);
    await turn();
    expect(done).toEqual([
      'notify',
      'queue advert of VI for eth0',
      'adverts',
      'netlink 2',
      'reports',
    ]);
    done.length = 0;
    answers[0]?.({ ok: true, replies: [] });
    answers[1]?.({ ok: false, error: new KernelError('add', 22, 'EINVAL') });
    await until('two announcements', () => done.length === 4, { every: 1 });
    expect(done).toEqual(['arp x 1', 'reports', 'arp x 1', 'reports']);
  });

  it('repeats announcements when nothing is asked of the kernel, but for what was given back', async () => {
    const others = [vip('10.0.0.3'), vip('10.0.0.4')];
    const answered = { ok: true, replies: [] } as const;
    kernel.perform(lead);
    await turn();
    kernel.perform([
      { do: 'add-addresses', instance: 'V2', addresses: others },
      { do: 'announce', instance: 'V2', addresses: others, repeat: 3 },
    ]);
    await turn();
    for (const answer of answers.splice(0, 2)) answer(answered);
    await turn();
    kernel.perform([{ do: 'remove-addresses', instance: 'VI', addresses: VIPS }]);
    await turn();
    for (const answer of answers) answer(answered);
    const arps = (): string[] => done.filter((what) => what.startsWith('arp'));
    await until('three more rounds', () => arps().length === 4, { every: 1 });
    await turn();
    expect(arps()).toEqual(Array(4).fill('arp x 2'));
    expect(sent.slice(2)).toEqual(Array(3).fill(['10.0.0.3', '10.0.0.4']).flat());
  });

  it('performs what several inputs of a turn wanted in one batch', async () => {
    kernel.perform(lead);
    kernel.perform(lead);
    await turn();
    expect(done.filter((what) => what.startsWith('netlink'))).toEqual(['netlink 4']);
    expect(done.filter((what) => what === 'adverts')).toHaveLength(1);
  });

  it('does not announce addresses that were removed before the kernel answered', async () => {
    kernel.perform(lead);
    await turn();
    kernel.perform([{ do: 'remove-addresses', instance: 'VI', addresses: VIPS }]);
    await turn();
    for (const answer of answers) answer({ ok: true, replies: [] });
    await turn();
    expect(done.filter((what) => what.startsWith('arp'))).toEqual([]);
  });

  it('has stopped only when the last removal is answered', async () => {
    kernel.perform([
      { do: 'remove-addresses', instance: 'VI', addresses: VIPS },
      { do: 'stopped' },
    ]);
    await turn();
    expect(done).not.toContain('stopped');
    for (const answer of answers) answer({ ok: true, replies: [] });
    await until('it has stopped', () => done.includes('stopped'));
    await turn();
    expect(done.filter((what) => what === 'stopped')).toHaveLength(1);
  });

  it('gives the words of the kernel, or else the name of the error, as the reason', () => {
    const error = (detail?: string): KernelError => new KernelError('add', 22, 'EINVAL', detail);
    expect(refusal('VI', 'add', error('Invalid scope value'))).toMatchObject({
      reason: 'Invalid scope value',
    });
    expect(refusal('VI', 'add', error())).toMatchObject({ reason: 'EINVAL' });
  });
});

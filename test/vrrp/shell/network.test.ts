import type { Malformed } from '@keepalived-ts/netlink/attributes.js';
import { RTM_GETLINK } from '@keepalived-ts/netlink/constants.js';
import type { Message, Request } from '@keepalived-ts/netlink/message.js';
import type { MonitorOptions } from '@keepalived-ts/netlink/monitor.js';
import { IFA_F_DADFAILED, IFA_F_TENTATIVE } from '@keepalived-ts/netlink/route/address.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Input } from '#vrrp/core/types.js';
import { Network } from '#vrrp/shell/network.js';
import { addressMessage, linkMessage, UP } from '../../support/rtnetlink.js';

const OURS = 4711;
const eth0 = { index: 2, name: 'eth0' };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the watch over interfaces and addresses', () => {
  /** What a dump finds. */
  let links: Message[];
  let addresses: Message[];
  let dumps: number;
  let dumpFails: boolean;
  let beforeDumpEnds: () => void;
  let monitor: MonitorOptions;
  let told: string[];
  let ours: string[];
  let network: Network;

  const tell = (input: Input): void => {
    if (input.kind === 'link') {
      const { name, link } = input;
      const found = link?.addresses.map(({ address, prefix }) => `${address}/${prefix}`) ?? [];
      told.push(
        [name, link ? `${link.index} ${link.up ? 'up' : 'down'}` : 'gone', ...found].join(' '),
      );
    } else if (input.kind === 'address-lost') {
      told.push(`lost ${input.address}/${input.prefix} on ${input.interface}`);
    }
  };
  const dump = async (request: Request): Promise<readonly Message[]> => {
    dumps++;
    const found = request.type === RTM_GETLINK ? [...links] : [...addresses];
    await turn();
    if (dumpFails) throw new Error('ECANCELED');
    beforeDumpEnds();
    return found.map((message) => ({ ...message, port: OURS }));
  };

  beforeEach(async () => {
    links = [linkMessage(eth0)];
    addresses = [addressMessage(2, '10.0.0.1/24')];
    dumps = 0;
    dumpFails = false;
    beforeDumpEnds = () => {};
    told = [];
    ours = [];
    network = new Network({
      client: {
        dump,
        list: async <T>(request: Request, parse: (m: Message) => T | Malformed | undefined) =>
          (await dump(request)).map(parse) as T[],
      },
      listen: (options) => {
        monitor = options;
        return { close: () => {} };
      },
      feed: tell,
      isOurs: ({ ip }, _, byUs) => byUs && ours.includes(ip),
      failed: ({ message }) => told.push(`failed: ${message}`),
    });
    await network.start();
  });

  it('tells every interface with its addresses before the start is over', () => {
    expect(told).toEqual(['eth0 2 up 10.0.0.1/24']);
    expect(network.linkOf('eth0')).toMatchObject({ mac: '020000000002', mtu: 1500, noArp: false });
  });

  it('tells an interface once for all that happened to it in a turn', async () => {
    for (const n of [2, 3, 4]) monitor.onMessage(addressMessage(2, `10.0.0.${n}/32`));
    expect(told).toHaveLength(1);
    await turn();
    expect(told.slice(1)).toEqual(['eth0 2 up 10.0.0.1/24 10.0.0.2/32 10.0.0.3/32 10.0.0.4/32']);
  });

  it('says nothing when nothing has changed that the core would see', async () => {
    monitor.onMessage(linkMessage(eth0));
    monitor.onMessage(addressMessage(2, '10.0.0.1/24'));
    await turn();
    expect(told).toHaveLength(1);
  });

  it('tells of an IPv6 address once', async () => {
    monitor.onMessage(addressMessage(2, '2001:db8::1/64'));
    await turn();
    monitor.onMessage(addressMessage(2, '2001:db8::1/64'));
    await turn();
    expect(told.slice(1)).toEqual(['eth0 2 up 10.0.0.1/24 2001:db8::1/64']);
  });

  it('tells of an IPv6 address that is still asked about, but not of one that another has', async () => {
    monitor.onMessage(addressMessage(2, 'fe80::1/64', { flags: IFA_F_TENTATIVE }));
    await turn();
    expect(told.at(-1)).toBe('eth0 2 up 10.0.0.1/24 fe80::1/64');
    monitor.onMessage(
      addressMessage(2, 'fe80::1/64', { flags: IFA_F_TENTATIVE | IFA_F_DADFAILED }),
    );
    await turn();
    expect(told.at(-1)).toBe('eth0 2 up 10.0.0.1/24');
  });

  it('tells down, gone, and a new one of the same name', async () => {
    monitor.onMessage(linkMessage({ ...eth0, flags: UP & ~0x40 }));
    await turn();
    monitor.onMessage(linkMessage(eth0, { gone: true }));
    await turn();
    monitor.onMessage(linkMessage({ ...eth0, index: 7 }));
    await turn();
    expect(told.slice(1)).toEqual(['eth0 2 down 10.0.0.1/24', 'eth0 gone', 'eth0 7 up']);
  });

  it('tells both names of an interface that was renamed', async () => {
    monitor.onMessage(linkMessage({ ...eth0, name: 'lan0' }));
    await turn();
    expect(told.slice(1)).toEqual(['eth0 gone', 'lan0 2 up 10.0.0.1/24']);
  });

  it('tells a removal in its place between the changes before and after', async () => {
    monitor.onMessage(linkMessage({ ...eth0, flags: 0 }));
    monitor.onMessage(addressMessage(2, '10.0.0.1/24', { gone: true }));
    await turn();
    expect(told.slice(1)).toEqual(['eth0 2 down', 'lost 10.0.0.1/24 on eth0']);
  });

  it('does not tell a removal that we asked for', async () => {
    ours = ['10.0.0.1'];
    monitor.onMessage(addressMessage(2, '10.0.0.1/24', { gone: true, port: OURS }));
    await turn();
    expect(told.slice(1)).toEqual(['eth0 2 up']);
  });

  it('tells one that somebody else asked for, though we might have', async () => {
    ours = ['10.0.0.1'];
    monitor.onMessage(addressMessage(2, '10.0.0.1/24', { gone: true, port: OURS + 1 }));
    expect(told).toContain('lost 10.0.0.1/24 on eth0');
  });

  it('reads everything anew after an overrun and tells the differences', async () => {
    links = [linkMessage({ index: 9, name: 'eth9' }), linkMessage(eth0)];
    addresses = [addressMessage(2, '10.0.0.5/24')];
    monitor.onOverrun();
    for (let i = 0; i < 5; i++) await turn();
    expect(told.slice(1)).toEqual([
      'lost 10.0.0.1/24 on eth0',
      'eth9 9 up',
      'eth0 2 up 10.0.0.5/24',
    ]);
  });

  it('works in what is notified while it reads, after what it reads', async () => {
    beforeDumpEnds = () => {
      beforeDumpEnds = () => {};
      monitor.onMessage(addressMessage(2, '10.0.0.6/24'));
    };
    monitor.onOverrun();
    for (let i = 0; i < 5; i++) await turn();
    expect(told.at(-1)).toBe('eth0 2 up 10.0.0.1/24 10.0.0.6/24');
  });

  it('reads once more when it is overrun while it reads', async () => {
    beforeDumpEnds = () => {
      beforeDumpEnds = () => {};
      addresses = [addressMessage(2, '10.0.0.7/24')];
      monitor.onOverrun();
    };
    monitor.onOverrun();
    for (let i = 0; i < 9; i++) await turn();
    expect(dumps).toBe(6);
    expect(told.at(-1)).toBe('eth0 2 up 10.0.0.7/24');
  });

  it('says that it has lost the picture, unless it is no longer needed', async () => {
    dumpFails = true;
    monitor.onOverrun();
    for (let i = 0; i < 3; i++) await turn();
    expect(told.slice(1)).toEqual(['failed: ECANCELED']);
    monitor.onOverrun();
    network.close();
    for (let i = 0; i < 3; i++) await turn();
    expect(told).toHaveLength(2);
  });
});

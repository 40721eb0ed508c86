import { viewOf } from '@keepalived-ts/base/bytes.js';
import { openSocket, receiveBufferOf } from '@keepalived-ts/netlink/socket.js';
import { NETLINK_ROUTE, SO_RCVBUF, SOL_SOCKET } from '@keepalived-ts/raw-socket/constants.js';
import { littleEndian } from '@keepalived-ts/raw-socket/host.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';
import { describe, expect, it, vi } from 'vitest';
import { AdvertSocket } from '#vrrp/shell/advert-socket.js';
import { startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { configuration, instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const REPORTS = '/proc/sys/net/ipv4/igmp_link_local_mcast_reports';

/** The kernel doubles what it is asked for (socket(7)). */
describe.skipIf(noNamespaces)('receive buffers', () => {
  it('of adverts have the room asked for, or that of a second of flood', () => {
    const options = vi.spyOn(RawSocket.prototype, 'setOption');
    const port = {
      key: 'x',
      family: 4,
      interface: undefined,
      unicast: true,
      ah: false,
    } as const;
    const socket = new AdvertSocket({ ...port, address: undefined }, undefined, () => undefined);
    const [raw] = options.mock.contexts as RawSocket[];
    options.mockRestore();
    const size = (): number | undefined => {
      const bytes = raw?.getOption(SOL_SOCKET, SO_RCVBUF, 4);
      return bytes && viewOf(bytes).getInt32(0, littleEndian);
    };
    socket.setRoom({ bytes: 5000, frames: 2 }, 1400);
    expect(size()).toBe(2 * (5000 + 2 * 1400));
    socket.setRoom(undefined);
    expect(size()).toBe(2 * (16 << 20));
    socket.close();
  });

  it('of netlink sockets are as large as they are to be', () => {
    const socket = openSocket(NETLINK_ROUTE, { receiveBuffer: 30_000, withinLimit: true });
    expect(receiveBufferOf(socket)).toBe(60_000);
    socket.close();
  });
});

describe.skipIf(noNamespaces)('disable_local_igmp', () => {
  it('keeps the kernel from reporting groups, until the end', async () => {
    const lan = await Lan.create({ nodes: ['a'] });
    try {
      const a = lan.node('a');
      const reports = async (): Promise<string> => (await a.exec('cat', REPORTS)).trim();
      expect(await reports()).toBe('1');
      const globals = ['disable_local_igmp', 'vrrp_netlink_cmd_rcv_bufs 30000'];
      const before = ['global_defs {', ...globals, '}'];
      const daemon = await startOurs(a, configuration([instance()], before));
      await until('no reports any more', async () => (await reports()) === '0');
      expect(await daemon.stop()).toBe(0);
      expect(await reports()).toBe('1');
    } finally {
      await lan.remove();
    }
  });
});

import type { Request } from '@keepalived-ts/netlink/message.js';
import { type Link, setLink } from '@keepalived-ts/netlink/route/link.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Legacy } from '#src/ipc/messages.js';
import { ReversePath } from '#vrrp/shell/reverse-path.js';
import { kernelLink } from '../core/values.js';

const RP_FILTER = 8;
const filtering = (name: string, index: number, value: number, flags = 0x1043): Link => {
  const inet = Array.from({ length: 33 }, (_, i) => (i === RP_FILTER - 1 ? value : 0));
  return kernelLink({ name, index, flags, inet });
};
const asks = (index: number, value: number): Request =>
  setLink(index, { inet: { [RP_FILTER]: value } });

describe('the reverse path filter', () => {
  let host: Map<string, number>;
  let links: Link[];
  let asked: Request[];
  let left: Legacy['reversePath'];
  let filter: ReversePath;
  const begin = (): ReversePath =>
    new ReversePath({
      heirloom: {
        found: left,
        leave: (it) => {
          left = it;
        },
      },
      sysctl: {
        read: async (name) => host.get(name),
        write: async (name, value) => host.set(name, value).size > 0,
      },
      batch: async (requests) => {
        asked.push(...requests);
        return [];
      },
      kernelLinks: () => links,
    });
  beforeEach(() => {
    left = undefined;
    host = new Map([
      ['ipv4/conf/all/rp_filter', 2],
      ['ipv4/conf/default/rp_filter', 1],
    ]);
    links = [filtering('lo', 1, 0, 0x49), filtering('eth0', 2, 0), filtering('eth1', 3, 2)];
    asked = [];
    filter = begin();
  });

  it('of the host becomes that of each interface, and is as before in the end', async () => {
    await filter.lift();
    await filter.lift();
    expect([...host.values()]).toEqual([0, 2]);
    expect(asked.splice(0)).toEqual([asks(2, 2)]);
    links = [filtering('eth0', 2, 2), filtering('vrrp.51', 7, 0), filtering('eth1', 8, 2)];
    await filter.restore();
    expect([...host.values()]).toEqual([2, 1]);
    expect(asked).toEqual([asks(2, 0), asks(8, 1)]);
  });

  it('that a thread has left lifted which died is as before in the end, too', async () => {
    await filter.lift();
    links = [filtering('eth0', 2, 2), filtering('eth1', 3, 2)];
    filter = begin();
    await filter.lift();
    expect([...host.values()]).toEqual([0, 2]);
    await filter.restore();
    expect([...host.values()]).toEqual([2, 1]);
    expect(asked).toEqual([asks(2, 2), asks(2, 0), asks(3, 2)]);
    await begin().restore();
    expect(asked).toHaveLength(3);
  });

  it('is left alone where it is off, or there is none', async () => {
    host.set('ipv4/conf/all/rp_filter', 0);
    await filter.lift();
    host.clear();
    await filter.lift();
    await filter.restore();
    expect([host.size, asked.length]).toEqual([0, 0]);
  });
});

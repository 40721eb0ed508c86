import type { Request } from '@keepalived-ts/netlink/message.js';
import { type Link, setLink } from '@keepalived-ts/netlink/route/link.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FormerSettings } from '#src/ipc/messages.js';
import { LinkSettings } from '#vrrp/shell/link-settings.js';
import { kernelLink } from '../core/values.js';

const PROMOTE = 20;
const asks = (index: number, value: 0 | 1): Request =>
  setLink(index, { inet: { [PROMOTE]: value } });

describe('settings of interfaces', () => {
  let asked: Request[];
  let links: Map<string, Link>;
  let left: FormerSettings | undefined;
  let promotion: LinkSettings;
  const begin = (): LinkSettings =>
    new LinkSettings({
      what: 'promote_secondaries',
      values: { [PROMOTE]: 1 },
      heirloom: {
        found: left,
        leave: (it) => {
          left = it;
        },
      },
      requests: { add: (request) => asked.push(request) },
      kernelLink: (name) => links.get(name),
      refused: () => undefined,
    });
  const promoting = (name: string, index: number): Link =>
    kernelLink({
      name,
      index,
      inet: Array.from({ length: 33 }, (_, i) => Number(i === PROMOTE - 1)),
    });
  beforeEach(() => {
    asked = [];
    left = undefined;
    links = new Map([
      ['eth0', kernelLink({ name: 'eth0', index: 2 })],
      ['eth1', kernelLink({ name: 'eth1', index: 3 })],
    ]);
    promotion = begin();
  });

  it('are made by netlink, and are as before when nobody wants them any more', () => {
    promotion.want(['eth0', 'eth1']);
    promotion.settle('eth0');
    expect(asked.splice(0)).toEqual([asks(2, 1), asks(3, 1)]);
    promotion.want(['eth1']);
    expect(asked.splice(0)).toEqual([asks(2, 0)]);
    promotion.want([]);
    expect(asked).toEqual([asks(3, 0)]);
  });

  it('are left as they were found where they were right', () => {
    links.set('eth0', promoting('eth0', 2));
    promotion.want(['eth0']);
    promotion.want([]);
    expect(asked).toEqual([]);
  });

  it('are made again on an interface that was made anew, and only there put back', () => {
    promotion.want(['eth0']);
    links.set('eth0', kernelLink({ name: 'eth0', index: 9 }));
    promotion.settle('eth0');
    links.delete('eth0');
    promotion.want([]);
    expect(asked).toEqual([asks(2, 1), asks(9, 1)]);
  });

  it('that a thread has made which died are as before in the end, too', () => {
    promotion.want(['eth0', 'eth1']);
    expect(asked.splice(0)).toHaveLength(2);
    links.set('eth0', promoting('eth0', 2));
    // It died before the second one was made.
    promotion = begin();
    promotion.want(['eth0', 'eth1']);
    promotion.settle('eth1');
    expect(asked.splice(0)).toEqual([asks(3, 1)]);
    links.set('eth1', promoting('eth1', 3));
    promotion.want([]);
    expect(asked.splice(0)).toEqual([asks(2, 0), asks(3, 0)]);
    expect(left).toBeUndefined();
  });

  it('that nobody wants after a thread has died are put back at once, not on another interface', () => {
    promotion.want(['eth0', 'eth1']);
    asked.length = 0;
    links.set('eth1', kernelLink({ name: 'eth1', index: 8 }));
    begin().want([]);
    expect(asked).toEqual([asks(2, 0)]);
  });
});

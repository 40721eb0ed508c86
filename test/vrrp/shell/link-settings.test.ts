import type { Request } from '@keepalived-ts/netlink/message.js';
import { type Link, setLink } from '@keepalived-ts/netlink/route/link.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { LinkSettings } from '#vrrp/shell/link-settings.js';
import { kernelLink } from '../core/values.js';

const PROMOTE = 20;
const asks = (index: number, value: 0 | 1): Request =>
  setLink(index, { inet: { [PROMOTE]: value } });

describe('settings of interfaces', () => {
  let asked: Request[];
  let links: Map<string, Link>;
  let promotion: LinkSettings;
  beforeEach(() => {
    asked = [];
    links = new Map([
      ['eth0', kernelLink({ name: 'eth0', index: 2 })],
      ['eth1', kernelLink({ name: 'eth1', index: 3 })],
    ]);
    promotion = new LinkSettings({
      what: 'promote_secondaries',
      values: { [PROMOTE]: 1 },
      requests: { add: (request) => asked.push(request) },
      kernelLink: (name) => links.get(name),
      refused: () => undefined,
    });
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
    const inet = Array.from({ length: 33 }, (_, i) => Number(i === PROMOTE - 1));
    links.set('eth0', kernelLink({ name: 'eth0', index: 2, inet }));
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
});

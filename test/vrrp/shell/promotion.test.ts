import type { Request } from '@keepalived-ts/netlink/message.js';
import { setLink } from '@keepalived-ts/netlink/route/link.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { linkOf } from '#test/support/lan.js';
import type { Link } from '#vrrp/core/types.js';
import { Promotion } from '#vrrp/shell/promotion.js';

const asks = (index: number, value: 0 | 1): Request => setLink(index, { inet: { 20: value } });

describe('promote_secondaries', () => {
  let asked: Request[];
  let links: Map<string, Link>;
  let promoting: Set<string>;
  let promotion: Promotion;
  beforeEach(() => {
    asked = [];
    links = new Map([
      ['eth0', linkOf('eth0', 2, '10.0.0.1')],
      ['eth1', linkOf('eth1', 3, '10.1.0.1')],
    ]);
    promoting = new Set();
    promotion = new Promotion({
      requests: { add: (request) => asked.push(request) },
      linkOf: (name) => links.get(name),
      promotes: (name) => promoting.has(name),
      refused: () => undefined,
    });
  });

  it('is switched on by netlink, and off again when nobody wants it any more', () => {
    promotion.want(['eth0', 'eth1']);
    promotion.settle('eth0');
    expect(asked.splice(0)).toEqual([asks(2, 1), asks(3, 1)]);
    promotion.want(['eth1']);
    expect(asked.splice(0)).toEqual([asks(2, 0)]);
    promotion.want([]);
    expect(asked).toEqual([asks(3, 0)]);
  });

  it('is left as it was found where it was on', () => {
    promoting.add('eth0');
    promotion.want(['eth0']);
    promotion.want([]);
    expect(asked).toEqual([]);
  });

  it('is switched on again on an interface that was made anew, and only there switched off', () => {
    promotion.want(['eth0']);
    links.set('eth0', linkOf('eth0', 9, '10.0.0.1'));
    promotion.settle('eth0');
    links.delete('eth0');
    promotion.want([]);
    expect(asked).toEqual([asks(2, 1), asks(9, 1)]);
  });
});

import { delAddress, newAddress, parseAddress } from '@keepalived-ts/netlink/route/address.js';
import { IFF_UP, newLink, parseLink } from '@keepalived-ts/netlink/route/link.js';
import {
  delNeighbour,
  newNeighbour,
  parseNeighbour,
} from '@keepalived-ts/netlink/route/neighbour.js';
import { delRoute, newRoute, parseRoute } from '@keepalived-ts/netlink/route/route.js';
import { delRule, newRule, parseRule } from '@keepalived-ts/netlink/route/rule.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  address,
  announced,
  neighbour,
  newLinkOf,
  route,
  rule,
} from '#test/support/netlink-arbitraries.js';

describe('what is asked for is what is announced:', () => {
  it('addresses', () => {
    fc.assert(
      fc.property(address, (value) => {
        expect(parseAddress(announced(newAddress(value)))).toEqual(value);
      }),
    );
  });

  it('addresses to remove, by what tells them apart', () => {
    fc.assert(
      fc.property(address, (value) => {
        const { index, ip, prefixLength, peer, label } = value;
        const wanted = { index, ip, prefixLength, peer, label, scope: 0, flags: 0 };
        expect(parseAddress(announced(delAddress(value)))).toEqual(wanted);
      }),
    );
  });

  it('routes', () => {
    fc.assert(
      fc.property(route, (value) => {
        expect(parseRoute(announced(newRoute(value)))).toEqual(value);
        expect(parseRoute(announced(delRoute(value)))).toEqual(value);
      }),
    );
  });

  it('rules', () => {
    fc.assert(
      fc.property(rule, (value) => {
        expect(parseRule(announced(newRule(value)))).toEqual(value);
        expect(parseRule(announced(delRule(value)))).toEqual(value);
      }),
    );
  });

  it('neighbours', () => {
    fc.assert(
      fc.property(neighbour, (value) => {
        expect(parseNeighbour(announced(newNeighbour(value)))).toEqual(value);
        const { index, ip, flags } = value;
        const key = parseNeighbour(announced(delNeighbour(value)));
        expect(key).toEqual({ index, ip, flags, state: 0 });
      }),
    );
  });

  it('links', () => {
    fc.assert(
      fc.property(newLinkOf, ({ up, ...value }) => {
        expect(parseLink(announced(newLink({ ...value, up })))).toEqual({
          mtu: 0,
          ...value,
          index: 0,
          hardware: 0,
          operState: 'unknown',
          flags: up ? IFF_UP : 0,
        });
      }),
    );
  });
});

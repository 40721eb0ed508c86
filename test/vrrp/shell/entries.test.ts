import { KernelError } from '@keepalived-ts/base/errors.js';
import type { Outcome } from '@keepalived-ts/netlink/client.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import { parseRoute, type Route } from '@keepalived-ts/netlink/route/route.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { linkOf } from '#test/support/lan.js';
import { announced } from '#test/support/netlink-arbitraries.js';
import { route } from '#test/vrrp/core/values.js';
import { routeText } from '#vrrp/core/entries.js';
import type { PlannedRoute } from '#vrrp/core/planned.js';
import type { Link } from '#vrrp/core/types.js';
import { Entries } from '#vrrp/shell/entries.js';
import { routeKind } from '#vrrp/shell/entry-kinds.js';
import { Requests } from '#vrrp/shell/requests.js';

const A = route('10.1.0.0');
const B = route('10.2.0.0');
const fails = (code: string): Outcome => ({ ok: false, error: new KernelError('it', 1, code) });
const routeIn = (request: Request): Route => {
  const value = parseRoute(announced(request));
  if (value === undefined || !('family' in value)) throw new Error('no route');
  return value;
};

describe('routes in the kernel', () => {
  let asked: Request[];
  let answer: (request: Request) => Outcome;
  let told: string[];
  let links: Map<string, Link>;
  let requests: Requests;
  let routes: Entries<PlannedRoute, Route>;
  const operations = (): string[] => asked.splice(0).map(({ operation }) => operation);

  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    told = [];
    links = new Map([['eth0', linkOf('eth0', 2, '10.0.0.1')]]);
    answer = () => ({ ok: true, replies: [] });
    requests = new Requests(async (batch) => {
      asked.push(...batch);
      return batch.map(answer);
    });
    const tableOf = (vrf: string) => (vrf === 'blue' ? 77 : undefined);
    const interfaces = { linkOf: (name: string) => links.get(name), tableOf };
    routes = new Entries(routeKind(interfaces), {
      requests,
      refused: (instance, operation, { code }) => told.push(`${instance}: ${operation}: ${code}`),
      lost: (instance, entry) => told.push(`${instance} lost ${routeText(entry)}`),
    });
  });
  afterEach(() => {
    routes.close();
    vi.useRealTimers();
  });

  it('have the numbers of their interfaces and the table of their VRF', async () => {
    const hops = [{ gateway: undefined, interface: 'eth0', weight: 2 }];
    routes.add('V', [A, { ...B, interface: undefined, nexthops: hops }, { ...A, vrf: 'blue' }]);
    await requests.flush();
    expect(asked.map(routeIn)).toMatchObject([
      { table: 254, output: 2 },
      { nexthops: [{ output: 2, weight: 2 }] },
      { table: 77 },
    ]);
  });

  it('that are refused are told once, and tried again until the kernel takes them', async () => {
    answer = () => fails('ENETUNREACH');
    routes.add('V', [A]);
    await requests.flush();
    await vi.advanceTimersByTimeAsync(3_500);
    expect(told).toEqual(['V: add route 10.1.0.0/24 dev eth0: ENETUNREACH']);
    expect(operations()).toHaveLength(4);
    answer = () => ({ ok: true, replies: [] });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(operations()).toHaveLength(1);
  });

  it('whose interface is missing wait for it', async () => {
    links.clear();
    routes.add('V', [A]);
    expect(requests.flush()).toBeUndefined();
    expect(told).toEqual(['V: add route 10.1.0.0/24 dev eth0: ENODEV']);
    links.set('eth0', linkOf('eth0', 5, '10.0.0.1'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked.map(routeIn)).toMatchObject([{ output: 5 }]);
  });

  it('that a crashed run left are adopted', async () => {
    answer = () => fails('EEXIST');
    routes.add('', [A]);
    await requests.flush();
    answer = () => ({ ok: true, replies: [] });
    routes.remove('', [A]);
    await requests.flush();
    expect(told).toEqual([]);
    expect(operations()).toHaveLength(2);
  });

  it('that were refused, or taken by somebody else, are not ours to remove', async () => {
    answer = () => fails('EEXIST');
    const [other, first] = [
      { ...A, route: { ...A.route, protocol: 4 } },
      { ...A, mode: 'create' as const },
    ];
    routes.add('V', [other, first]);
    await requests.flush();
    asked.length = 0;
    answer = () => ({ ok: true, replies: [] });
    routes.add('V', [B]);
    await requests.flush();
    const [second] = asked.splice(0);
    if (second) routes.gone(routeIn(second));
    routes.remove('V', [other, first, B]);
    expect(requests.flush()).toBeUndefined();
  });

  it('of two routers go with the second one', async () => {
    routes.add('V', [A]);
    routes.add('W', [A]);
    await requests.flush();
    operations();
    routes.remove('V', [A]);
    expect(requests.flush()).toBeUndefined();
    routes.remove('W', [A]);
    await requests.flush();
    expect(operations()).toEqual(['remove route 10.1.0.0/24 on interface 2 table 254']);
  });

  it('left of a crashed run are removed without a word, but for those of another protocol', async () => {
    answer = () => fails('ESRCH');
    routes.remove('V', [A, { ...B, route: { ...B.route, protocol: 4 } }]);
    await requests.flush();
    expect(operations()).toEqual(['remove route 10.1.0.0/24 on interface 2 table 254']);
    expect(told).toEqual([]);
  });

  it('that somebody removes are told to all who have them, if they are tracked', async () => {
    const untracked = { ...B, tracked: false };
    routes.add('V', [A, untracked]);
    routes.add('W', [A]);
    await requests.flush();
    const values = asked.splice(0).map(routeIn);
    for (const value of values) routes.gone({ ...value, metric: 0 });
    routes.gone({ ...A.route, table: 5 });
    expect(told).toEqual(['V lost 10.1.0.0/24 dev eth0', 'W lost 10.1.0.0/24 dev eth0']);
  });

  it('that nobody tracks come back with an interface, though the kernel has told of their end', async () => {
    const untracked = { ...B, tracked: false };
    routes.add('V', [untracked]);
    await requests.flush();
    const [value] = asked.splice(0).map(routeIn);
    if (value) routes.gone(value);
    routes.restore();
    await requests.flush();
    expect(operations()).toEqual(['add route 10.2.0.0/24 on interface 2 table 254']);
    expect(told).toEqual([]);
  });

  it('are looked for in the table when news were lost', async () => {
    routes.add('V', [A, B]);
    await requests.flush();
    const [a] = asked.splice(0).map(routeIn);
    await routes.compare(async () => (a ? [a] : []));
    expect(told).toEqual(['V lost 10.2.0.0/24 dev eth0']);
  });

  it('are set again when an interface has come; one that is still there is fine', async () => {
    routes.add('V', [A]);
    await requests.flush();
    operations();
    answer = () => fails('EEXIST');
    routes.restore();
    await requests.flush();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(operations()).toHaveLength(1);
    expect(told).toEqual([]);
  });
});

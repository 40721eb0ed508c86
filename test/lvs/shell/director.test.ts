import { KernelError } from '@keepalived-ts/base/errors.js';
import type { Alarm, Clock, Instant } from '@keepalived-ts/base/time.js';
import { instant, seconds } from '@keepalived-ts/base/time.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Table, tableOf } from '#lvs/core/table.js';
import { Director, type Refusal } from '#lvs/shell/director.js';
import { FakeIpvs } from '../../support/fake-ipvs.js';
import { destinationAt, serviceAt } from '../../support/ipvs-values.js';

const web = serviceAt('10.0.0.1:80');
const mail = serviceAt('10.0.0.1:25');
const WEB = 'TCP 10.0.0.1:80';

/** A table of the web service with servers such as `1` for 192.168.0.1, weight after a colon. */
const webTable = (...servers: string[]): Table =>
  tableOf([
    {
      service: web,
      destinations: servers.map((server) => {
        const [host, weight = '1'] = server.split(':');
        return destinationAt(`192.168.0.${host}:80`, { weight: Number(weight) });
      }),
    },
  ]);

let ipvs: FakeIpvs;
let director: Director;
let now: Instant;
let wake: (() => void) | undefined;
let due: Instant | null;
let retried: string[];

beforeEach(() => {
  ipvs = new FakeIpvs();
  now = instant(0);
  [wake, due, retried] = [undefined, null, []];
  const clock: Clock = { now: () => now };
  const alarm: Alarm = {
    set(at, callback) {
      due = at;
      wake = at === null ? undefined : callback;
    },
  };
  const onRefusals = (refusals: Refusal[]): void => {
    retried.push(...refusals.map(({ words }) => words));
  };
  director = new Director({
    ipvs,
    clock,
    alarm,
    timeouts: { found: undefined, leave: () => undefined },
    onRefusals,
  });
});

const apply = async (table: Table): Promise<string[]> =>
  (await director.apply(table)).map(({ words }) => words);

/** Lets the alarm go off, and the work it starts come to its end. */
async function passTime(): Promise<void> {
  if (due === null) throw new Error('no alarm is set');
  now = due;
  wake?.();
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a director', () => {
  it('sends what differs, and nothing when nothing does', async () => {
    expect(await apply(webTable('1', '2'))).toEqual([]);
    ipvs.takeAsked();
    await apply(webTable('1', '2'));
    expect(ipvs.takeAsked()).toEqual([]);
    await apply(webTable('1', '2:7'));
    expect(ipvs.takeAsked()).toEqual([`set-destination ${WEB} -> 192.168.0.2:80`]);
    expect(ipvs.lines).toEqual([
      `${WEB} wlc`,
      `${WEB} -> 192.168.0.1:80 w1`,
      `${WEB} -> 192.168.0.2:80 w7`,
    ]);
  });

  it('takes over a service that is there already, with its stale destinations', async () => {
    const left = serviceAt('10.0.0.1:80', { scheduler: 'rr' });
    await ipvs.batch([
      { do: 'new-service', service: left },
      { do: 'new-destination', service: web.id, destination: destinationAt('192.168.0.1:80') },
      { do: 'new-destination', service: web.id, destination: destinationAt('192.168.0.9:80') },
    ]);
    ipvs.takeAsked();
    await apply(webTable('1'));
    expect(ipvs.takeAsked()).toEqual([
      'list services',
      `list ${WEB}`,
      `set-service ${WEB}`,
      `delete-destination ${WEB} -> 192.168.0.9:80`,
    ]);
    expect(ipvs.lines).toEqual([`${WEB} wlc`, `${WEB} -> 192.168.0.1:80 w1`]);
  });

  it('leaves foreign services alone, also when it withdraws', async () => {
    await ipvs.batch([{ do: 'new-service', service: mail }]);
    await apply(webTable('1'));
    expect(await director.withdraw()).toEqual([]);
    expect(ipvs.lines).toEqual(['TCP 10.0.0.1:25 wlc']);
    expect(ipvs.asked).not.toContain('list TCP 10.0.0.1:25');
  });

  it('removes services of a former run that are not wanted any more', async () => {
    await ipvs.batch([{ do: 'new-service', service: mail }]);
    const found = await director.adopt(['TCP 10.0.0.1:25', 'TCP 10.0.0.1:110']);
    expect([...found.keys()]).toEqual(['TCP 10.0.0.1:25']);
    await apply(webTable('1'));
    expect(ipvs.lines).toEqual([`${WEB} wlc`, `${WEB} -> 192.168.0.1:80 w1`]);
  });

  it('lets only the latest of several tables count while a batch is under way', async () => {
    let open = (): void => {};
    ipvs.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = director.apply(webTable('1'));
    await new Promise((resolve) => setImmediate(resolve));
    const others = ['2', '3', '4'].map((server) => director.apply(webTable(server)));
    open();
    await Promise.all([first, ...others]);
    expect(ipvs.asked).not.toContain(`new-destination ${WEB} -> 192.168.0.3:80`);
    expect(ipvs.lines).toEqual([`${WEB} wlc`, `${WEB} -> 192.168.0.4:80 w1`]);
  });

  it('withdraws thousands of servers by one command a service', async () => {
    const servers = Array.from({ length: 250 }, (_, i) => String(i));
    await apply(webTable(...servers));
    ipvs.takeAsked();
    expect(await director.withdraw()).toEqual([]);
    expect(ipvs.takeAsked()).toEqual([`delete-service ${WEB}`]);
  });
});

describe('when somebody else changes the table', () => {
  it('a flushed table is made again at the next change', async () => {
    await apply(webTable('1', '2'));
    ipvs.table.clear();
    expect(await apply(webTable('1', '2:3'))).toEqual([]);
    expect(ipvs.lines).toEqual([
      `${WEB} wlc`,
      `${WEB} -> 192.168.0.1:80 w1`,
      `${WEB} -> 192.168.0.2:80 w3`,
    ]);
  });

  it('so is one of which the next change takes something away, with all other services', async () => {
    const other = tableOf([{ service: mail, destinations: [destinationAt('192.168.0.7:25')] }]);
    const both = (...servers: string[]) => new Map([...webTable(...servers), ...other]);
    await apply(both('1', '2'));
    ipvs.table.clear();
    expect(await apply(both('1'))).toEqual([]);
    expect(ipvs.lines).toEqual([
      `${WEB} wlc`,
      `${WEB} -> 192.168.0.1:80 w1`,
      'TCP 10.0.0.1:25 wlc',
      'TCP 10.0.0.1:25 -> 192.168.0.7:25 w1',
    ]);
    ipvs.table.clear();
    expect(await apply(webTable('1'))).toEqual([]);
    expect(ipvs.lines).toEqual([`${WEB} wlc`, `${WEB} -> 192.168.0.1:80 w1`]);
  });

  it('what was set by hand in a service that stays is left alone', async () => {
    const other = tableOf([{ service: mail, destinations: [destinationAt('192.168.0.7:25')] }]);
    const both = (...servers: string[]) => new Map([...webTable(...servers), ...other]);
    await apply(both('1', '2'));
    ipvs.table.delete(WEB);
    ipvs.table
      .get('TCP 10.0.0.1:25')
      ?.pool.set('192.168.0.7:25', destinationAt('192.168.0.7:25', { weight: 0 }));
    await apply(both('1'));
    expect(ipvs.lines).toContain('TCP 10.0.0.1:25 -> 192.168.0.7:25 w0');
    expect(ipvs.lines).toContain(`${WEB} -> 192.168.0.1:80 w1`);
  });

  it('a destination that appeared is taken over, one that vanished is made again', async () => {
    await apply(webTable('1'));
    const pool = ipvs.table.get(WEB)?.pool;
    pool?.delete('192.168.0.1:80');
    pool?.set('192.168.0.2:80', destinationAt('192.168.0.2:80', { weight: 9 }));
    expect(await apply(webTable('1:5', '2'))).toEqual([]);
    expect(ipvs.lines.toSorted()).toEqual([
      `${WEB} -> 192.168.0.1:80 w5`,
      `${WEB} -> 192.168.0.2:80 w1`,
      `${WEB} wlc`,
    ]);
  });

  it('what was to be removed and is gone is no refusal', async () => {
    await apply(webTable('1', '2'));
    ipvs.table.get(WEB)?.pool.delete('192.168.0.2:80');
    expect(await apply(webTable('1'))).toEqual([]);
    ipvs.table.clear();
    expect(await director.withdraw()).toEqual([]);
  });
});

describe('when the kernel refuses', () => {
  const add = `new-destination ${WEB} -> 192.168.0.2:80`;

  it('tells it in words, does the rest, and tries again after 1, 2, 4 s', async () => {
    ipvs.refuse.set(add, 'EINVAL');
    expect(await apply(webTable('1', '2', '3'))).toEqual([`${add}: EINVAL`]);
    expect(ipvs.lines.length).toBe(3);
    expect(due).toBe(seconds(1));
    await passTime();
    expect(due).toBe(seconds(3));
    await passTime();
    expect(due).toBe(seconds(7));
    expect(retried).toEqual([`${add}: EINVAL`, `${add}: EINVAL`]);
    ipvs.refuse.clear();
    await passTime();
    expect(ipvs.lines).toContain(`${WEB} -> 192.168.0.2:80 w1`);
    expect(due).toBeNull();
    expect(retried.length).toBe(2);
  });

  it('other changes go on meanwhile and do not send it again', async () => {
    ipvs.refuse.set(add, 'EINVAL');
    await apply(webTable('1', '2'));
    ipvs.takeAsked();
    expect(await apply(webTable('1:8', '2'))).toEqual([]);
    expect(ipvs.takeAsked()).not.toContain(add);
    expect(ipvs.lines).toContain(`${WEB} -> 192.168.0.1:80 w8`);
    await apply(webTable('1:9', '2'));
    expect(ipvs.takeAsked()).toEqual([`set-destination ${WEB} -> 192.168.0.1:80`]);
  });

  it('a service that can not be made is one refusal, whatever its servers', async () => {
    ipvs.refuse.set(`new-service ${WEB}`, 'ENOENT');
    expect(await apply(webTable('1', '2', '3'))).toEqual([`new-service ${WEB}: ENOENT`]);
    ipvs.takeAsked();
    await apply(webTable('1', '2', '4'));
    expect(ipvs.takeAsked()).toEqual(['list services']);
    ipvs.refuse.clear();
    await passTime();
    expect(ipvs.lines.length).toBe(4);
  });

  it('a refused removal is tried again until withdraw gives up and tells', async () => {
    await apply(webTable('1'));
    ipvs.refuse.set(`delete-service ${WEB}`, 'EINVAL');
    expect((await director.withdraw()).map(({ words }) => words)).toEqual([
      `delete-service ${WEB}: EINVAL`,
    ]);
    expect(due).toBeNull();
    ipvs.refuse.clear();
    expect(await director.withdraw()).toEqual([]);
    expect(ipvs.lines).toEqual([]);
  });

  it('a kernel that does not answer is asked again after a second', async () => {
    const { services } = ipvs;
    ipvs.services = () => Promise.reject(new KernelError('list services', 110, 'ETIMEDOUT'));
    expect(await apply(webTable('1'))).toEqual(['list services: ETIMEDOUT']);
    expect(due).toBe(seconds(1));
    ipvs.services = services;
    await passTime();
    expect(ipvs.lines.length).toBe(2);
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';

const README = 'lvs/ipvs-netlink/README.md';
const PRELUDE = `
import { IpvsClient } from '@keepalived-ts/ipvs-netlink/client.js';
const print = (value) =>
  console.log(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? Number(v) : v)));
const ipvs = await IpvsClient.open();
const web = { kind: 'address', protocol: 'TCP', address: '10.9.0.1', port: 80 };
const service = { id: web, scheduler: 'rr', flags: 0, timeout: 0, netmask: 0xffffffff };
const destination = { address: '10.9.0.2', port: 8080, forwarding: { method: 'NAT' }, weight: 1,
  upperThreshold: 0, lowerThreshold: 0 };
`;

describe.skipIf(noLab)('the IPVS client on a real kernel', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot();
  });
  afterAll(() => lab?.close());

  /** Runs a module in the lab and gives the values that it printed. */
  async function values(code: string): Promise<unknown[]> {
    const path = lab.file('client.mjs', `${PRELUDE}${code}\nipvs.close();\n`);
    const printed = await lab.output(`node ${path}; status=$?; ipvsadm -C; exit $status`);
    return printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it('says so when the kernel has no IPVS and cannot load it', async () => {
    const path = lab.file(
      'none.mjs',
      `import { Director } from '../../dist/lvs/shell/director.js';
       await Director.open({}).catch((error) => console.log(error.message));`,
    );
    const setting = '/proc/sys/kernel/modprobe';
    const script = `was=$(cat ${setting}); echo /bin/false >${setting}; node ${path}; echo $was >${setting}`;
    expect(await lab.output(script)).toBe(
      "IPVS: Can't initialize ipvs: ENOENT" +
        ' (the kernel has no IPVS and could not load its module ip_vs)\n',
    );
  });

  it('does what its README says', async () => {
    const text = readFileSync(README, 'utf8');
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? [];
    const [, expected] = /```text\n([\s\S]*?)```/.exec(text) ?? [];
    const path = lab.file('readme.mjs', code);
    expect(await lab.output(`node ${path} && ipvsadm -Sn`)).toBe(expected);
  });

  it('reads info and timeouts, and sets only the timeouts that are given', async () => {
    const [info, before, after] = await values(`
      print(await ipvs.info());
      print(await ipvs.timeouts());
      await ipvs.run({ do: 'set-timeouts', timeouts: { tcp: 100, udp: 50 } });
      print(await ipvs.timeouts());
      await ipvs.run({ do: 'set-timeouts', timeouts: { tcp: 900, udp: 300 } });
    `);
    expect(info).toEqual({ version: '1.2.1', connectionTableSize: 4096 });
    expect(before).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
    expect(after).toEqual({ tcp: 100, tcpFin: 120, udp: 50 });
  });

  it('starts sync daemons with all their settings, lists and stops them', async () => {
    await lab.output('ip link add sync0 type dummy && ip address add 10.8.0.1/24 dev sync0');
    await lab.output('ip link set sync0 mtu 1500 up');
    const [both, one, none] = await values(`
      const daemon = { state: 'master', interface: 'sync0', syncId: 7, maxLength: 1000,
        group: '239.1.2.3', port: 9999, ttl: 5 };
      await ipvs.run({ do: 'start-daemon', daemon });
      await ipvs.run({ do: 'start-daemon',
        daemon: { state: 'backup', interface: 'sync0', syncId: 8 } });
      print(await ipvs.daemons());
      await ipvs.run({ do: 'stop-daemon', state: 'master' });
      print(await ipvs.daemons());
      await ipvs.run({ do: 'stop-daemon', state: 'backup' });
      print(await ipvs.daemons());
    `);
    const backup = { interface: 'sync0', syncId: 8, group: '224.0.0.81', port: 8848, ttl: 1 };
    const master = { interface: 'sync0', syncId: 7, group: '239.1.2.3', port: 9999, ttl: 5 };
    expect(both).toMatchObject([
      { state: 'master', maxLength: 1000, ...master },
      { state: 'backup', ...backup },
    ]);
    expect(one).toMatchObject([{ state: 'backup', ...backup }]);
    expect(none).toEqual([]);
  });

  it('counts connections and zeroes them', async () => {
    await lab.output('ip address add 10.9.0.1/32 dev lo; ip address add 10.9.0.2/32 dev lo');
    const [pool, services, zeroed] = await values(`
      import { createServer, connect } from 'node:net';
      import { once } from 'node:events';
      await ipvs.batch([{ do: 'new-service', service },
        { do: 'new-destination', service: web, destination }]);
      const server = createServer((socket) => socket.end('hello')).listen(8080, '10.9.0.2');
      await once(server, 'listening');
      for (let i = 0; i < 3; i++) {
        const client = connect(80, '10.9.0.1');
        client.resume();
        await once(client, 'close');
      }
      server.close();
      const seen = async () => (await ipvs.service(web)).stats.connections;
      for (let i = 0; i < 100 && (await seen()) < 3; i++) await new Promise((r) => setTimeout(r, 100));
      print(await ipvs.destinations(web));
      print(await ipvs.services());
      await ipvs.run({ do: 'zero', service: web });
      print((await ipvs.service(web)).stats.connections);
    `);
    expect(pool).toMatchObject([{ destination: { port: 8080 }, stats: { connections: 3 } }]);
    expect(services).toMatchObject([{ service: { scheduler: 'rr' }, stats: { connections: 3 } }]);
    const [{ stats }] = services as [{ stats: Record<string, number> }];
    expect(stats.inPackets).toBeGreaterThanOrEqual(9);
    expect(stats.outBytes).toBeGreaterThan(stats.outPackets ?? 0);
    expect(zeroed).toBe(0);
  });

  it('changes services and destinations in place, and flushes everything', async () => {
    const [changed, pool, none, missing] = await values(`
      await ipvs.batch([{ do: 'new-service', service },
        { do: 'new-destination', service: web, destination }]);
      const outcomes = await ipvs.batch([
        { do: 'set-service', service: { ...service, scheduler: 'wlc', flags: 1, timeout: 60,
          netmask: 0xffffff00, engine: undefined } },
        { do: 'set-destination', service: web, destination: { ...destination, weight: 9,
          upperThreshold: 20, lowerThreshold: 10,
          forwarding: { method: 'TUN', type: 'gre', port: 0, checksum: 'csum' } } },
      ]);
      print({ ok: outcomes.every(({ ok }) => ok), ...(await ipvs.service(web)).service });
      print((await ipvs.destinations(web)).map(({ destination }) => destination));
      await ipvs.run({ do: 'flush' });
      print(await ipvs.services());
      print((await ipvs.service(web)) ?? 'no such service');
    `);
    expect(changed).toMatchObject({
      ok: true,
      scheduler: 'wlc',
      flags: 3,
      timeout: 60,
      netmask: 0xffffff00,
    });
    expect(pool).toEqual([
      {
        address: '10.9.0.2',
        port: 8080,
        weight: 9,
        upperThreshold: 20,
        lowerThreshold: 10,
        forwarding: { method: 'TUN', type: 'gre', port: 0, checksum: 'csum' },
      },
    ]);
    expect(none).toEqual([]);
    expect(missing).toBe('no such service');
  });

  it('names what the kernel refuses, and why', async () => {
    const [messages] = await values(`
      const outcomes = await ipvs.batch([
        { do: 'delete-service', service: web },
        { do: 'new-service', service: { ...service, scheduler: 'nonsense' } },
        { do: 'new-service', service },
        { do: 'new-destination', service: web, destination: { ...destination, weight: -1 } },
        { do: 'set-destination', service: web, destination },
        { do: 'start-daemon', daemon: { state: 'master', interface: 'nowhere', syncId: 1 } },
        { do: 'new-destination', service: web, destination },
      ]);
      print(outcomes.map(({ ok, error }) => (ok ? 'done' : error.message)));
    `);
    expect(messages).toEqual([
      'delete-service TCP 10.9.0.1:80: ESRCH (No such process)',
      'new-service TCP 10.9.0.1:80: ENOENT (No such file or directory)',
      'done',
      'new-destination TCP 10.9.0.1:80 -> 10.9.0.2:8080: ERANGE (Numerical result out of range)',
      'set-destination TCP 10.9.0.1:80 -> 10.9.0.2:8080: ENOENT (No such file or directory)',
      'start-daemon master nowhere: ENODEV (No such device)',
      'done',
    ]);
  });

  it('loads 10,000 destinations and removes them with their service', async () => {
    const [failed, count, left] = await values(`
      const servers = Array.from({ length: 10_000 }, (_, i) => (
        { ...destination, address: '10.7.' + (i >> 8) + '.' + (i & 255) }));
      const outcomes = await ipvs.batch([
        { do: 'new-service', service },
        ...servers.map((server) => ({ do: 'new-destination', service: web, destination: server })),
      ]);
      print(outcomes.filter(({ ok }) => !ok).length);
      print((await ipvs.destinations(web)).length);
      await ipvs.run({ do: 'delete-service', service: web });
      print((await ipvs.services()).length);
    `);
    expect([failed, count, left]).toEqual([0, 10_000, 0]);
  });
});

import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Daemon, noKeepalived, startKeepalived, startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { configuration, instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

/** --signum of both. */
const [DATA, STATS, STATS_CLEAR, JSON_DUMP] = [10, 12, 63, 36];

const config = configuration(
  [
    instance({
      name: 'A',
      vrid: 11,
      priority: 150,
      vips: [
        '10.77.0.101/24 dev eth0 label eth0:a',
        '10.77.0.102 dev eth1 scope host',
        '10.77.0.104/24 brd 10.77.0.255',
      ],
      lines: [
        'state MASTER',
        'authentication {',
        '    auth_type PASS',
        '    auth_pass sesame',
        '}',
        'virtual_ipaddress_excluded {',
        '    10.77.0.103/24',
        '    2001:db8::5/64',
        '    2001:db8::6',
        '}',
        'virtual_routes {',
        '    10.97.0.0/24 via 10.78.0.9 dev eth1 metric 5 src 10.78.0.1',
        '    default via 10.77.0.9 table 77',
        '    blackhole 10.94.0.0/24',
        '}',
        'virtual_rules {',
        '    from 10.96.0.0/24 table 96 preference 96',
        '    to 10.93.0.0/24 iif eth0 fwmark 5 table 93 preference 93',
        '}',
        'track_interface {',
        '    eth1',
        '}',
        'notify_master "/usr/bin/true m"',
        'notify "/usr/bin/true n"',
      ],
    }),
    instance({
      name: 'B',
      vrid: 12,
      priority: 90,
      interval: 2,
      vips: ['10.77.0.111'],
      lines: ['preempt_delay 5', 'nopreempt'],
    }),
  ],
  ['vrrp_sync_group G {', '    group {', '        A', '        B', '    }', '}'],
);

describe.skipIf(noNamespaces ?? noKeepalived)('dumps on signals', () => {
  const lans: Lan[] = [];
  const daemons: Daemon[] = [];
  const folders: string[] = [];
  afterAll(() => Promise.all(lans.map((lan) => lan.remove())));

  /** Sends a signal by its number, and waits for the file of each machine to be new. */
  async function dump(signal: number, file: string): Promise<string[]> {
    const before = folders.map((folder) => version(join(folder, file)));
    for (const daemon of daemons) process.kill(daemon.process.pid, signal);
    return Promise.all(
      folders.map(async (folder, i) => {
        const path = join(folder, file);
        await until(`${path} is written`, () => {
          const now = version(path);
          return now !== undefined && now !== before[i];
        });
        // keepalived writes into the file: it is whole when it has not grown for a moment.
        await until('nothing is added', async () => {
          const size = readFileSync(path).length;
          await new Promise((later) => setTimeout(later, 300));
          return size > 0 && readFileSync(path).length === size;
        });
        return readFileSync(path, 'utf8');
      }),
    );
  }

  /** Ours is another file each time, keepalived's another time of its only one. */
  const version = (path: string): string | undefined => {
    const file = lstatSync(path, { throwIfNoEntry: false, bigint: true });
    return file && `${file.ino} ${file.mtimeNs}`;
  };

  beforeAll(async () => {
    for (const start of [startOurs, startKeepalived]) {
      const lan = await Lan.create({ nodes: ['n'] });
      lans.push(lan);
      const node = lan.node('n');
      await node.connect('eth1', '10.78.0.1/24');
      const environment = { TMPDIR: node.directory };
      daemons.push(await start(node, config, { options: ['-P'], environment }));
      folders.push(node.directory);
      await node.gains('10.77.0.111');
    }
  });

  it('the JSON dump has the fields and values of keepalived', async () => {
    const [ours = '', theirs = ''] = await dump(JSON_DUMP, 'keepalived.json');
    const shown = (text: string): unknown =>
      (JSON.parse(text) as { data: object; stats: object }[]).map(({ data, stats }) => ({
        // Their last_transition differs; their auth_data is the password; adverts go on.
        data: {
          ...data,
          last_transition: 0,
          ...('auth_data' in data && { auth_data: '********' }),
        },
        stats: Object.fromEntries(
          Object.entries(stats)
            .filter(([name]) => !name.startsWith('auth_ext_'))
            .map(([name, n]) => [name, name === 'advert_sent' ? 'many' : n]),
        ),
      }));
    expect(shown(ours)).toEqual(shown(theirs));
    expect(ours).toContain('\\/usr\\/bin\\/true');
    expect(ours).not.toContain('sesame');
  });

  it('the statistics have its layout', async () => {
    const [ours = '', theirs = ''] = await dump(STATS, 'keepalived.stats');
    // Sent and Received change all the time; the extension is of keepalived 2.4.
    const layout = (text: string): string =>
      text
        .replaceAll(/ {2}Authentication Extension Errors:\n( {4}.*\n)+/g, '')
        .replaceAll(/Sent: \d+/g, 'Sent: N');
    expect(layout(ours)).toBe(layout(theirs));
  });

  it('the data dump says of instances and groups what keepalived says, in its order', async () => {
    const [ours = '', theirs = ''] = await dump(DATA, 'keepalived.data');
    const sections = (text: string): string[] =>
      text
        .replaceAll(/, uid:gid 0:0$/gm, '')
        .replaceAll(/(Last transition =|Password =).*/g, '$1 ...')
        .split('\n');
    const rest = sections(theirs);
    for (const line of sections(ours.slice(0, ours.indexOf('------< Interfaces')))) {
      const at = rest.indexOf(line);
      expect(at, `'${line}' among\n${rest.join('\n')}`).toBeGreaterThanOrEqual(0);
      rest.splice(0, at + 1);
    }
    expect(ours).toContain('------< VRRP Topology >------');
    expect(ours).toContain('10.77.0.101/24 dev eth0 scope global label eth0:a set');
    expect(ours).not.toContain('sesame');
  });

  it('counters are zero after a dump that clears them', async () => {
    await dump(STATS_CLEAR, 'keepalived.stats');
    const texts = await dump(STATS, 'keepalived.stats');
    for (const text of texts) expect(text).toContain('Became master: 0');
  });

  it('files are for root only, and a symbolic link in their place is not followed', async () => {
    const [folder = ''] = folders;
    const precious = join(folder, 'precious');
    writeFileSync(precious, 'untouched');
    const path = join(folder, 'keepalived_parent.data');
    await until('the parent has dumped', () => existsSync(path));
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    const [ours] = daemons;
    if (!ours) throw new Error('nothing runs');
    const stats = join(folder, 'keepalived.stats');
    (await import('node:fs')).rmSync(stats);
    symlinkSync(precious, stats);
    process.kill(ours.process.pid, STATS);
    await until('the link is gone', () => lstatSync(stats).isFile());
    expect(readFileSync(precious, 'utf8')).toBe('untouched');
    expect(readdirSync(folder).filter((name) => name.startsWith('.keepalived'))).toEqual([]);
  });
});

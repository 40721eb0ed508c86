import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Daemon, noKeepalived, startKeepalived, startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { noSnmpd, type SeenTrap, Snmpd } from '../support/snmp.js';
import { instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const K = '.1.3.6.1.4.1.9586.100.5';
const R = '.1.3.6.1.2.1.68';
const S = '.1.3.6.1.2.1.207';

const configuration = (socket: string): string =>
  [
    'global_defs {',
    '    router_id lb1',
    '    notification_email {',
    '        a@example.com',
    '        b@example.com',
    '    }',
    '    notification_email_from k@example.com',
    '    smtp_server 127.0.0.1 2525',
    '    smtp_connect_timeout 7',
    '    smtp_alert_checker off',
    '    script_user root',
    '    enable_script_security',
    '    enable_snmp_vrrp',
    '    enable_snmp_rfc',
    '    enable_traps',
    `    snmp_socket unix:${socket}`,
    '}',
    'vrrp_script chk {',
    '    script "/usr/bin/true one two"',
    '    interval 2',
    '    timeout 1',
    '    weight 10',
    '    rise 2',
    '    fall 3',
    '}',
    'vrrp_sync_group G {',
    '    group {',
    '        B',
    '    }',
    '    notify_master "/usr/bin/true gm"',
    '    notify "/usr/bin/true g"',
    '}',
    instance({
      name: 'A',
      vrid: 11,
      priority: 150,
      vips: [
        '10.77.0.101/24 dev eth0 label eth0:a',
        '10.77.0.102 dev eth1 scope host',
        '10.77.0.103/28 brd 10.77.0.111',
      ],
      lines: [
        'state MASTER',
        'authentication {',
        '    auth_type PASS',
        '    auth_pass secret',
        '}',
        'virtual_ipaddress_excluded {',
        '    10.77.0.104/24',
        '    2001:db8::5/64',
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
        'track_script {',
        '    chk weight 7 reverse',
        '}',
        'notify_master "/usr/bin/true m"',
        'notify "/usr/bin/true n"',
        'notify_stop "/usr/bin/true s"',
        'garp_master_delay 3',
      ],
    }),
    instance({
      name: 'B',
      vrid: 12,
      priority: 90,
      interval: 2,
      vips: ['10.77.0.111'],
      lines: ['preempt_delay 5', 'smtp_alert'],
    }),
    instance({
      name: 'C',
      vrid: 13,
      priority: 120,
      interval: 0.5,
      vips: ['fe80::13', '2001:db8::13/64'],
      lines: ['version 3', 'nopreempt', 'smtp_alert'],
    }),
    instance({
      name: 'D',
      interface: 'eth1',
      vrid: 14,
      vips: ['10.78.0.111'],
      lines: ['version 3', 'unicast_src_ip 10.78.0.1', 'unicast_peer {', '    10.78.0.2', '}'],
    }),
  ].join('\n');

/** What can't be the same, or is told by a newer keepalived than Debian's only. */
const volatile = [
  // The version, and v3ChecksumAsV2 of 2.4.
  `${K}.1.1.0`,
  `${K}.1.12.0`,
  `${K}.2.3.1.36.`,
  // Columns of vrrpScriptTable from 2.4.
  `${K}.2.9.1.10.`,
  `${K}.2.9.1.11.`,
  `${K}.2.9.1.12.`,
  // MAC addresses, link-local addresses made of them, and times.
  `${S}.1.1.1.1.3.2.13.`,
  `${S}.1.1.1.1.4.2.13.`,
  `${R}.1.3.1.2.`,
  `${R}.1.3.1.13.`,
  `${S}.1.1.1.1.5.`,
  `${S}.1.1.1.1.12.`,
];
/** Debian's keepalived forgets whose turn it is: every later instance is told of like the first. */
const mistaken = ['2', '3', '4'].map((instance) => `${K}.2.6.1.11.${instance}.`);
/** It also ends a walk of RFC 2787's tables after their first row. */
const secondRows = new RegExp(
  `^${R.replaceAll('.', '\\.')}\\.(1\\.3|2\\.4)\\.1\\.\\d+\\.\\d+\\.12 `,
);

const comparable = (lines: readonly string[]): string[] =>
  lines.filter(
    (line) =>
      ![...volatile, ...mistaken].some((oid) => line.startsWith(oid)) && !secondRows.test(line),
  );

/** A machine whose adverts A, B and C must not believe. */
const rogue = [
  instance({
    vrid: 11,
    priority: 50,
    vips: ['10.77.0.211'],
    lines: ['authentication {', '    auth_type PASS', '    auth_pass wrong', '}'],
  }),
  instance({
    name: 'VI_2',
    vrid: 12,
    priority: 50,
    interval: 2,
    vips: ['10.77.0.212'],
    lines: ['authentication {', '    auth_type PASS', '    auth_pass secret', '}'],
  }),
  instance({
    name: 'VI_3',
    vrid: 13,
    priority: 50,
    vips: ['fe80::213'],
    lines: ['version 2'],
  }),
].join('\n');

/** The different traps of some kinds, without the link-local address of C. */
const distinct = ({ traps }: Snmpd, ...kinds: string[]): string[] => {
  const seen = traps
    .filter(({ trap }) => kinds.includes(`.${trap}`))
    .map((trap) =>
      JSON.stringify(trap, (key, value) => (key === 'value' && /^fe80/.test(value) ? 'C' : value)),
    );
  return [...new Set(seen)].sort();
};

/** Traps of an instance, in their order: those of several come as their timers run out. */
const byInstance = (traps: readonly SeenTrap[], name: string): SeenTrap[] =>
  traps.filter(({ variables: [first] }) => first?.value === Buffer.from(name).toString('hex'));

describe.skipIf(noNamespaces ?? noKeepalived ?? noSnmpd)('SNMP', () => {
  const lans: Lan[] = [];
  const agents: Snmpd[] = [];
  const daemons: Daemon[] = [];
  afterAll(() => Promise.all(lans.map((lan) => lan.remove())));

  /** A machine of its own, since both want the same addresses. */
  async function machine(start: typeof startOurs): Promise<void> {
    const lan = await Lan.create({ nodes: ['n', 'rogue'] });
    lans.push(lan);
    const node = lan.node('n');
    await node.connect('eth1', '10.78.0.1/24');
    const snmpd = await Snmpd.on(node);
    agents.push(snmpd);
    // Their option -P; ours is the same.
    daemons.push(await start(node, configuration(snmpd.socket), { options: ['-P'] }));
    await node.gains('10.77.0.111');
  }

  beforeAll(async () => {
    for (const start of [startOurs, startKeepalived]) await machine(start);
    // Second batches of gratuitous ARP, and the first runs of scripts, are over.
    for (const agent of agents) {
      await until('the script has succeeded', async () =>
        (await agent.get(`${K}.2.9.1.6.1`)).includes('INTEGER: 3'),
      );
    }
  });

  it.each([
    ['KEEPALIVED-MIB', K],
    ['VRRP-MIB (RFC 2787)', R],
    ['VRRPV3-MIB (RFC 6527)', S],
  ])("%s is walked as with Debian's keepalived", async (_, tree) => {
    const [ours = [], theirs = []] = await Promise.all(agents.map((agent) => agent.walk(tree)));
    expect(theirs.length).toBeGreaterThan(30);
    expect(comparable(ours)).toEqual(comparable(theirs));
  });

  it('every notification has the variables that keepalived gives it', async () => {
    for (const name of ['A', 'B', 'C', 'D', 'G']) {
      const seen = (): SeenTrap[][] => agents.map(({ traps }) => byInstance(traps, name));
      await until(`${name} is told of by both`, () => {
        const [ours = [], theirs = []] = seen();
        return theirs.length > 1 && ours.length >= theirs.length;
      });
      const [ours, theirs] = seen();
      expect(ours, name).toEqual(theirs);
    }
  });

  it("the RFCs' own notifications are keepalived's: of new masters, and of bad adverts", async () => {
    const masters = agents.map((agent) => distinct(agent, `${R}.0.1`, `${S}.0.1`));
    expect(masters[1]?.length).toBeGreaterThan(4);
    expect(masters[0]).toEqual(masters[1]);
    const rogues = await Promise.all(lans.map((lan) => startOurs(lan.node('rogue'), rogue)));
    const errors = (agent: Snmpd): string[] => distinct(agent, `${R}.0.2`, `${S}.0.2`);
    await until('all three errors are told of by both', () =>
      agents.every((agent) => errors(agent).length === 3),
    ).catch(() => undefined);
    const [ours, theirs] = agents.map(errors);
    expect(ours).toEqual(theirs);
    expect(ours).toHaveLength(3);
    await Promise.all(rogues.map((daemon) => daemon.stop()));
  });

  it('priority and preemption can be set, and nothing else', async () => {
    for (const agent of agents) {
      await agent.set(`${K}.2.3.1.7.2`, 'i', 95);
      await until('the priority has changed', async () =>
        (await agent.get(`${K}.2.3.1.8.2`)).includes('INTEGER: 95'),
      );
      await agent.set(`${K}.2.3.1.13.2`, 'i', 2);
      await until('preemption is off', async () =>
        (await agent.get(`${K}.2.3.1.13.2`)).includes('INTEGER: 2'),
      );
      await expect(agent.set(`${K}.2.3.1.7.2`, 'i', 0)).rejects.toThrow('wrongValue');
      await expect(agent.set(`${K}.2.3.1.7.2`, 's', 'x')).rejects.toThrow('wrongType');
      await expect(agent.set(`${K}.2.3.1.2.2`, 's', 'x')).rejects.toThrow('notWritable');
    }
  });

  it('the agent is back when snmpd was away, and tells what happened meanwhile', async () => {
    const [agent] = agents;
    const [daemon] = daemons;
    if (!agent || !daemon) throw new Error('nothing runs');
    const before = agent.traps.length;
    await agent.stop();
    await daemon.logged('the master agent is gone');
    await agent.node.link('down', 'eth0');
    await daemon.logged('Entering FAULT STATE');
    await agent.start();
    await until('the walk works again', async () => (await agent.walk(`${K}.2.3`)).length > 0, {
      within: 30_000,
    });
    await until('the traps have come', () => agent.traps.length >= before + 2);
  });

  it('the last state is told when the daemon stops', async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    for (const agent of agents) {
      const last = (): unknown => byInstance(agent.traps, 'D').at(-1)?.variables[1]?.value;
      // shutdown(5) of VrrpState
      await until('D has shut down', () => last() === 5);
    }
  });
});

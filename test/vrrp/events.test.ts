import { type EventOf, render } from '@keepalived-ts/base/events.js';
import { describe, expect, it } from 'vitest';
import { authenticationEvents } from '#vrrp/authentication-events.js';
import { vrrpEvents } from '#vrrp/events.js';

type Event = EventOf<typeof vrrpEvents>;
const V = { instance: 'V' };

/** The texts as keepalived 2.2.7 writes them; what 2.2.7 does not say is marked with *. */
const texts: [Event, string, string][] = [
  [{ event: 'entered-state', ...V, state: 'MASTER' }, 'info', '(V) Entering MASTER STATE'],
  [{ event: 'started-backup', ...V }, 'info', '(V) Entering BACKUP STATE (init)'],
  [{ event: 'started-fault', ...V }, 'info', '(V) entering FAULT state'],
  [
    { event: 'fault-interface', ...V, interface: 'eth1' },
    'info',
    '(V): entering FAULT state (interface eth1 down)',
  ],
  [
    { event: 'lines-dropped', lines: 3 },
    'warning',
    '3 lines are missing here: more than 2000 a second',
  ],
  [
    { event: 'woken-late', ...V, seconds: 4.5 },
    'info',
    '(V) VRRP thread timer expired 4.500000 seconds ago',
  ],
  [
    { event: 'unknown-vrid', vrid: 9, interface: 'eth0', from: '10.0.0.2' },
    'info',
    'Unknown VRID(9) received on interface(eth0) from 10.0.0.2. ignoring...',
  ],
  [
    { event: 'fault-script', ...V, script: 'chk' },
    'info',
    '(V): entering FAULT state due to script chk',
  ],
  // * of ours
  [
    { event: 'fault-no-key', ...V, key: 2 },
    'error',
    '(V) entering FAULT state (auth_hmac key 2 could not be read)',
  ],
  [
    { event: 'fault-no-address', ...V, family: 4 },
    'info',
    '(V) entering FAULT state (no IPv4 address for interface)',
  ],
  [{ event: 'fault-file', ...V, file: 'drain' }, 'info', '(V): tracked file drain now FAULT state'],
  [
    { event: 'fault-process', ...V, process: 'web' },
    'info',
    '(V) entering FAULT state (tracked process web quorum not achieved)',
  ],
  [
    { event: 'group-synced', group: 'G', state: 'MASTER' },
    'info',
    'VRRP_Group(G) Syncing instances to MASTER state',
  ],
  [
    { event: 'file-trouble', file: 'drain', path: '/run/drain', reason: 'ENOENT' },
    'warning',
    'track_file drain: /run/drain: ENOENT',
  ],
  [
    { event: 'processes-polled', reason: 'ECONNREFUSED' },
    'warning',
    'The kernel does not tell of processes (ECONNREFUSED): /proc is read once a second instead',
  ],
  [
    { event: 'process-quorum', process: 'web', gained: true },
    'info',
    'Quorum gained for tracked process web',
  ],
  [
    { event: 'process-quorum', process: 'web', gained: false },
    'info',
    'Quorum lost for tracked process web',
  ],
  [
    { event: 'priority-changed', ...V, from: 150, to: 130 },
    'info',
    '(V) Changing effective priority from 150 to 130',
  ],
  [{ event: 'master-timeout', ...V }, 'detail', '(V) Receive advertisement timeout'],
  [{ event: 'master-resigned', ...V }, 'info', '(V) Backup received priority 0 advertisement'],
  [{ event: 'heard-resignation', ...V }, 'info', '(V) Master received priority 0 message'],
  [
    { event: 'discarded-lower', ...V, priority: 50, from: '10.0.0.2' },
    'info',
    '(V) received lower priority (50) advert from 10.0.0.2 - discarding',
  ],
  // * of 2.4
  [{ event: 'master-known', ...V, master: '10.0.0.2' }, 'detail', '(V) master set to 10.0.0.2'],
  // * of 2.4
  [
    { event: 'master-changed', ...V, from: '10.0.0.2', to: '10.0.0.3' },
    'detail',
    '(V) master changed from 10.0.0.2 to 10.0.0.3',
  ],
  [
    { event: 'preempt-delay-started', ...V, seconds: 5 },
    'detail',
    '(V) start preempt delay (5.000000)',
  ],
  [{ event: 'preempt-delay-stopped', ...V }, 'detail', '(V) stop preempt delay'],
  [
    { event: 'answered-lower', ...V, from: '10.0.0.2', priority: 50, ours: 100, electing: true },
    'info',
    '(V) Received advert from 10.0.0.2 with lower priority 50, ours 100, forcing new election',
  ],
  [
    { event: 'answered-lower', ...V, from: '10.0.0.2', priority: 50, ours: 100, electing: false },
    'info',
    '(V) Received advert from 10.0.0.2 with lower priority 50, ours 100',
  ],
  [
    { event: 'yielded-to-higher', ...V, from: '10.0.0.2', priority: 200, ours: 100 },
    'info',
    '(V) Master received advert from 10.0.0.2 with higher priority 200, ours 100',
  ],
  [
    { event: 'yielded-to-address', ...V, from: '10.0.0.2', priority: 100 },
    'info',
    '(V) Master received advert from 10.0.0.2 with same priority 100 but higher IP address than ours',
  ],
  [
    { event: 'same-address', ...V },
    'warning',
    '(V) WARNING - equal priority advert received from remote host with our IP address.',
  ],
  // * named with the other's address
  [
    { event: 'two-owners', ...V, from: '10.0.0.2' },
    'error',
    '(V) CONFIGURATION ERROR: local instance and a remote instance (10.0.0.2) are both configured ' +
      'as address owner, please fix',
  ],
  // * of ours
  [
    { event: 'owner-lowered', ...V, priority: 254 },
    'warning',
    '(V) the other address owner stays - reducing local priority to 254',
  ],
  // * of ours
  [
    { event: 'owner-restored', ...V },
    'info',
    '(V) the other address owner is gone - restoring local priority to 255',
  ],
  [{ event: 'sent-zero', ...V }, 'detail', '(V) sent 0 priority'],
  [{ event: 'setting-vips', ...V, excluded: false }, 'detail', '(V) setting VIPs.'],
  [{ event: 'removing-vips', ...V, excluded: true }, 'detail', '(V) removing E-VIPs.'],
  [
    { event: 'dropped-vip', ...V, address: '10.0.0.9', prefix: 32, interface: 'eth0' },
    'info',
    '(V) ip address 10.0.0.9/32 dev eth0, no longer exist',
  ],
  [
    { event: 'announcing', ...V, interface: 'eth0', address: '10.0.0.9' },
    'detail',
    '(V) Sending/queueing gratuitous ARPs on eth0 for 10.0.0.9',
  ],
  [
    { event: 'sent-garp', interface: 'eth0', address: '10.0.0.9' },
    'detail',
    'Sending gratuitous ARP on eth0 for 10.0.0.9',
  ],
  [
    { event: 'announcing', ...V, interface: 'eth0', address: '2001:db8::9' },
    'detail',
    '(V) Sending/queueing Unsolicited Neighbour Adverts on eth0 for 2001:db8::9',
  ],
  [
    { event: 'sent-garp', interface: 'eth0', address: '2001:db8::9' },
    'detail',
    'Sending unsolicited Neighbour Advert on eth0 for 2001:db8::9',
  ],
  [
    { event: 'bad-length', ...V, got: 36, expected: 40 },
    'info',
    '(V) vrrp packet too short, length 36 and expect 40',
  ],
  [
    { event: 'bad-length', ...V, got: 44, expected: 40 },
    'info',
    '(V) vrrp packet too long, length 44 and expect 40',
  ],
  [
    { event: 'bad-total-length', ...V, got: 44, received: 40 },
    'info',
    '(V) ip_tot_len mismatch against received length. 44 and received 40',
  ],
  [
    { event: 'bad-ttl', ...V, got: 254, expected: 255 },
    'info',
    '(V) invalid TTL/HL. Received 254 and expect 255',
  ],
  [
    { event: 'bad-version', ...V, got: 3, expected: 2 },
    'info',
    '(V) wrong version. Received 3 and expect 2',
  ],
  [
    { event: 'bad-type', ...V, got: 2, expected: 1 },
    'info',
    '(V) Invalid packet type. 2 and expect 1',
  ],
  [
    { event: 'other-interval', ...V, ours: 1, got: 2 },
    'info',
    "(V) advertisement interval mismatch mine=1 sec rcv'd=2 sec",
  ],
  [{ event: 'bad-checksum', version: 2, ...V }, 'info', '(V) Invalid VRRPv2 checksum'],
  [
    { event: 'not-multicast', ...V },
    'info',
    '(V) Expected multicast packet but received unicast packet',
  ],
  [
    { event: 'not-unicast', ...V },
    'info',
    '(V) Expected unicast packet but received multicast packet',
  ],
  [
    { event: 'not-a-peer', ...V, from: '10.0.0.9' },
    'info',
    '(V) unicast source address 10.0.0.9 not a unicast peer',
  ],
  [
    { event: 'ttl-out-of-range', ...V, got: 3, least: 250, most: 255 },
    'info',
    '(V) TTL/HL 3 not in range 250 - 255',
  ],
  [{ event: 'old-checksum', ...V }, 'info', '(V) Setting unicast VRRPv3 checksum to old version'],
  [
    { event: 'interval-learned', ...V, from: 1000, to: 200 },
    'info',
    '(V) advertisement interval updated from 1000ms to 200ms by master',
  ],
  [
    { event: 'fault-no-peers', ...V },
    'info',
    '(V) Cannot use unicast without any peers - going to fault state',
  ],
  [
    { event: 'other-vip-count', ...V, expected: 2, got: 1 },
    'info',
    '(V) expected 2 VIPs but received 1',
  ],
  [
    { event: 'vip-not-in-advert', ...V, vrid: 51, address: '10.0.0.9' },
    'info',
    '(V) ip address associated with VRID 51 not present in MASTER advert: 10.0.0.9',
  ],
  [
    { event: 'vmac-created', ...V, interface: 'vrrp.51' },
    'info',
    '(V): Success creating VMAC interface vrrp.51',
  ],
  [
    { event: 'ipvlan-created', ...V, interface: 'iv' },
    'info',
    '(V): Success creating ipvlan interface iv',
  ],
  [
    { event: 'vmac-found', ...V, interface: 'vrrp.51' },
    'info',
    '(V) Found matching interface vrrp.51',
  ],
  [
    { event: 'vmac-changed', ...V, interface: 'vm' },
    'info',
    '(V): Success updating VMAC interface vm',
  ],
  [
    { event: 'vmac-removed', ...V, interface: 'vrrp.51' },
    'info',
    '(V) Success removing VMAC interface vrrp.51',
  ],
  [
    { event: 'vmac-name-taken', ...V, interface: 'vm' },
    'warning',
    '(V) interface vm already exists and is not a private macvlan; ignoring vmac if_name',
  ],
  [{ event: 'link-up', interface: 'eth0' }, 'info', 'Netlink reports eth0 up'],
  [{ event: 'link-down', interface: 'eth0' }, 'info', 'Netlink reports eth0 down'],
  [{ event: 'link-added', interface: 'eth0' }, 'info', 'Interface eth0 added'],
  [{ event: 'link-deleted', interface: 'eth0' }, 'info', 'Interface eth0 deleted'],
  [
    { event: 'link-missing', interface: 'eth0' },
    'warning',
    "Configuration specifies interface eth0 which doesn't currently exist - will use if created",
  ],
  [
    { event: 'address-assigned', interface: 'eth0', address: '10.0.0.9' },
    'detail',
    'Assigned address 10.0.0.9 for interface eth0',
  ],
  [
    { event: 'address-deassigned', interface: 'eth0', address: '10.0.0.9' },
    'detail',
    'Deassigned address 10.0.0.9 from interface eth0',
  ],
  [
    { event: 'vip-lost', interface: 'eth0', address: '10.0.0.9' },
    'info',
    'Netlink reflector reports IP 10.0.0.9 removed from eth0',
  ],
  [{ event: 'start-delayed', seconds: 2.5 }, 'info', 'Delaying startup for 2.5 seconds'],
  [{ event: 'start-delayed-over' }, 'info', 'Delayed start completed'],
  [{ event: 'script-status', script: 'chk', status: 1 }, 'info', 'Script `chk` now returning 1'],
  [{ event: 'script-succeeded', script: 'chk' }, 'info', 'VRRP_Script(chk) succeeded'],
  [
    { event: 'script-failed', script: 'chk', reason: 'failed (exited with status 1)' },
    'info',
    'VRRP_Script(chk) failed (exited with status 1)',
  ],
  // * of ours
  [
    { event: 'script-still-running', script: 'chk' },
    'info',
    'Track script chk is already running, expect idle - skipping run',
  ],
  [{ event: 'setting-drop-rules', ...V }, 'detail', '(V) setting firewall drop rule'],
  [{ event: 'removing-drop-rules', ...V }, 'detail', '(V) removing firewall drop rule'],
  [{ event: 'setting-routes', ...V }, 'detail', '(V) setting Virtual Routes'],
  [{ event: 'removing-routes', ...V }, 'detail', '(V) removing Virtual Routes'],
  [{ event: 'setting-rules', ...V }, 'detail', '(V) setting Virtual Rules'],
  [{ event: 'removing-rules', ...V }, 'detail', '(V) removing Virtual Rules'],
  // * of ours
  [
    { event: 'lines-dropped', lines: 3 },
    'warning',
    '3 lines are missing here: more than 2000 a second',
  ],
  // * of ours: keepalived only leaves
  [
    { event: 'route-lost', ...V, route: '10.1.0.0/16 via 10.0.0.9 dev eth0' },
    'info',
    '(V) virtual route 10.1.0.0/16 via 10.0.0.9 dev eth0 was deleted by somebody else',
  ],
  [
    { event: 'rule-lost', ...V, rule: 'from all table 5 preference 9' },
    'info',
    '(V) virtual rule from all table 5 preference 9 was deleted by somebody else',
  ],
  // Cut off: keepalived goes on with "proto 18"
  [
    { event: 'static-restored', entry: 'route 10.1.0.0/16 via 10.0.0.9 dev eth0' },
    'info',
    'Restoring deleted static route 10.1.0.0/16 via 10.0.0.9 dev eth0',
  ],
  // * of ours
  [
    { event: 'refused', instance: '', operation: 'add route', reason: 'ENODEV' },
    'error',
    'add route error (ENODEV)',
  ],
  // * of ours, after keepalived's "send advert error"
  [
    { event: 'refused', ...V, operation: 'send advert', reason: 'ENODEV' },
    'error',
    '(V): send advert error (ENODEV)',
  ],
  // * of ours
  [
    { event: 'no-recording', file: '/x', reason: 'EACCES' },
    'error',
    'Inputs are not recorded: /x: EACCES',
  ],
];

describe('the lines of the log', () => {
  it.each(texts)('%j', (event, level, text) => {
    expect(render('vrrp', vrrpEvents, event)).toMatchObject({ level, text });
  });

  it('are all here', () => {
    const named = new Set<string>(texts.map(([event]) => event.event));
    for (const name of Object.keys(authenticationEvents)) named.add(name);
    expect(Object.keys(vrrpEvents).filter((name) => !named.has(name))).toEqual([]);
  });
});

import { event } from '@keepalived-ts/base/events.js';
import { lineLimitEvents } from '#src/ipc/line-limit.js';
import { authenticationEvents, type Of } from './authentication-events.js';

/**
 * Every line the vrrp thread can log.
 *
 * Compat: the texts are those of keepalived 2.2.7 and 2.4, which operators grep for; where the two
 * differ in punctuation it is the 2.2.7 spelling, the one most machines have.
 */
export const vrrpEvents = {
  ...lineLimitEvents,
  ...authenticationEvents,
  // States
  'entered-state': event<Of & { state: string }>(
    'info',
    (e) => `(${e.instance}) Entering ${e.state} STATE`,
  ),
  'started-backup': event<Of>('info', (e) => `(${e.instance}) Entering BACKUP STATE (init)`),
  'started-fault': event<Of>('info', (e) => `(${e.instance}) entering FAULT state`),
  'fault-interface': event<Of & { interface: string }>(
    'info',
    (e) => `(${e.instance}): entering FAULT state (interface ${e.interface} down)`,
  ),
  'fault-script': event<Of & { script: string }>(
    'info',
    (e) => `(${e.instance}): entering FAULT state due to script ${e.script}`,
  ),
  'fault-file': event<Of & { file: string }>(
    'info',
    (e) => `(${e.instance}): tracked file ${e.file} now FAULT state`,
  ),
  'fault-process': event<Of & { process: string }>(
    'info',
    (e) =>
      `(${e.instance}) entering FAULT state (tracked process ${e.process} quorum not achieved)`,
  ),
  'fault-no-peers': event<Of>(
    'info',
    (e) => `(${e.instance}) Cannot use unicast without any peers - going to fault state`,
  ),
  'fault-no-key': event<Of & { key: number }>(
    'error',
    (e) => `(${e.instance}) entering FAULT state (auth_hmac key ${e.key} could not be read)`,
  ),
  'fault-no-address': event<Of & { family: number }>(
    'info',
    (e) => `(${e.instance}) entering FAULT state (no IPv${e.family} address for interface)`,
  ),
  'group-synced': event<{ group: string; state: string }>(
    'info',
    (e) => `VRRP_Group(${e.group}) Syncing instances to ${e.state} state`,
  ),
  'priority-changed': event<Of & { from: number; to: number }>(
    'info',
    (e) => `(${e.instance}) Changing effective priority from ${e.from} to ${e.to}`,
  ),

  // Election
  'master-timeout': event<Of>('detail', (e) => `(${e.instance}) Receive advertisement timeout`),
  'master-resigned': event<Of>(
    'info',
    (e) => `(${e.instance}) Backup received priority 0 advertisement`,
  ),
  'heard-resignation': event<Of>(
    'info',
    (e) => `(${e.instance}) Master received priority 0 message`,
  ),
  'discarded-lower': event<Of & { priority: number; from: string }>(
    'info',
    (e) =>
      `(${e.instance}) received lower priority (${e.priority}) advert from ${e.from} - discarding`,
  ),
  'master-known': event<Of & { master: string }>(
    'detail',
    (e) => `(${e.instance}) master set to ${e.master}`,
  ),
  'master-changed': event<Of & { from: string; to: string }>(
    'detail',
    (e) => `(${e.instance}) master changed from ${e.from} to ${e.to}`,
  ),
  'interval-learned': event<Of & { from: number; to: number }>(
    'info',
    (e) => `(${e.instance}) advertisement interval updated from ${e.from}ms to ${e.to}ms by master`,
  ),
  'preempt-delay-started': event<Of & { seconds: number }>(
    'detail',
    (e) => `(${e.instance}) start preempt delay (${e.seconds.toFixed(6)})`,
  ),
  'preempt-delay-stopped': event<Of>('detail', (e) => `(${e.instance}) stop preempt delay`),
  'answered-lower': event<Of & { from: string; priority: number; ours: number; electing: boolean }>(
    'info',
    (e) =>
      `(${e.instance}) Received advert from ${e.from} with lower priority ${e.priority}, ` +
      `ours ${e.ours}${e.electing ? ', forcing new election' : ''}`,
  ),
  'yielded-to-higher': event<Of & { from: string; priority: number; ours: number }>(
    'info',
    (e) =>
      `(${e.instance}) Master received advert from ${e.from} with higher priority ` +
      `${e.priority}, ours ${e.ours}`,
  ),
  'yielded-to-address': event<Of & { from: string; priority: number }>(
    'info',
    (e) =>
      `(${e.instance}) Master received advert from ${e.from} with same priority ${e.priority} ` +
      'but higher IP address than ours',
  ),
  'same-address': event<Of>(
    'warning',
    (e) =>
      `(${e.instance}) WARNING - equal priority advert received from remote host ` +
      'with our IP address.',
  ),
  'two-owners': event<Of & { from: string }>(
    'error',
    (e) =>
      `(${e.instance}) CONFIGURATION ERROR: local instance and a remote instance (${e.from}) ` +
      'are both configured as address owner, please fix',
  ),
  'owner-lowered': event<Of & { priority: number }>(
    'warning',
    (e) =>
      `(${e.instance}) the other address owner stays - reducing local priority to ${e.priority}`,
  ),
  'owner-restored': event<Of>(
    'info',
    (e) => `(${e.instance}) the other address owner is gone - restoring local priority to 255`,
  ),

  // What a master does
  'sent-zero': event<Of>('detail', (e) => `(${e.instance}) sent 0 priority`),
  'setting-vips': event<Of & { excluded: boolean }>(
    'detail',
    (e) => `(${e.instance}) setting ${e.excluded ? 'E-' : ''}VIPs.`,
  ),
  'removing-vips': event<Of & { excluded: boolean }>(
    'detail',
    (e) => `(${e.instance}) removing ${e.excluded ? 'E-' : ''}VIPs.`,
  ),
  'setting-drop-rules': event<Of>('detail', (e) => `(${e.instance}) setting firewall drop rule`),
  'removing-drop-rules': event<Of>('detail', (e) => `(${e.instance}) removing firewall drop rule`),
  'setting-routes': event<Of>('detail', (e) => `(${e.instance}) setting Virtual Routes`),
  'removing-routes': event<Of>('detail', (e) => `(${e.instance}) removing Virtual Routes`),
  'setting-rules': event<Of>('detail', (e) => `(${e.instance}) setting Virtual Rules`),
  'removing-rules': event<Of>('detail', (e) => `(${e.instance}) removing Virtual Rules`),
  'dropped-vip': event<Of & { address: string; prefix: number; interface: string }>(
    'info',
    (e) =>
      `(${e.instance}) ip address ${e.address}/${e.prefix} dev ${e.interface}, no longer exist`,
  ),
  announcing: event<Of & { interface: string; address: string }>(
    'detail',
    (e) =>
      `(${e.instance}) Sending/queueing ` +
      `${e.address.includes(':') ? 'Unsolicited Neighbour Adverts' : 'gratuitous ARPs'} ` +
      `on ${e.interface} for ${e.address}`,
  ),
  'sent-garp': event<{ interface: string; address: string }>(
    'detail',
    (e) =>
      `Sending ${e.address.includes(':') ? 'unsolicited Neighbour Advert' : 'gratuitous ARP'} ` +
      `on ${e.interface} for ${e.address}`,
  ),

  'woken-late': event<Of & { seconds: number }>(
    'info',
    (e) => `(${e.instance}) VRRP thread timer expired ${e.seconds.toFixed(6)} seconds ago`,
  ),
  'unknown-vrid': event<{ vrid: number; interface: string; from: string }>(
    'info',
    (e) =>
      `Unknown VRID(${e.vrid}) received on interface(${e.interface}) from ${e.from}. ignoring...`,
  ),

  // Adverts that were dropped, or nearly
  'bad-length': event<Of & { got: number; expected: number }>(
    'info',
    (e) =>
      `(${e.instance}) vrrp packet too ${e.got < e.expected ? 'short' : 'long'}, ` +
      `length ${e.got} and expect ${e.expected}`,
  ),
  'bad-total-length': event<Of & { got: number; received: number }>(
    'info',
    (e) =>
      `(${e.instance}) ip_tot_len mismatch against received length. ` +
      `${e.got} and received ${e.received}`,
  ),
  'bad-ttl': event<Of & { got: number; expected: number }>(
    'info',
    (e) => `(${e.instance}) invalid TTL/HL. Received ${e.got} and expect ${e.expected}`,
  ),
  'bad-version': event<Of & { got: number; expected: number }>(
    'info',
    (e) => `(${e.instance}) wrong version. Received ${e.got} and expect ${e.expected}`,
  ),
  'bad-type': event<Of & { got: number; expected: number }>(
    'info',
    (e) => `(${e.instance}) Invalid packet type. ${e.got} and expect ${e.expected}`,
  ),
  'other-interval': event<Of & { ours: number; got: number }>(
    'info',
    (e) => `(${e.instance}) advertisement interval mismatch mine=${e.ours} sec rcv'd=${e.got} sec`,
  ),
  'bad-checksum': event<Of & { version: number }>(
    'info',
    (e) => `(${e.instance}) Invalid VRRPv${e.version} checksum`,
  ),
  'old-checksum': event<Of>(
    'info',
    (e) => `(${e.instance}) Setting unicast VRRPv3 checksum to old version`,
  ),
  'not-multicast': event<Of>(
    'info',
    (e) => `(${e.instance}) Expected multicast packet but received unicast packet`,
  ),
  'not-unicast': event<Of>(
    'info',
    (e) => `(${e.instance}) Expected unicast packet but received multicast packet`,
  ),
  'not-a-peer': event<Of & { from: string }>(
    'info',
    (e) => `(${e.instance}) unicast source address ${e.from} not a unicast peer`,
  ),
  'ttl-out-of-range': event<Of & { got: number; least: number; most: number }>(
    'info',
    (e) => `(${e.instance}) TTL/HL ${e.got} not in range ${e.least} - ${e.most}`,
  ),
  'other-vip-count': event<Of & { expected: number; got: number }>(
    'info',
    (e) => `(${e.instance}) expected ${e.expected} VIPs but received ${e.got}`,
  ),
  'vip-not-in-advert': event<Of & { vrid: number; address: string }>(
    'info',
    (e) =>
      `(${e.instance}) ip address associated with VRID ${e.vrid} not present in MASTER advert: ` +
      e.address,
  ),

  // Virtual MACs
  'vmac-created': event<{ instance: string; interface: string }>(
    'info',
    (e) => `(${e.instance}): Success creating VMAC interface ${e.interface}`,
  ),
  'ipvlan-created': event<{ instance: string; interface: string }>(
    'info',
    (e) => `(${e.instance}): Success creating ipvlan interface ${e.interface}`,
  ),
  'vmac-found': event<{ instance: string; interface: string }>(
    'info',
    (e) => `(${e.instance}) Found matching interface ${e.interface}`,
  ),
  'vmac-changed': event<{ instance: string; interface: string }>(
    'info',
    (e) => `(${e.instance}): Success updating VMAC interface ${e.interface}`,
  ),
  'vmac-removed': event<{ instance: string; interface: string }>(
    'info',
    (e) => `(${e.instance}) Success removing VMAC interface ${e.interface}`,
  ),
  'vmac-name-taken': event<{ instance: string; interface: string }>(
    'warning',
    (e) =>
      `(${e.instance}) interface ${e.interface} already exists and is not a private macvlan; ` +
      'ignoring vmac if_name',
  ),

  // Interfaces and addresses
  'link-up': event<{ interface: string }>('info', (e) => `Netlink reports ${e.interface} up`),
  'link-down': event<{ interface: string }>('info', (e) => `Netlink reports ${e.interface} down`),
  'link-added': event<{ interface: string }>('info', (e) => `Interface ${e.interface} added`),
  'link-deleted': event<{ interface: string }>('info', (e) => `Interface ${e.interface} deleted`),
  'address-assigned': event<{ interface: string; address: string }>(
    'detail',
    (e) => `Assigned address ${e.address} for interface ${e.interface}`,
  ),
  'address-deassigned': event<{ interface: string; address: string }>(
    'detail',
    (e) => `Deassigned address ${e.address} from interface ${e.interface}`,
  ),
  'vip-lost': event<{ interface: string; address: string }>(
    'info',
    (e) => `Netlink reflector reports IP ${e.address} removed from ${e.interface}`,
  ),
  'route-lost': event<Of & { route: string }>(
    'info',
    (e) => `(${e.instance}) virtual route ${e.route} was deleted by somebody else`,
  ),
  'rule-lost': event<Of & { rule: string }>(
    'info',
    (e) => `(${e.instance}) virtual rule ${e.rule} was deleted by somebody else`,
  ),
  'static-restored': event<{ entry: string }>('info', (e) => `Restoring deleted static ${e.entry}`),

  'link-missing': event<{ interface: string }>(
    'warning',
    (e) =>
      `Configuration specifies interface ${e.interface} which doesn't currently exist - ` +
      'will use if created',
  ),

  // The thread
  'start-delayed': event<{ seconds: number }>(
    'info',
    (e) => `Delaying startup for ${e.seconds} seconds`,
  ),
  'start-delayed-over': event('info', 'Delayed start completed'),

  // Scripts
  'script-status': event<{ script: string; status: number }>(
    'info',
    (e) => `Script \`${e.script}\` now returning ${e.status}`,
  ),
  'script-succeeded': event<{ script: string }>(
    'info',
    (e) => `VRRP_Script(${e.script}) succeeded`,
  ),
  'script-failed': event<{ script: string; reason: string }>(
    'info',
    (e) => `VRRP_Script(${e.script}) ${e.reason}`,
  ),
  'script-still-running': event<{ script: string }>(
    'info',
    (e) => `Track script ${e.script} is already running, expect idle - skipping run`,
  ),

  // Files and processes
  'file-trouble': event<{ file: string; path: string; reason: string }>(
    'warning',
    (e) => `track_file ${e.file}: ${e.path}: ${e.reason}`,
  ),
  'processes-polled': event<{ reason: string }>(
    'warning',
    (e) =>
      `The kernel does not tell of processes (${e.reason}): /proc is read once a second instead`,
  ),
  'process-quorum': event<{ process: string; gained: boolean }>(
    'info',
    (e) => `Quorum ${e.gained ? 'gained' : 'lost'} for tracked process ${e.process}`,
  ),

  // The kernel
  refused: event<Of & { operation: string; reason: string }>(
    'error',
    (e) => `${e.instance ? `(${e.instance}): ` : ''}${e.operation} error (${e.reason})`,
  ),
  'no-recording': event<{ file: string; reason: string }>(
    'error',
    (e) => `Inputs are not recorded: ${e.file}: ${e.reason}`,
  ),
};

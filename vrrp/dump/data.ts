import { toSeconds } from '@keepalived-ts/base/time.js';
import type { ScriptCommand } from '#src/config/script-value.js';
import { type HmacPlan, lostKey } from '../core/authentication.js';
import type { GarpPlan } from '../core/plan-garp.js';
import { deviceOf } from '../core/ports.js';
import { extraVips } from '../core/vips.js';
import { type TrackerKind, trackersOf } from '../mib/trackers.js';
import { type GroupView, type InstanceView, shownCommand, type VrrpView } from '../mib/view.js';
import { interfaceLines, placeLines } from './interfaces.js';
import { addressLine, routeLine, ruleLine, staticAddressText } from './lines.js';

/*
 * The data dump of the vrrp part, SIGUSR1: sections, field names and their order are those of
 * keepalived, so that what reads its dumps reads ours. What we have no such thing for (sockets by
 * number, counters of reset settings) is left out.
 */

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0
    ? ''
    : `------< ${title} >------\n${lines.map((line) => `${line}\n`).join('')}`;

/** A heading with lines under it, or nothing without lines. */
const listed = (heading: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [heading, ...lines.map((line) => `     ${line}`)];

const yes = (value: boolean): string => (value ? 'yes' : 'no');
const enabled = (value: boolean): string => (value ? 'enabled' : 'disabled');

const script = (what: string, command: ScriptCommand | undefined): string[] =>
  command ? [`   ${what} script = ${shownCommand(command)}`] : [];

const scripts = ({ config }: InstanceView | GroupView): string[] => [
  ...script('Backup state transition', config.notify_backup),
  ...script('Master state transition', config.notify_master),
  ...script('Fault state transition', config.notify_fault),
  ...script('Stop state transition', config.notify_stop),
  ...script('Generic state transition', config.notify),
];

/** Compat: `1795281199.599816 (Sat Nov 21 17:13:19.599816 2026)`, local time. */
export function timeText(micros: number): string {
  const date = new Date(Math.floor(micros / 1000));
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  const [day, month, number, year, clock] = date.toString().split(' ');
  const padded = String(Number(number)).padStart(2, ' ');
  const seconds = Math.floor(micros / 1_000_000);
  return `${seconds}.${fraction} (${day} ${month} ${padded} ${clock}.${fraction} ${year})`;
}

/** A tracker, whose weight its definition has where the line has none. */
interface Shown {
  name: string;
  weight: number;
  reverse: boolean;
}

const trackerLine = ({ name, weight, reverse }: Shown): string =>
  `${name} weight ${weight}${reverse ? ' reverse' : ''}`;

function trackers({ config }: InstanceView | GroupView, view: VrrpView): string[] {
  const shown = (kind: TrackerKind): Shown[] => trackersOf[kind](config, view);
  return [
    ...listed('   Tracked interfaces :', shown('Interface').map(trackerLine)),
    ...listed('   Tracked scripts :', shown('Script').map(trackerLine)),
    ...listed('   Tracked files :', shown('File').map(trackerLine)),
    // Compat: with a comma, as nothing else has it.
    ...listed(
      '   Tracked processes :',
      shown('Process').map((one) => trackerLine({ ...one, name: `${one.name},` })),
    ),
  ];
}

/** `kind` decides what times are counted in: VRRPv3 has hundredths. */
const interval = ({ plan, kind }: InstanceView): string =>
  kind.version === 2
    ? `${toSeconds(plan.advertInterval)} sec`
    : `${plan.advertInterval / 1000} milli-sec`;

function authentication({ plan }: InstanceView): string[] {
  const { authentication: by } = plan;
  if (by?.type === 'HMAC') return hmac(by);
  if (by === undefined) return ['   Authentication type = none'];
  const type = by.type === 'AH' ? 'IPSEC_AH' : 'SIMPLE_PASSWORD';
  return [`   Authentication type = ${type}`, '   Password = ********'];
}

/** Keys are told by their numbers. */
function hmac(plan: HmacPlan): string[] {
  const { keys, active, mode, window } = plan;
  const lost = lostKey(plan);
  const told = keys.map(({ id }) => (id === active ? `${id} (active)` : id));
  if (lost !== undefined) told.push(`${lost} (active, not read)`);
  return [
    '   Authentication type = HMAC_SHA256',
    `   Keys = ${told.join(', ')}`,
    `   Mode = ${mode}`,
    `   Anti replay = ${window === undefined ? 'monotonic' : `time, window ${toSeconds(window)}`}`,
  ];
}

/** An IPv6 group belongs to an interface. */
function zone({ kind, plan }: InstanceView, { links }: VrrpView): string {
  const index = kind.family === 6 ? links.get(deviceOf(plan) ?? '')?.index : undefined;
  return index === undefined ? '' : `, ifindex ${index}`;
}

/** Compat: nopreempt and use_vmac are flags that have no name here. */
const flagLines = ({ config, kind, plan }: InstanceView): string[] => {
  if (kind.isUnicast) return ['   Flags:', '     Using unicast'];
  return [plan.nopreempt || plan.vmac || config.use_vmac_addr ? '   Flags:' : '   Flags: none'];
};

const extraGarp = ({ extra: { all, interval } }: GarpPlan): string =>
  `   Gratuitous ARP for each secondary ${all ? 'i/f' : 'VMAC'} = ${toSeconds(interval)}`;

function instanceLines(vr: InstanceView, view: VrrpView, epoch: number): string[] {
  const { config, plan, kind, status, group } = vr;
  const isSet = status?.addressesSet ?? false;
  const { garp } = plan;
  const faults = status?.faults ?? [];
  const awaiting = faults.filter((fault) => fault.startsWith('awaiting ')).length;
  const priority = status?.basePriority ?? plan.priority;
  const preemptDelay = toSeconds(plan.preemptDelay);
  const source = plan.source === undefined ? '' : ' (from configuration)';
  return [
    ` VRRP Instance = ${config.name}`,
    `   VRRP Version = ${kind.version}`,
    ...(kind.family === 6 ? ['   Using Native IPv6'] : []),
    ...(group ? [`   Sync group = ${group.name}`] : []),
    `   State = ${status?.state ?? 'INIT'}`,
    ...flagLines(vr),
    `   Wantstate = ${status?.wanted ?? plan.wanted}`,
    '   Number of config faults = 0',
    `   Number of interface and track script faults = ${faults.length - awaiting}`,
    `   Number of track scripts init = ${awaiting}`,
    `   Last transition = ${timeText((status?.since ?? 0) + epoch)}`,
    ...placeLines(vr, view),
    ...(kind.strict ? ['   Enforcing strict VRRP compliance'] : []),
    ...(status?.source === undefined ? [] : [`   Using src_ip = ${status.source}${source}`]),
    ...(kind.isUnicast ? [] : [`   Multicast address ${plan.group}${zone(vr, view)}`]),
    `   Gratuitous ARP delay = ${toSeconds(garp.delay)}`,
    `   Gratuitous ARP repeat = ${garp.repeat}`,
    `   Gratuitous ARP refresh = ${toSeconds(garp.refresh)}`,
    `   Gratuitous ARP refresh repeat = ${garp.refreshRepeat}`,
    `   Gratuitous ARP lower priority delay = ${toSeconds(garp.lowerPrioDelay)}`,
    `   Gratuitous ARP lower priority repeat = ${garp.lowerPrioRepeat}`,
    ...(garp.extra.interval > 0 && extraVips(plan).length > 0 ? [extraGarp(garp)] : []),
    `   Down timer adverts = ${plan.downTimerAdverts}`,
    `   Send advert after receive lower priority advert = ${!plan.lowerPrioNoAdvert}`,
    `   Send advert after receive higher priority advert = ${plan.higherPrioSendAdvert}`,
    `   Virtual Router ID = ${plan.vrid}`,
    `   Priority = ${priority}`,
    `   Effective priority = ${status?.priority ?? priority}`,
    `   Total priority = ${status?.priority ?? priority}`,
    `   Advert interval = ${interval(vr)}`,
    `   Accept = ${enabled(plan.accept)}`,
    `   Preempt = ${enabled(!(status?.nopreempt ?? plan.nopreempt))}`,
    ...(preemptDelay > 0 ? [`   Preempt delay = ${preemptDelay} secs`] : []),
    `   Promote_secondaries = ${enabled(config.promote_secondaries)}`,
    ...(kind.version === 2 || plan.authentication ? authentication(vr) : []),
    ...listed(
      `   Virtual IP (${plan.vips.length}):`,
      plan.vips.map((vip) => addressLine(vip, isSet)),
    ),
    ...listed(
      '   Virtual IP Excluded :',
      plan.excluded.map((vip) => addressLine(vip, isSet)),
    ),
    ...listed(
      '   Unicast Peer :',
      kind.isUnicast ? config.unicast_peer.map(({ address }) => address) : [],
    ),
    ...listed('   Virtual Routes :', config.virtual_routes.map(routeLine)),
    ...listed('   Virtual Rules :', config.virtual_rules.map(ruleLine)),
    ...trackers(vr, view),
    `   Using smtp notification = ${yes(vr.sendsMail)}`,
    `   Notify deleted = ${config.notify_deleted === undefined ? 'Fault' : 'Deleted'}`,
    ...scripts(vr),
    `   Notify priority changes = ${config.notify_priority_changes === true}`,
  ];
}

const groupLines = (group: GroupView, view: VrrpView): string[] => [
  ` VRRP Sync Group = ${group.config.name}, ${group.state}`,
  ...listed(
    '   VRRP member instances :',
    group.members.map(({ config }) => config.name),
  ),
  `   Using smtp notification = ${yes(group.sendsMail)}`,
  ...trackers(group, view),
  ...scripts(group),
];

function scriptLines(view: VrrpView): string[] {
  const known = new Map(view.status?.scripts.map((one) => [one.name, one]));
  const used = new Set(view.plan.scripts.map(({ name }) => name));
  return view.config.vrrp_script
    .filter(({ name }) => used.has(name))
    .flatMap((block) => {
      const status = known.get(block.name);
      const result = status?.up === undefined ? 'INIT' : status.up ? 'GOOD' : 'BAD';
      return [
        ` VRRP Script = ${block.name}`,
        `   Command = ${shownCommand(block.script)}`,
        `   Interval = ${toSeconds(block.interval)} sec`,
        `   Timeout = ${toSeconds(block.timeout ?? block.interval)} sec`,
        `   Weight = ${block.weight.weight}${block.weight.reverse ? ' reverse' : ''}`,
        `   Rise = ${block.rise}`,
        `   Fall = ${block.fall}`,
        `   Status = ${result}`,
        `   State = ${status?.running ? 'running' : 'idle'}`,
      ];
    });
}

function processLines(view: VrrpView): string[] {
  const known = new Map(view.status?.processes.map((one) => [one.name, one]));
  return view.config.vrrp_track_process.flatMap((block) => [
    ` VRRP Track process = ${block.name}`,
    `   Process = ${[block.process.name, ...block.process.parameters].join(' ')}`,
    `   Min processes = ${block.quorum}`,
    ...(block.quorum_max === undefined ? [] : [`   Max processes = ${block.quorum_max}`]),
    `   Current processes = ${known.get(block.name)?.count ?? 0}`,
    `   Have quorum = ${known.get(block.name)?.up ?? false}`,
    `   Weight = ${block.weight.weight}${block.weight.reverse ? ' reverse' : ''}`,
    `   Full command = ${block.full_command}`,
  ]);
}

function fileLines(view: VrrpView): string[] {
  const known = new Map(view.status?.files.map(({ name, value }) => [name, value]));
  return view.config.track_file.flatMap((block) => [
    ` VRRP Track file = ${block.name}`,
    `   File = ${block.file}`,
    `   Status = ${known.get(block.name) ?? 0}`,
    `   Weight = ${block.weight.weight}${block.weight.reverse ? ' reverse' : ''}`,
  ]);
}

/** Everything of the vrrp part, but for the global definitions. */
export function vrrpText(view: VrrpView, epoch: number): string {
  const { config } = view;
  const runs = view.status !== undefined;
  const indented = (lines: readonly string[]): string[] => lines.map((line) => `     ${line}`);
  return [
    section(
      'Static Addresses',
      indented(config.static_ipaddress.map((line) => staticAddressText(line, runs))),
    ),
    section('Static Routes', indented(config.static_routes.map(routeLine))),
    section('Static Rules', indented(config.static_rules.map(ruleLine))),
    section(
      'VRRP Topology',
      view.instances.flatMap((vr) => instanceLines(vr, view, epoch)),
    ),
    section(
      'VRRP Sync groups',
      view.groups.flatMap((group) => groupLines(group, view)),
    ),
    section('VRRP Scripts', scriptLines(view)),
    section('VRRP Track files', fileLines(view)),
    section('VRRP Track processes', processLines(view)),
    section('Interfaces', interfaceLines(view)),
  ].join('');
}

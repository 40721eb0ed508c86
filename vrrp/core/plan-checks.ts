import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { familyOf, isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import { endOf, placeOf } from '#src/config/places.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import { type Kind, namesUnicast, STRICT_DOWN_TIMER } from './plan-kind.js';
import { adjust } from './plan-report.js';
import { checkVmac } from './plan-vmacs.js';

/**
 * What keepalived finds wrong between the keywords of an instance when all of them are read, and
 * how it gets along (reference §3). What `planRouter` settles is said there.
 */
export function checkInstance(
  vr: VrrpInstanceConfig,
  kind: Kind,
  globals: GlobalDefsConfig,
  report: Report,
): void {
  if (kind.strict) checkStrict(vr, kind, globals, report);
  checkVersion(vr, kind, report);
  checkFirstAddress(vr, kind, report);
  checkUnicast(vr, kind, report);
  checkInterface(vr, kind, report);
  checkVmac(vr, kind, report);
}

function checkVersion(vr: VrrpInstanceConfig, kind: Kind, report: Report): void {
  if (vr.native_ipv6 && kind.family === 4) {
    const message = `(${vr.name}) Cannot specify native_ipv6 with IPv4 addresses`;
    adjust(report, message, { at: placeOf(vr, 'native_ipv6'), ofBlock: false });
  }
  if (vr.version !== 2 || kind.version === 2) return;
  if (kind.strict) {
    const message = `(${vr.name}) cannot use IPv6 with VRRP version 2; setting version 3`;
    adjust(report, message, { at: placeOf(vr, 'version') });
  } else {
    const message = `(${vr.name}) vrrp_version 2 conflicts with configured or deduced version 3; ignoring.`;
    adjust(report, message, { at: placeOf(vr, 'version'), ofBlock: false });
  }
}

/** RFC 9568 §5.2.9: the first IPv6 address of an advert is the virtual router's link-local one. */
function checkFirstAddress(vr: VrrpInstanceConfig, kind: Kind, report: Report): void {
  if (kind.family !== 6 || kind.isUnicast) return;
  const first = vr.virtual_ipaddress.find(({ address }) => familyOf(address) === 6);
  if (first === undefined || isLinkLocal6(first.address)) return;
  const what = `(${vr.name}) the first IPv6 VIP address`;
  if (kind.strict) {
    adjust(report, `${what} must be link local`, { at: vr.at });
    return;
  }
  report({
    severity: 'warning',
    class: 'advice',
    code: 'first-address-not-link-local',
    message: `${what} should be link local`,
    at: first.at,
  });
}

/** What strict mode does not leave to the configuration. */
function checkStrict(
  vr: VrrpInstanceConfig,
  kind: Kind,
  globals: GlobalDefsConfig,
  report: Report,
): void {
  const { name, at } = vr;
  const say = (what: string): void => adjust(report, `(${name}) ${what}`, { at });
  if (vr.state !== undefined && vr.state !== kind.wanted) {
    say('State MASTER must match being address owner');
  }
  if ((vr.down_timer_adverts ?? globals.vrrp_down_timer_adverts) !== STRICT_DOWN_TIMER) {
    say('down_timer_adverts is incompatible with strict mode - resetting');
  }
  if (vr.garp_lower_prio_repeat) say('Strict mode requires no repeat garps. resetting');
  if (vr.garp_lower_prio_delay) say('Strict mode requires no repeat garp delay. resetting');
  if (vr.lower_prio_no_advert === false) {
    say('Strict mode requires no lower priority advert. resetting');
  }
  if (vr.higher_prio_send_advert) {
    say('strict mode requires higher_prio_send_advert to be clear. resetting');
  }
  if (vr.accept && kind.version === 2 && !kind.isOwner) {
    say('warning - accept mode for VRRP version 2 does not comply with RFC3768 - resetting');
  }
  if (kind.isOwner && vr.owner_ignore_adverts === false) {
    say('strict mode requires owner_ignore_adverts. resetting');
  }
  if (vr.auth_hmac && vr.auth_hmac.mode !== 'enforce') {
    say('strict mode requires auth_hmac mode enforce. resetting');
  }
}

function checkUnicast(vr: VrrpInstanceConfig, { family, isUnicast }: Kind, report: Report): void {
  const { name, at } = vr;
  for (const peer of vr.unicast_peer) {
    if (familyOf(peer.address) === family) continue;
    const message =
      `Configuration error: VRRP instance[${name}] and unicast peer address[${peer.address}] ` +
      'MUST be of the same family !!! Skipping...';
    adjust(report, message, { at: peer.at, ofBlock: false });
  }
  for (const field of ['mcast_src_ip', 'unicast_src_ip'] as const) {
    const source = vr[field];
    if (source === undefined || familyOf(source) === family) continue;
    const message =
      `Configuration error: VRRP instance[${name}] and src address[${source}] ` +
      'MUST be of the same family !!! Skipping...';
    adjust(report, message, { at: placeOf(vr, field), ofBlock: false });
  }
  if (isUnicast) {
    if (vr.mcast_dst_ip !== undefined) {
      adjust(report, `(${name}) multicast destination specified with unicast - ignoring`, { at });
    }
    return;
  }
  if (namesUnicast(vr)) {
    report({
      severity: 'warning',
      class: 'deprecated',
      message:
        `(${name}) A unicast keyword has been specified without any unicast peers. Defaulting to ` +
        'multicast. This usage is deprecated - please update your configuration.',
      at,
    });
  }
  if (vr.unicast_ttl !== undefined) {
    const message = `(${name}): Cannot use unicast_ttl without unicast peers - resetting`;
    adjust(report, message, { at: endOf(vr), ofBlock: false });
  }
}

function checkInterface(vr: VrrpInstanceConfig, { family }: Kind, report: Report): void {
  const { name, at } = vr;
  if (vr.vrf !== undefined && vr.interface !== undefined) {
    const message = `(${name}) Cannot specify VRF interface and interface - ignoring`;
    adjust(report, message, { at: placeOf(vr, 'vrf'), ofBlock: false });
  }
  if (vr.use_ipvlan && !vr.use_ipvlan.address && vr.mcast_src_ip === undefined && family === 4) {
    const message =
      `(${name}) IPv4 ipvlan requires a source ip address to be configured. ` +
      'setting instance to fault state';
    adjust(report, message, { at });
  }
}

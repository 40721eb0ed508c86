import { seconds } from '@keepalived-ts/base/time.js';
import { keyword } from '../schema.js';
import { duration, flag, word } from '../values.js';

const DBUS = 'D-Bus is not spoken; SNMP, fifos and the JSON dump tell the same';

/** What the daemon tells to management systems. */
export const snmpGlobals = {
  snmp_socket: keyword(
    word,
    'Where the AgentX master listens that our part of the tree is registered with.',
  )
    .skippedAlone()
    .onlyOnce()
    .unless('unix:/var/agentx/master')
    .shown('snmp_socket tcp:127.0.0.1:705'),
  enable_traps: keyword(flag, 'Send an SNMP notification on each change of state.'),
  enable_snmp_vrrp: keyword(flag, 'Serve the VRRP part of KEEPALIVED-MIB.').deprecatedAlias(
    'enable_snmp_keepalived',
  ),
  enable_snmp_rfc: keyword(flag, 'Serve the MIBs of both VRRP RFCs (2787 and 6527).'),
  enable_snmp_rfcv2: keyword(flag, 'Serve VRRP-MIB, which knows version 2 (RFC 2787).'),
  enable_snmp_rfcv3: keyword(flag, 'Serve VRRPV3-MIB, which knows version 3 (RFC 6527).'),
  enable_snmp_checker: keyword(
    flag,
    'Serve the part of KEEPALIVED-MIB that tells of virtual and real servers.',
  ),
  snmp_vs_stats_update_interval: keyword(
    duration(0.001, 30),
    'How old statistics of a virtual server may be when SNMP asks for them.',
  ).default(seconds(5)),
  snmp_rs_stats_update_interval: keyword(
    duration(0.001, 30),
    'How old statistics of a real server may be when SNMP asks for them.',
  ).unless('snmp_vs_stats_update_interval'),

  enable_dbus: keyword(flag, 'Export the state of VRRP instances on D-Bus.').refused(DBUS),
  dbus_service_name: keyword(word, 'Name to own on the bus.')
    .skippedAlone()
    .unless('org.keepalived.Vrrp1')
    .refused(DBUS),
  dbus_no_interface_name: keyword(
    word,
    'Element of the object path for instances without interface.',
  )
    .skippedAlone()
    .refused(DBUS),
};

import { block, type ConfigOf, keyword, several, slot } from '#src/config/schema.js';
import { scriptCommand } from '#src/config/script-value.js';
import { boolean, duration, integer, word } from '#src/config/values.js';
import { forwarding } from './forwarding.js';
import { serverAddress } from './values.js';

const SERVICE = 'the value of the virtual_server';
const U32 = 4294967295;

/** A checker whose sessions nobody keeps yet: it is read, and the server counts as up. */
const bfdCheck = block('BFD_CHECK', {
  doc: 'The state of the server is that of a BFD session.',
  keywords: {
    name: keyword(word, 'The session, by the name of a bfd_instance further up.').required(),
    alpha: keyword(boolean, 'The server counts as down until the session is up.').unless(
      "the real server's",
    ),
  },
});

export const realServer = block('real_server', {
  doc: 'A member of the pool: where packets go that come to the virtual server.',
  manual:
    'Without a port it is that of the virtual server. A server without a checker is always up;' +
    ' with several it is up while none of them has failed.',
  example:
    'virtual_server 192.0.2.1 80 {\n' +
    '  protocol TCP\n  lvs_sched wrr\n  lvs_method NAT\n' +
    '  real_server 10.0.0.1 80 {\n    weight 2\n    TCP_CHECK {\n    }\n  }\n}',
  header: { server: serverAddress },
  keywords: {
    weight: keyword(
      integer(0, 2147483647),
      'Share of new connections; 0 keeps the old ones and gives no more.',
    ).unless('weight of the virtual_server, else 1'),
    lvs_method: keyword(forwarding, 'How packets reach this server.').unless(SERVICE),
    inhibit_on_failure: keyword(
      boolean,
      'Set the weight to 0 on failure and leave the server in the table, so that connections end in peace.',
    ).unless(SERVICE),
    notify_up: keyword(scriptCommand, 'Program to run when the server comes up.')
      .onlyOnce()
      .shown('notify_up "/usr/local/bin/pool up 10.0.0.1"'),
    notify_down: keyword(scriptCommand, 'Program to run when the server goes down.').onlyOnce(),
    uthreshold: keyword(
      integer(0, U32),
      'Connections at which the server gets no more; 0 for no bound.',
    ).unless('no bound'),
    lthreshold: keyword(
      integer(0, U32),
      'Connections below which a server that was full gets some again.',
    ).unless("three quarters of uthreshold, by the kernel's choice"),
    alpha: keyword(boolean, 'Take the server for down until its checkers have succeeded.').unless(
      SERVICE,
    ),
    retry: keyword(
      integer(1, U32),
      'Attempts of a checker after the first failed one, before the server counts as down.',
    ).unless(`${SERVICE}, else the checker's own`),
    delay_before_retry: keyword(duration(0), 'Time between those attempts.').unless(
      `${SERVICE}, else the checker's own`,
    ),
    warmup: keyword(
      duration(0),
      'Checks begin at a random moment within this time, so that not all begin at once.',
    ).unless(`${SERVICE}, else delay_loop`),
    connect_timeout: keyword(
      duration(0.000001, 4294.967295),
      'How long a checker waits for a connection, and again for an answer.',
    ).unless(`${SERVICE}, else 5 seconds`),
    delay_loop: keyword(duration(0.000001), 'Time between two checks.').unless(
      `${SERVICE}, else 60 seconds`,
    ),
    virtualhost: keyword(word, 'Host that HTTP checks ask for.')
      .skippedAlone()
      .replacedWithError()
      .unless(SERVICE),
    smtp_alert: keyword(boolean, 'Send mail when the server comes up or goes down.').unless(
      'smtp_alert_checker or smtp_alert of global_defs, else on',
    ),
    snmp_name: keyword(word, 'Name of the server in SNMP tables.')
      .skippedAlone()
      .replacedWithError(),
    BFD_CHECK: several(bfdCheck).refused(
      'there is no BFD yet; without another checker the server counts as up',
    ),
    checkers: slot('How the server is checked.'),
  },
});
export type RealServerConfig = ConfigOf<typeof realServer>;

import { seconds } from '@keepalived-ts/base/time.js';
import { integerOf } from '../numbers.js';
import { keyword, type ValueType } from '../schema.js';
import { boolean, flag, list, quoted, wholeSeconds, word } from '../values.js';

const MAIL = 'no mail is sent yet';

/** A mail server by address or name. */
export interface MailServer {
  host: string;
  port: number;
}
const SMTP_PORT = 25;

/** Differs: a name is looked up when there is mail to send, not while the file is read. */
export const mailServer: ValueType<MailServer> = {
  usage: 'IPADDR|NAME [PORT]',
  least: 1,
  parse([host, port], context) {
    if (host === undefined) return undefined;
    const number = port ? integerOf(port, 1, 65535, context, { strict: true }) : SMTP_PORT;
    return number === undefined ? undefined : { host: host.text, port: number };
  },
  print: ({ host, port }) => (port === SMTP_PORT ? quoted(host) : `${quoted(host)} ${port}`),
  json: {
    schema: {
      type: 'object',
      properties: { host: { type: 'string' }, port: { type: 'integer' } },
      required: ['host', 'port'],
      additionalProperties: false,
    },
    of: (value) => value,
  },
};

/** How this node names itself in mails and hands them over. */
export const mailGlobals = {
  router_id: keyword(word, 'Name of this node, which stands in front of every mail subject.')
    .skippedAlone()
    .unless("the host's name")
    .shown('router_id lb1')
    .without('it is for mail only, and no mail is sent yet'),
  notification_email_from: keyword(word, 'Sender address of alert mail.')
    .skippedAlone()
    .unless('USER@HOSTNAME of the user the daemon runs as')
    .shown('notification_email_from keepalived@example.com')
    .refused(MAIL),
  smtp_server: keyword(mailServer, 'Mail server that takes alert mail, by address or by name.')
    .explained('A name is looked up each time there is mail to send.')
    .shown('smtp_server 192.0.2.25 587')
    .refused(MAIL),
  smtp_helo_name: keyword(
    { ...word, least: 0 },
    'Name by which the node greets the mail server (HELO).',
  )
    .unless("the host's name")
    .refused(MAIL),
  smtp_connect_timeout: keyword(
    wholeSeconds(1, 4294, { zero: 1 }),
    'How long to wait for the mail server, connecting and at each step of the dialogue.',
  )
    .default(seconds(30))
    .refused(MAIL),
  notification_email: keyword(
    list(word, { words: true, empty: 'Warning - empty notification_email block' }),
    'Who gets alert mail: one or more addresses.',
  )
    .shown('notification_email {\n  ops@example.com\n}')
    .refused(MAIL),
  smtp_alert: keyword(
    boolean,
    'Whether mail is sent on changes where neither the object nor smtp_alert_vrrp or smtp_alert_checker says.',
  ).refused(MAIL),
  smtp_alert_vrrp: keyword(
    boolean,
    'Whether instances and sync groups that do not say so themselves send mail.',
  ).refused(MAIL),
  smtp_alert_checker: keyword(
    boolean,
    'Whether virtual and real servers that do not say so themselves send mail.',
  ).refused(MAIL),
  no_email_faults: keyword(flag, 'Send no mail when an instance or group enters FAULT.').refused(
    MAIL,
  ),
  no_checker_emails: keyword(
    boolean,
    'Mail only when a real server is added or removed, not for each checker that changes its mind.',
  ).refused(MAIL),
};

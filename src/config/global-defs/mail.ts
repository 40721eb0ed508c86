import { seconds } from '@keepalived-ts/base/time.js';
import { integerOf } from '../numbers.js';
import { keyword } from '../schema.js';
import type { ValueType } from '../value-type.js';
import { boolean, choice, flag, list, passwordOf, quoted, wholeSeconds, word } from '../values.js';

/** RFC 4954 §4: what a line of the dialogue can hold at least. */
const LONGEST_PASSWORD = 512;

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
    .shown('router_id lb1'),
  notification_email_from: keyword(word, 'Sender address of alert mail.')
    .skippedAlone()
    .unless('USER@HOSTNAME of the user the daemon runs as')
    .shown('notification_email_from keepalived@example.com'),
  smtp_server: keyword(mailServer, 'Mail server that takes alert mail, by address or by name.')
    .explained('A name is looked up each time there is mail to send.')
    .shown('smtp_server 192.0.2.25 587'),
  smtp_helo_name: keyword(
    { ...word, least: 0 },
    'Name by which the node greets the mail server (HELO).',
  ).unless("the host's name"),
  smtp_connect_timeout: keyword(
    wholeSeconds(1, 4294, { zero: 1 }),
    'How long to wait for the mail server, connecting and at each step of the dialogue.',
  ).default(seconds(30)),
  smtp_user: keyword(word, 'User to log in to the mail server as, where it asks for that.')
    .explained('keepalived does not know this keyword, nor those below that begin with `smtp_`.')
    .shown('smtp_user lb1@example.com'),
  smtp_password: keyword(passwordOf(LONGEST_PASSWORD), 'Password of smtp_user.').explained(
    'A file that others may not read is a better place for it: `smtp_password_file`.',
  ),
  smtp_password_file: keyword(
    word,
    'File with the password of smtp_user on its first line; only root, or our user, may read it.',
  )
    .explained('It is read at start and at each reload.')
    .shown('smtp_password_file /etc/keepalived/mail-password'),
  smtp_tls: keyword(
    choice('none', 'starttls', 'tls'),
    'How the way to the mail server is encrypted: not, after STARTTLS, or from the beginning.',
  )
    .unless('starttls where smtp_user is set, else none')
    .explained("The server's certificate must be valid for the name or address in smtp_server.")
    .shown('smtp_tls starttls'),
  smtp_tls_ca: keyword(
    word,
    'File with the certificates (PEM) of the authorities that may vouch for the mail server.',
  )
    .unless('the public authorities that Node.js knows')
    .shown('smtp_tls_ca /etc/ssl/certs/internal-ca.pem'),
  notification_email: keyword(
    list(word, { words: true, empty: 'Warning - empty notification_email block' }),
    'Who gets alert mail: one or more addresses.',
  ).shown('notification_email {\n  ops@example.com\n}'),
  smtp_alert: keyword(
    boolean,
    'Whether mail is sent on changes where neither the object nor smtp_alert_vrrp or smtp_alert_checker says.',
  ),
  smtp_alert_vrrp: keyword(
    boolean,
    'Whether instances and sync groups that do not say so themselves send mail.',
  ),
  smtp_alert_checker: keyword(
    boolean,
    'Whether virtual and real servers that do not say so themselves send mail.',
  ),
  no_email_faults: keyword(flag, 'Send no mail when an instance or group enters FAULT.'),
  no_checker_emails: keyword(
    boolean,
    'Mail only when a real server is added or removed, not for each checker that changes its mind.',
  ),
};

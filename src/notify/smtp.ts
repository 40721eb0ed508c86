import { execFile } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { promisify } from 'node:util';
import { reveal, type Secret } from '@keepalived-ts/base/secret.js';
import { type Duration, toMilliseconds } from '@keepalived-ts/base/time.js';
import type { SMTPTransportOptions } from 'nodemailer';
import { mailText } from './letter.js';
import type { Deliver, Delivery } from './mailer.js';

/** How mails are handed over. */
export interface SmtpSettings {
  server: { host: string; port: number };
  tls: 'none' | 'starttls' | 'tls';
  /** Certificates, as PEM, of the only authorities believed; otherwise those that Node knows. */
  authorities: readonly string[] | undefined;
  login: { user: string; password: Secret } | undefined;
  /** What is not said follows from the name of this machine and our user. */
  helo: string | undefined;
  from: string | undefined;
  router: string | undefined;
  to: readonly string[];
  /** For connecting, and for each answer of the server. */
  timeout: Duration;
}

/** Hands a mail to the server. nodemailer is loaded with the first one. */
export const deliverBySmtp: Deliver<SmtpSettings> = async (posted, settings, signal) => {
  const host = await hostName();
  const from = settings.from ?? `${userName()}@${host}`;
  const { date, letter } = posted;
  const heading = { date, from, to: settings.to, router: settings.router ?? host };
  const raw = mailText(letter, { ...heading, id: `${posted.id}@${host}` });
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(options(settings, settings.helo ?? host));
  try {
    const envelope = { from, to: [...settings.to] };
    const { rejected } = await transport.sendMail({ envelope, raw, signal });
    return { result: 'sent', refused: rejected };
  } catch (e) {
    return failure(e as SmtpError);
  } finally {
    transport.close();
  }
};

function options(settings: SmtpSettings, name: string): SMTPTransportOptions {
  const { server, tls, login, authorities } = settings;
  const patience = toMilliseconds(settings.timeout);
  return {
    ...server,
    name,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(authorities !== undefined && { tls: { ca: [...authorities] } }),
    ...(login && { auth: { user: login.user, pass: reveal(login.password).toString() } }),
    // A server that offers no login is told of ours all the same, so that its answer is heard.
    forceAuth: login !== undefined,
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    dnsTimeout: patience,
  };
}

/** What nodemailer adds to its errors. */
type SmtpError = Error & { code?: string; responseCode?: number };

/** Codes of nodemailer for what the server said of this one mail. */
const OF_MAIL = ['EENVELOPE', 'EMESSAGE'];

/** A lasting refusal (RFC 5321 §4.2.1) of the mail is final; one of the login may be mended. */
function failure({ message, code = '', responseCode = 0 }: SmtpError): Delivery {
  const isFinal = OF_MAIL.includes(code) && responseCode >= 500;
  return { result: isFinal ? 'never' : 'later', reason: message };
}

let known: Promise<string> | undefined;

/** The full name of this machine, as hostname(1) finds it; the short one if that fails. */
function hostName(): Promise<string> {
  known ??= promisify(execFile)('hostname', ['-f'], { timeout: 3000 }).then(
    ({ stdout }) => stdout.trim() || hostname(),
    () => hostname(),
  );
  return known;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // ENOENT: our user is in no database, as in some containers
    return 'keepalived';
  }
}

import { execFile } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { promisify } from 'node:util';
import { reveal, type Secret } from '@keepalived-ts/base/secret.js';
import { type Duration, toMilliseconds } from '@keepalived-ts/base/time.js';
import type { NodemailerError, SMTPTransportOptions } from 'nodemailer';
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
  const to = settings.to.filter((recipient) => posted.left?.includes(recipient) ?? true);
  if (to.length === 0)
    return { result: 'never', reason: 'the configuration no longer names its recipients' };
  const host = await hostName();
  const from = settings.from ?? `${userName()}@${host}`;
  const { date, letter } = posted;
  const heading = { date, from, to: settings.to, router: settings.router ?? host };
  const raw = mailText(letter, { ...heading, id: `${posted.id}@${host}` });
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(options(settings, settings.helo ?? host));
  try {
    const sent = await transport.sendMail({ envelope: { from, to }, raw, signal });
    const { refused, deferred } = rejections(sent.rejectedErrors);
    const [first] = deferred;
    if (!first) return { result: 'sent', refused };
    return { result: 'deferred', refused, left: recipientsOf(deferred), reason: first.message };
  } catch (e) {
    return failure(e as NodemailerError, to);
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

/** Codes of nodemailer for what the server said of this one mail. */
const OF_MAIL = ['EENVELOPE', 'EMESSAGE'];
/** The server is about to go away (RFC 5321 §3.8), whatever mail it has said so to. */
const GOING_AWAY = 421;

/** A lasting refusal (RFC 5321 §4.2.1) of the mail is final; one of the login may be mended. */
function failure(error: NodemailerError, to: readonly string[]): Delivery {
  const { message: reason, code = '', responseCode, permanent, rejectedErrors } = error;
  if (!OF_MAIL.includes(code) || responseCode === undefined || responseCode === GOING_AWAY) {
    return { result: 'later', reason };
  }
  if (permanent) return { result: 'never', reason };
  const { refused } = rejections(rejectedErrors);
  const left = to.filter((recipient) => !refused.includes(recipient));
  return { result: 'deferred', refused, left, reason };
}

/** Recipients that the server refused for good, and those that it may take another time. */
function rejections(errors: readonly NodemailerError[] = []) {
  return {
    refused: recipientsOf(errors.filter(({ permanent }) => permanent)),
    deferred: errors.filter(({ permanent }) => !permanent),
  };
}

const recipientsOf = (errors: readonly NodemailerError[]): string[] =>
  errors.flatMap(({ recipient }) => recipient ?? []);

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

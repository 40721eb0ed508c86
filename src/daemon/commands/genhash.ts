import { parseIp } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import type { Target } from '#checks/core/define-checker.js';
import { type HttpProtocol, hostOf, requestHead } from '#checks/core/http.js';
import type { HttpReply } from '#checks/core/http-reply.js';
import { ProbeFailure } from '#checks/core/probe-io.js';
import { httpGet } from '#checks/shell/http-get.js';
import { Tls } from '#checks/shell/tls.js';
import type { Given, Outcome } from '../subcommands.js';
import { hexDump } from './hex-dump.js';

/** Where nobody says; as for checks. */
const PATIENCE = 5;
const protocols: Readonly<Record<string, HttpProtocol>> = {
  '1.0': '1.0',
  '1.0c': '1.0c',
  '1.0C': '1.0C',
  '1.1': '1.1',
};

/** What is asked for on the command line. */
interface Question {
  target: Target;
  path: string;
  host: string;
  protocol: HttpProtocol;
  ssl: boolean;
  serverName: string | undefined;
}

/** A whole number between bounds, with nothing behind it. */
function numberOf(text: string, min: number, max: number): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : undefined;
}

/** The question, or what is wrong with the words. */
function questionOf({ options }: Given): Question | string {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  const [server, path] = [text('server'), text('url')];
  if (server === undefined) return '-s, the address of the server, is missing';
  if (text('port') === undefined) return '-p, the port, is missing';
  if (path === undefined) return '-u, the path of the page, is missing';
  const address = parseIp(server);
  if (address === undefined) return `server should be an IP, not ${server}`;
  const port = numberOf(text('port') ?? '', 1, 65_535);
  if (port === undefined) return `invalid port number '${text('port')}'`;
  const mark = numberOf(text('fwmark') ?? '0', 0, 0xffffffff);
  if (mark === undefined) return `invalid fwmark '${text('fwmark')}'`;
  const protocol = protocols[text('protocol') ?? '1.0'];
  if (!protocol) return `invalid HTTP protocol version '${text('protocol')}'`;
  const timeout = numberOf(text('timeout') ?? String(PATIENCE), 1, 4_294);
  if (timeout === undefined) return `invalid timeout '${text('timeout')}'`;
  const target: Target = {
    address,
    port,
    bindTo: undefined,
    bindPort: undefined,
    bindIf: undefined,
    mark,
    connectTimeout: seconds(timeout),
  };
  const virtualhost = text('use-virtualhost');
  return {
    target,
    path,
    host: virtualhost ?? hostOf(target),
    protocol,
    ssl: options['use-ssl'] === true,
    serverName: options['use-sni'] === true ? virtualhost : undefined,
  };
}

/**
 * Prints the MD5 of a page's body, for `digest` of HTTP_GET and SSL_GET: what their checks will
 * find. Compat: words and exit status are those of keepalived's genhash.
 */
export async function run(given: Given): Promise<Outcome> {
  const question = questionOf(given);
  if (typeof question === 'string') return { status: 1, err: `${question}\n` };
  const { target, path, host, protocol, ssl, serverName } = question;
  const begun = performance.now();
  try {
    const reply = await httpGet(
      target,
      {
        head: requestHead(protocol, path, host),
        tls: ssl ? { serverName, goodbye: false } : undefined,
        wants: { digest: true, body: given.options.verbose === true },
      },
      new AbortController().signal,
      ssl ? new Tls(undefined) : undefined,
    );
    const micros = Math.round((performance.now() - begun) * 1_000);
    if (given.options.verbose !== true) return { status: 0, out: `${reply.md5}\n` };
    return { status: 0, out: story(reply, path, micros) };
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error;
    return failure(error, ssl);
  }
}

/** Why there is no digest; for scripts that look at it that is no failure of the program. */
function failure({ reason, message }: ProbeFailure, ssl: boolean): Outcome {
  if (reason === 'no-reply') return { status: 0, err: 'no data received from remote webserver\n' };
  if (reason === 'timeout' && message === 'no answer in time') {
    return { status: 0, out: `Timeout ${ssl ? 'SSL' : 'WEB'} read\n` };
  }
  if (reason === 'tls') {
    return { status: 0, out: `SSL handshake/communication error: ${message}\n` };
  }
  return { status: 0, out: 'Connection failed\n' };
}

const title = (text: string): string =>
  `-----------------------[ ${text} ]-----------------------\n`;

/** All that was heard, and its digest. */
function story(reply: HttpReply, path: string, micros: number): string {
  const header = Buffer.from(reply.head);
  const body = reply.body.subarray(0, reply.announced);
  return [
    title('   HTTP Header Buffer   '),
    hexDump(header),
    title('HTTP Header Ascii Buffer'),
    `${header.toString('latin1')}\n`,
    title('       HTML Buffer       '),
    hexDump(body),
    `\n${title('   HTML hash resulting   ')}`,
    hexDump(Buffer.from(reply.md5, 'hex')),
    title('HTML hash final resulting'),
    `${reply.md5}\n\nGlobal response time for [${path}] = ${micros} usecs\n`,
  ].join('');
}

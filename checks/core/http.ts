import type { Span } from '@keepalived-ts/base/diagnostics.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { familyOf } from '@keepalived-ts/base/ip.js';
import type { CheckOptions } from '#src/config/schema.js';
import { down, type Probe, type Target, up, type Verdict } from './define-checker.js';
import type { HttpReply } from './http-reply.js';
import type { StatusRange } from './http-values.js';
import type { ProbeIo, TlsTerms } from './probe-io.js';
import { type BodyPattern, bodyPattern, type PatternConfig, unknownOptions } from './regex.js';
import { PatternProblem } from './regex-syntax.js';

export type HttpProtocol = '1.0' | '1.0C' | '1.0c' | '1.1';

/** What one `url` block asks for, and expects of the reply. */
export interface Page extends PatternConfig {
  path: string;
  virtualhost: string | undefined;
  digest: string | undefined;
  /** What each `status_code` line accepts; they add up. */
  status_code: readonly (readonly StatusRange[])[];
  regex_no_match: boolean;
}

/** What HTTP_GET and SSL_GET have in common. */
export interface WebOptions<P extends Page = Page> {
  http_protocol: HttpProtocol;
  virtualhost: string | undefined;
  url: readonly P[];
}

/** What counts as healthy where `status_code` is absent. */
const SUCCESS: readonly StatusRange[] = [{ from: 200, to: 299 }];

const literal = (address: IpAddress): string =>
  familyOf(address) === 6 ? `[${address}]` : address;

/** `Host` where no virtualhost is set: the target itself, always with its port. */
export const hostOf = (target: Target): string => `${literal(target.address)}:${target.port}`;

/**
 * The request, byte for byte as keepalived writes it, so that web servers log, route and answer
 * the same. 1.0 without `Connection: close` is its default and the server closes by itself.
 */
export function requestHead(protocol: HttpProtocol, path: string, host: string): string {
  const version = protocol === '1.1' ? '1.1' : '1.0';
  const close = protocol === '1.0' ? '' : 'Connection: close\r\n';
  return `GET ${path} HTTP/${version}\r\nUser-Agent: KeepAliveClient\r\n${close}Host: ${host}\r\n\r\n`;
}

/** The pattern of a page; one that can't be used was told at load, and is none. */
function patternOf(page: Page): BodyPattern | undefined {
  if (page.regex === undefined) return undefined;
  if (!patterns.has(page)) {
    const made = bodyPattern(page);
    patterns.set(page, made instanceof PatternProblem ? undefined : made);
  }
  return patterns.get(page);
}
const patterns = new WeakMap<Page, BodyPattern | undefined>();

/** What mails say of HTTP_GET and SSL_GET. */
export const webMail = ({ is }: Verdict): string =>
  is === 'up' ? 'CHECK succeed on service' : 'CHECK failed on service : HTTP/SSL request failed';

/** Fetches the page that is asked for and weighs it; `tls` where that is to be done by TLS. */
export async function fetchPage<P extends Page>(
  { target, options, surroundings, question, io, signal }: Probe<WebOptions<P>>,
  tls?: (page: P) => TlsTerms,
): Promise<Verdict> {
  const page = options.url[question];
  if (!page) throw new RangeError(`no url ${question}`);
  const host =
    page.virtualhost ?? options.virtualhost ?? surroundings.virtualhost ?? hostOf(target);
  const pattern = patternOf(page);
  const reply = await io.httpGet(
    target,
    {
      head: requestHead(options.http_protocol, page.path, host),
      tls: tls?.(page),
      wants: { digest: page.digest !== undefined, body: pattern !== undefined },
    },
    signal,
  );
  return replyVerdict(page, pattern, reply, io);
}

/** Weighs a reply: status, then digest, then pattern, as keepalived does (reference §9). */
export function replyVerdict(
  page: Page,
  pattern: BodyPattern | undefined,
  reply: HttpReply,
  io: Pick<ProbeIo, 'search'>,
): Verdict {
  const { path, digest, status_code, regex_no_match } = page;
  const ranges = status_code.length > 0 ? status_code.flat() : SUCCESS;
  if (!ranges.some(({ from, to }) => from <= reply.status && reply.status <= to)) {
    return down('status', `HTTP status code error: url(${path}), status_code [${reply.status}]`);
  }
  if (digest !== undefined && digest !== reply.md5) {
    return down('digest', `MD5 digest error: url(${path}), MD5SUM [${reply.md5}]`);
  }
  if (pattern) {
    const found = io.search(pattern, reply.body);
    if (found === 'limit') return down('regex', `Regex takes too long: url(${path})`);
    if ((found === 'found') === regex_no_match) {
      return down('regex', `Regex match error: url(${path}), the pattern was ${found}`);
    }
  }
  const fine = up(`url(${path}) status ${reply.status}`);
  const remark = mismatch(path, reply);
  return remark === undefined ? fine : { ...fine, remark };
}

/** Compat: a body of another length than announced is worth a word, but is no failure. */
const mismatch = (path: string, { announced, length }: HttpReply): string | undefined =>
  announced === undefined || announced === length
    ? undefined
    : `url(${path}): Content-Length ${announced} but ${length} bytes received`;

/** Says at load which patterns can't be used. */
export function remarkPatterns(
  pages: readonly (Page & { at: Span })[],
  report: (message: string, options?: CheckOptions) => void,
): void {
  for (const page of pages) {
    for (const name of unknownOptions(page)) {
      const message = `regex_options: unknown option '${name}' is passed over`;
      report(message, {
        severity: 'warning',
        class: 'advice',
        code: 'regex-not-used',
        at: page.at,
      });
    }
    const made = bodyPattern(page);
    if (!(made instanceof PatternProblem)) continue;
    report(`url ${page.path}: regex can't be used, the body is not searched: ${made.words}`, {
      class: 'advice',
      code: 'regex-not-used',
      at: page.at,
      hint: 'patterns are those of PCRE2 as far as JavaScript has an equal',
    });
  }
}

import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { familyOf } from '@keepalived-ts/base/ip.js';
import { down, type Target, up, type Verdict } from './define-checker.js';
import type { StatusRange } from './http-values.js';
import type { HttpReply } from './probe-io.js';

export type HttpProtocol = '1.0' | '1.0C' | '1.0c' | '1.1';

/** What one `url` block expects of the reply. */
export interface Expectation {
  path: string;
  digest: string | undefined;
  /** What each `status_code` line accepts; they add up. */
  status_code: readonly (readonly StatusRange[])[];
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

/** Weighs a reply: status first, then digest, as keepalived does (reference §9). */
export function replyVerdict(expected: Expectation, reply: HttpReply): Verdict {
  const { path, digest, status_code } = expected;
  const ranges = status_code.length > 0 ? status_code.flat() : SUCCESS;
  if (!ranges.some(({ from, to }) => from <= reply.status && reply.status <= to)) {
    return down('status', `HTTP status code error: url(${path}), status_code [${reply.status}]`);
  }
  if (digest !== undefined && digest !== reply.md5) {
    return down('digest', `MD5 digest error: url(${path}), MD5SUM [${reply.md5}]`);
  }
  return up(`url(${path}) status ${reply.status}`);
}

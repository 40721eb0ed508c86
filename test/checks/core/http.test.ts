import { ip } from '@keepalived-ts/base/ip.js';
import { describe, expect, it } from 'vitest';
import { hostOf, type Page, replyVerdict, requestHead } from '#checks/core/http.js';
import type { HttpReply } from '#checks/core/http-reply.js';
import { bodyPattern, type PatternConfig } from '#checks/core/regex.js';
import { PatternProblem } from '#checks/core/regex-syntax.js';
import { io } from '../real-io.js';
import { loopback } from '../support.js';

describe('the request', () => {
  // As Debian's keepalived 2.2.7 was seen to send it.
  it.each([
    ['1.0', 'GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: vs.example\r\n\r\n'],
    [
      '1.0C',
      'GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: vs.example\r\n\r\n',
    ],
    [
      '1.1',
      'GET / HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: vs.example\r\n\r\n',
    ],
  ] as const)("is keepalived's, byte for byte: %s", (protocol, head) => {
    expect(requestHead(protocol, '/', 'vs.example')).toBe(head);
  });

  it('names the target with its port where there is no virtualhost', () => {
    expect(hostOf(loopback(80))).toBe('127.0.0.1:80');
    expect(hostOf({ ...loopback(8080), address: ip('fd00::1') })).toBe('[fd00::1]:8080');
  });
});

describe('the verdict over a reply', () => {
  const md5 = '5d41402abc4b2a76b9719d911017c592';
  const page: Page = {
    path: '/x',
    virtualhost: undefined,
    digest: undefined,
    status_code: [],
    regex: undefined,
    regex_no_match: false,
    regex_options: [],
    regex_min_offset: undefined,
    regex_max_offset: undefined,
  };
  const nothing = new Uint8Array();
  const none = { announced: undefined, length: 5, head: nothing, body: nothing };
  const weigh = (of: Page, status: number, reply: Partial<HttpReply> = {}) =>
    replyVerdict(of, undefined, { ...none, md5, status, ...reply }, io);

  it.each([
    [199, 'down'],
    [200, 'up'],
    [299, 'up'],
    [300, 'down'],
    [0, 'down'],
  ])('takes 200 to 299 for healthy: %i is %s', (status, is) => {
    expect(weigh(page, status).is).toBe(is);
  });

  it('takes exactly the codes that all status_code lines together name', () => {
    const lines = [[{ from: 404, to: 404 }], [{ from: 500, to: 502 }]];
    const expected = { ...page, status_code: lines };
    const is = (status: number): string => weigh(expected, status).is;
    expect([200, 404, 405, 500, 502, 503].map(is)).toEqual([
      'down',
      'up',
      'down',
      'up',
      'up',
      'down',
    ]);
  });

  it('tells what was wrong, the status before the digest', () => {
    const other = { ...page, digest: '0'.repeat(32) };
    expect(weigh(other, 500)).toEqual({
      is: 'down',
      reason: 'status',
      detail: 'HTTP status code error: url(/x), status_code [500]',
    });
    expect(weigh(other, 200)).toEqual({
      is: 'down',
      reason: 'digest',
      detail: `MD5 digest error: url(/x), MD5SUM [${md5}]`,
    });
    expect(weigh({ ...page, digest: md5 }, 200).is).toBe('up');
  });

  it.each([
    ['match', false, 'up'],
    ['match', true, 'down'],
    ['nothing', false, 'down'],
    ['nothing', true, 'up'],
  ])('searches the body: %s with no_match %s is %s', (regex, regex_no_match, is) => {
    const searched = { ...page, regex, regex_no_match };
    const body = Buffer.from('a match');
    const pattern = usable(searched);
    expect(replyVerdict(searched, pattern, { ...none, md5, status: 200, body }, io).is).toBe(is);
  });

  it('breaks off a search without end, which is a failure', () => {
    const searched = { ...page, regex: '(a+)+$' };
    const body = Buffer.from(`${'a'.repeat(64)}b`);
    const reply = { ...none, md5, status: 200, body };
    expect(replyVerdict(searched, usable(searched), reply, io)).toMatchObject({
      is: 'down',
      detail: 'Regex takes too long: url(/x)',
    });
  });

  it('remarks on a body of another length than announced, and takes it', () => {
    expect(weigh(page, 200, { announced: 9 })).toMatchObject({
      is: 'up',
      remark: 'url(/x): Content-Length 9 but 5 bytes received',
    });
  });
});

function usable(config: PatternConfig) {
  const made = bodyPattern(config);
  if (!made || made instanceof PatternProblem) throw new Error(`no pattern: ${made?.words}`);
  return made;
}

import { ip } from '@keepalived-ts/base/ip.js';
import { describe, expect, it } from 'vitest';
import { hostOf, replyVerdict, requestHead } from '#checks/core/http.js';
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
  const page = { path: '/x', digest: undefined, status_code: [] };

  it.each([
    [199, 'down'],
    [200, 'up'],
    [299, 'up'],
    [300, 'down'],
    [0, 'down'],
  ])('takes 200 to 299 for healthy: %i is %s', (status, is) => {
    expect(replyVerdict(page, { status, md5 }).is).toBe(is);
  });

  it('takes exactly the codes that all status_code lines together name', () => {
    const lines = [[{ from: 404, to: 404 }], [{ from: 500, to: 502 }]];
    const expected = { ...page, status_code: lines };
    const is = (status: number): string => replyVerdict(expected, { status, md5 }).is;
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
    expect(replyVerdict(other, { status: 500, md5 })).toEqual({
      is: 'down',
      reason: 'status',
      detail: 'HTTP status code error: url(/x), status_code [500]',
    });
    expect(replyVerdict(other, { status: 200, md5 })).toEqual({
      is: 'down',
      reason: 'digest',
      detail: `MD5 digest error: url(/x), MD5SUM [${md5}]`,
    });
    expect(replyVerdict({ ...page, digest: md5 }, { status: 200, md5 }).is).toBe('up');
  });
});

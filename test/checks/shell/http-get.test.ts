import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { requestHead } from '#checks/core/http.js';
import type { ProbeFailure } from '#checks/core/probe-io.js';
import { io } from '../real-io.js';
import { loopback } from '../support.js';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const head = requestHead('1.0', '/index.html', 'www.example');

let server: Server | undefined;
const clients = new Set<Socket>();
let heard = '';

/** Asks a server that treats the client so, once the request is there. */
async function get(treat: (client: Socket) => void, patience = 300, request = head) {
  heard = '';
  server = createServer((client) => {
    clients.add(client);
    client.on('error', () => {});
    client.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      if (heard.endsWith('\r\n\r\n')) treat(client);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const target = loopback(address.port, patience);
  const wants = { digest: true, body: false };
  const asked = { head: request, tls: undefined, wants };
  return io
    .httpGet(target, asked, AbortSignal.timeout(5_000))
    .then((reply) => ({ status: reply.status, md5: reply.md5 }))
    .catch((e: ProbeFailure) => e.reason);
}

afterEach(() => {
  for (const client of clients) client.destroy();
  clients.clear();
  server?.close();
});

describe('one GET', () => {
  it.each(['1.0', '1.0C', '1.1'] as const)('says just its own words: %s', async (protocol) => {
    const request = requestHead(protocol, '/ü?a=b', 'host');
    await get((c) => c.end('HTTP/1.0 200 OK\r\n\r\n'), 300, request);
    expect(Buffer.from(heard, 'latin1').toString()).toBe(request);
  });

  it.each([
    ['up to the end of the connection', 'HTTP/1.0 200 OK\r\n\r\nhello', 200],
    ['of a length', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello', 200],
    ['of HTTP/1.1', 'HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nhello', 404],
    ['shorter than announced', 'HTTP/1.0 200 OK\r\nContent-Length: 50\r\n\r\nhello', 200],
    ['longer than announced', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello world', 200],
    [
      'with two lengths',
      'HTTP/1.0 200 OK\r\nContent-Length: 5\r\nContent-Length: 1\r\n\r\nhello',
      200,
    ],
    ['of a length with a blank behind', 'HTTP/1.0 200 OK\r\nContent-Length: 2 \r\n\r\nhello', 200],
    ['of a blank for a length', 'HTTP/1.0 200 OK\r\nContent-Length: \r\n\r\nhello', 200],
    ['behind a line without colon', 'HTTP/1.0 200 OK\r\nX\r\n\r\nhello', 200],
    ['of ICY', 'ICY 200 OK\r\n\r\nhello', 200],
    ['with a status and no reason', 'HTTP/1.1 200 \r\n\r\nhello', 200],
    ['with no blank behind the status', 'HTTP/1.1 200\r\n\r\nhello', 0],
    ['behind garbage', 'garbage\r\n\r\nhello', 0],
  ])('reads a body %s', async (_, reply, status) => {
    expect(await get((c) => c.end(reply))).toEqual({ status, md5: md5('hello') });
  });

  it('takes all behind the first header for the body: chunks, and the reply after a 100', async () => {
    const chunks = '5\r\nhello\r\n0\r\n\r\n';
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await get((c) => c.end(head + chunks))).toEqual({ status: 200, md5: md5(chunks) });
    const last = 'HTTP/1.1 200 OK\r\n\r\nhello';
    expect(await get((c) => c.end(`HTTP/1.1 100 Continue\r\n\r\n${last}`))).toEqual({
      status: 100,
      md5: md5(last),
    });
  });

  it('waits until the server closes, whatever length it announced', async () => {
    const reply = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
    expect(await get((c) => c.write(reply))).toBe('timeout');
    const reset = (c: Socket): void => {
      c.write(reply, () => setTimeout(() => c.resetAndDestroy(), 50));
    };
    expect(await get(reset)).toBe('ECONNRESET');
  });

  it('wants the header within 4095 bytes', async () => {
    const head = (length: number): string =>
      `HTTP/1.0 200 OK\r\nX: ${'x'.repeat(length - 'HTTP/1.0 200 OK\r\nX: \r\n\r\n'.length)}\r\n\r\n`;
    expect(await get((c) => c.end(head(4095)))).toEqual({ status: 200, md5: md5('') });
    expect(await get((c) => c.end(head(4096)))).toBe('no-reply');
  });

  it('reads a body that comes piece by piece, longer in all than the timeout', async () => {
    const drip = (c: Socket): void => {
      c.write('HTTP/1.0 200 OK\r\n\r\n');
      let left = 5;
      const timer = setInterval(() => {
        c.write('x');
        if (--left > 0) return;
        clearInterval(timer);
        c.end();
      }, 100);
    };
    expect(await get(drip, 300)).toEqual({ status: 200, md5: md5('xxxxx') });
  });

  it('reads a body of megabytes', async () => {
    const body = 'keepalived '.repeat(500_000);
    const got = await get((c) => c.end(`HTTP/1.0 200 OK\r\n\r\n${body}`), 2_000);
    expect(got).toEqual({ status: 200, md5: md5(body) });
  });

  it.each([
    ['silence', 'timeout', () => {}],
    ['silence after the header', 'timeout', (c: Socket) => c.write('HTTP/1.0 200 OK\r\n\r\nx')],
    ['no reply', 'no-reply', (c: Socket) => c.end()],
    ['half a header', 'no-reply', (c: Socket) => c.end('HTTP/1.0 200 OK\r\nContent-')],
    ['garbage', 'no-reply', (c: Socket) => c.end('garbage')],
    [
      'an endless header',
      'no-reply',
      (c: Socket) => c.write(`HTTP/1.0 200 OK\r\nX: ${'x'.repeat(99_999)}`),
    ],
    ['a reset', 'ECONNRESET', (c: Socket) => c.resetAndDestroy()],
  ])('fails on %s: %s', async (_, reason, treat) => {
    expect(await get(treat)).toBe(reason);
  });
});

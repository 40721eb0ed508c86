import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { requestHead } from '#checks/core/http.js';
import type { ProbeFailure } from '#checks/core/probe-io.js';
import { httpGet } from '#checks/shell/http-get.js';
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
  return httpGet(target, request, AbortSignal.timeout(5_000)).catch((e: ProbeFailure) => e.reason);
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
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      200,
    ],
    ['shorter than announced', 'HTTP/1.0 200 OK\r\nContent-Length: 50\r\n\r\nhello', 200],
    ['shorter than announced, 1.1', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello', 200],
    ['longer than announced', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello world', 200],
    ['with no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello', 200],
  ])('reads a body %s', async (_, reply, status) => {
    expect(await get((c) => c.end(reply))).toEqual({ status, md5: md5('hello') });
  });

  it('has no body after 204', async () => {
    expect(await get((c) => c.end('HTTP/1.1 204 None\r\n\r\n'))).toEqual({
      status: 204,
      md5: md5(''),
    });
  });

  it('ends with the message even if the connection stays, or is reset then', async () => {
    const reply = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
    const found = { status: 200, md5: md5('hello') };
    expect(await get((c) => c.write(reply))).toEqual(found);
    const reset = (c: Socket): void => {
      c.write(reply, () => setTimeout(() => c.resetAndDestroy(), 50));
    };
    expect(await get(reset)).toEqual(found);
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
    ['garbage', 'malformed', (c: Socket) => c.end('garbage\r\n\r\n')],
    [
      'two lengths',
      'malformed',
      (c: Socket) => c.end('HTTP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx'),
    ],
    ['a header without colon', 'malformed', (c: Socket) => c.end('HTTP/1.0 200 OK\r\nX\r\n\r\nx')],
    [
      'an endless header',
      'malformed',
      (c: Socket) => c.end(`HTTP/1.0 200 OK\r\nX: ${'x'.repeat(99_999)}`),
    ],
    ['a reset', 'ECONNRESET', (c: Socket) => c.resetAndDestroy()],
  ])('fails on %s: %s', async (_, reason, treat) => {
    expect(await get(treat)).toBe(reason);
  });
});

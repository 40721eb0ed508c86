import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProbeFailure } from '#checks/core/probe-io.js';
import { runs } from '#test/support/fuzz.js';
import { io } from '../checks/real-io.js';
import { loopback } from '../checks/support.js';

/** Replies that look like HTTP in most places: right, wrong and mutilated. */
const line = fc.oneof(
  fc.constantFrom(
    'HTTP/1.0 200 OK',
    'HTTP/1.1 999 ?',
    'HTTP/1.1 101 Switching Protocols',
    'HTTP/1.1 100 Continue',
    'HTTP/2 200',
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Transfer-Encoding: chunked',
    'Connection: keep-alive',
    'Upgrade: websocket',
    '',
    '5',
    '0',
    'ffffffffffffffff',
  ),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const reply = fc
  .array(fc.tuple(line, fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '')), { maxLength: 12 })
  .map((lines) => `HTTP/1.1 200 OK\r\n${lines.map(([text, end]) => text + end).join('')}`);
const anything = fc.oneof(reply, fc.string({ unit: 'binary', maxLength: 200 }));

describe('HTTP_GET against garbage', () => {
  let server: Server;
  let port = 0;
  let answer: (client: Socket) => void = () => {};
  beforeAll(async () => {
    server = createServer((client) => {
      client.on('error', () => {});
      client.once('data', () => answer(client));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address !== 'string') port = address.port;
  });
  afterAll(() => server.close());

  it('ends with a reply or a reason, and never with another error', async () => {
    await fc.assert(
      fc.asyncProperty(anything, fc.integer({ min: 1, max: 60 }), async (text, cut) => {
        const bytes = Buffer.from(text, 'latin1');
        answer = (client) => {
          client.write(bytes.subarray(0, cut));
          client.end(bytes.subarray(cut));
        };
        try {
          const { status, md5 } = await io.httpGet(
            loopback(port, 2_000),
            {
              head: 'GET / HTTP/1.0\r\n\r\n',
              tls: undefined,
              wants: { digest: true, body: true },
            },
            AbortSignal.timeout(5_000),
          );
          expect(status).toBeLessThanOrEqual(599);
          expect(md5).toMatch(/^[0-9a-f]{32}$/);
        } catch (error) {
          if (!(error instanceof ProbeFailure)) throw error;
          expect(error.reason).toMatch(/^[A-Za-z-]+/);
        }
      }),
      runs(800),
    );
  }, 120_000);
});

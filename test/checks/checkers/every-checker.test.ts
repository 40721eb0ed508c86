import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Checker, Verdict } from '#checks/core/define-checker.js';
import { type ProbeFailure, verdictOn } from '#checks/core/probe-io.js';
import { probeIo } from '#checks/shell/probe-io.js';
import { loadCheckers } from '#checks/shell/registry.js';
import { loopback } from '../support.js';

/** How a server treats a client; each checker meets them all. */
const servers: Record<string, (client: Socket) => void> = {
  good: (c) => c.once('data', () => c.end('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok')),
  silent: () => {},
  'slow to answer': (c) => setTimeout(() => c.end('HTTP/1.0 200 OK\r\n\r\n'), 2_000).unref(),
  'half closed': (c) => c.end(),
  'half way through the reply': (c) => c.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab'),
  'closing half way': (c) => c.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab'),
  resetting: (c) => c.resetAndDestroy(),
  garbage: (c) => c.write(Buffer.from([0, 255, 13, 10, 7, 128, 13, 10, 13, 10])),
  'endless header': (c) => {
    const more = (): void => void (c.writable && c.write('X-More: '.repeat(4_000), more));
    c.write('HTTP/1.1 200 OK\r\n', more);
  },
};

/** Keywords that a checker can't do without. */
const options: Record<string, object> = {
  TCP_CHECK: {},
  HTTP_GET: { http_protocol: '1.0', fast_recovery: false, url: [{ path: '/', status_code: [] }] },
};

/** What a checker finds at which server where it isn't `down`. */
const healthy: Record<string, RegExp> = {
  TCP_CHECK: /^/,
  HTTP_GET: /^good$|^closing half way$/,
};

const checkers = await loadCheckers();
const clients = new Set<Socket>();
let server: Server | undefined;

async function listen(treat: (client: Socket) => void): Promise<number> {
  server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.on('error', () => {});
    treat(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Connections that are still open, at either end. */
const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

function ask(checker: Checker, port: number, signal = AbortSignal.timeout(5_000)) {
  return checker
    .probe({
      target: loopback(port, 250),
      options: { ...options[checker.keyword] },
      virtualhost: undefined,
      question: 0,
      io: probeIo,
      signal,
    })
    .catch((error: ProbeFailure): Verdict => verdictOn(error));
}

afterEach(() => {
  for (const client of clients) client.destroy();
  clients.clear();
  server?.close();
  server = undefined;
});

describe.each([...checkers.values()].map((c) => [c.keyword, c] as const))(
  '%s',
  (keyword, checker) => {
    it('has its options in this test', () => {
      expect(Object.keys(options)).toContain(keyword);
    });

    it.each(Object.entries(servers))('closes its socket: %s', async (name, treat) => {
      const port = await listen(treat);
      const verdict = await ask(checker, port);
      // A reset may overtake the very connection: then it was none.
      if (name !== 'resetting') {
        expect(verdict.is).toBe(healthy[keyword]?.test(name) ? 'up' : 'down');
      }
      for (const client of clients) client.destroy();
      await expect.poll(openSockets).toBe(0);
    });

    it('finds a refused connection down at once', async () => {
      const port = await listen(() => {});
      await new Promise((resolve) => server?.close(resolve));
      const verdict = await ask(checker, port);
      expect(verdict).toMatchObject({ is: 'down', reason: 'ECONNREFUSED' });
    });

    it('ends when it is aborted, before and during the probe', async () => {
      const port = await listen(servers.silent ?? (() => {}));
      const abort = new AbortController();
      const running = ask(checker, port, abort.signal);
      abort.abort();
      const early = await running;
      if (keyword !== 'TCP_CHECK') expect(early.is).not.toBe('up');
      await ask(checker, port, AbortSignal.abort());
      for (const client of clients) client.destroy();
      await expect.poll(openSockets).toBe(0);
    });
  },
);

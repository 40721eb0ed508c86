import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { seconds } from '@keepalived-ts/base/time.js';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Checker, TrackFile, Verdict } from '#checks/core/define-checker.js';
import { type ProbeFailure, verdictOn } from '#checks/core/probe-io.js';
import { loadCheckers } from '#checks/shell/registry.js';
import { serverContext } from '../certificate.js';
import { io } from '../real-io.js';
import { loopback } from '../support.js';

type Treat = (client: Socket) => void;

const OK = 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok';
const web: Treat = (c) => c.once('data', () => c.end(OK));

/** Greets, then answers every line. */
const mail: Treat = (c) => {
  c.write('220 hello\r\n');
  c.on('data', (bytes) => c.write(bytes.toString().startsWith('QUIT') ? '221 bye\n' : '250 ok\n'));
};

const tls: Treat = (c) => {
  const session = new TLSSocket(c, { isServer: true, secureContext: serverContext });
  session.on('error', () => {});
  web(session);
};

/** How a server treats a client; each checker over TCP meets them all. */
const servers: Record<string, Treat> = {
  web,
  mail,
  tls,
  silent: () => {},
  'slow to answer': (c) => setTimeout(() => c.end('HTTP/1.0 200 OK\r\n\r\n'), 2_000).unref(),
  'half closed': (c) => c.end(),
  'half way through the reply': (c) => c.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab'),
  'closing half way': (c) => c.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab'),
  'half a greeting': (c) => c.end('220'),
  'greeting in many lines': (c) => c.write('220-one\r\n220 two\r\n'),
  'one line too long': (c) => c.write(`220 ${'x'.repeat(600)}`),
  resetting: (c) => c.resetAndDestroy(),
  garbage: (c) => c.write(Buffer.from([0, 255, 13, 10, 7, 128, 13, 10, 13, 10])),
  'endless header': (c) => {
    const more = (): void => void (c.writable && c.write('X-More: '.repeat(4_000), more));
    c.write('HTTP/1.1 200 OK\r\n', more);
  },
};

const page = { path: '/', status_code: [], regex_no_match: false, regex_options: [] };
const pages = { http_protocol: '1.0', fast_recovery: false, url: [page] };
/** Keywords that a checker can't do without, and the servers that it finds healthy. */
const overTcp: Record<string, { options: object; healthy: RegExp }> = {
  TCP_CHECK: { options: {}, healthy: /^/ },
  HTTP_GET: { options: pages, healthy: /^web$|^closing half way$/ },
  SSL_GET: { options: { ...pages, enable_sni: false, tls_compliant: true }, healthy: /^tls$/ },
  SMTP_CHECK: { options: { helo_name: 'here', host: [] }, healthy: /^mail$/ },
};

/** The other checkers are met below, each by its own servers. */
const others = ['UDP_CHECK', 'DNS_CHECK', 'PING_CHECK', 'MISC_CHECK', 'FILE_CHECK'];

const checkers = await loadCheckers();
const NOWHERE = { virtualhost: undefined, serviceHost: undefined, serviceDelay: seconds(1) };
let trackFile: TrackFile | undefined;
const clients = new Set<Socket>();
let server: Server | undefined;

async function listen(treat: Treat): Promise<number> {
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

function checkerOf(keyword: string): Checker {
  const checker = checkers.get(keyword);
  if (!checker) throw new Error(`no checker ${keyword}`);
  return checker;
}

function ask(
  keyword: string,
  options: object,
  target: number | ReturnType<typeof loopback>,
  signal = AbortSignal.timeout(5_000),
): Promise<Verdict> {
  return checkerOf(keyword)
    .probe({
      target: typeof target === 'number' ? loopback(target, 250) : target,
      options,
      surroundings: { ...NOWHERE, trackFile },
      question: 0,
      io,
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

it('every checker is in this test', () => {
  expect([...Object.keys(overTcp), ...others].sort()).toEqual([...checkers.keys()].sort());
});

describe.each(Object.entries(overTcp))('%s', (keyword, { options, healthy }) => {
  it.each(Object.entries(servers))('closes its socket: %s', async (name, treat) => {
    const port = await listen(treat);
    const verdict = await ask(keyword, options, port);
    // A reset may overtake the very connection: then it was none.
    if (name !== 'resetting') expect(verdict.is).toBe(healthy.test(name) ? 'up' : 'down');
    for (const client of clients) client.destroy();
    await expect.poll(openSockets).toBe(0);
  });

  it('finds a refused connection down at once', async () => {
    const port = await listen(() => {});
    await new Promise((resolve) => server?.close(resolve));
    const verdict = await ask(keyword, options, port);
    expect(verdict).toMatchObject({ is: 'down', reason: 'ECONNREFUSED' });
  });

  it('ends when it is aborted, before and during the probe', async () => {
    const port = await listen(() => {});
    const abort = new AbortController();
    const running = ask(keyword, options, port, abort.signal);
    abort.abort();
    const early = await running;
    if (keyword !== 'TCP_CHECK') expect(early.is).not.toBe('up');
    await ask(keyword, options, port, AbortSignal.abort());
    for (const client of clients) client.destroy();
    await expect.poll(openSockets).toBe(0);
  });

  it('works from a descriptor of its own making, as for bind_if and fwmark', async () => {
    const port = await listen(
      servers[keyword === 'SSL_GET' ? 'tls' : keyword === 'SMTP_CHECK' ? 'mail' : 'web'] ?? web,
    );
    const target = { ...loopback(port), bindIf: 'lo' };
    expect(await ask(keyword, options, target)).toMatchObject({ is: 'up' });
    const nowhere = { ...loopback(port), bindIf: 'no-such-device' };
    expect(await ask(keyword, options, nowhere)).toMatchObject({ is: 'undecided' });
  });
});

/** A UDP server on loopback that answers as told; the port it had, when closed. */
async function answering(
  answer: ((bytes: Buffer) => Buffer | undefined) | 'closed',
  use: (port: number) => Promise<Verdict>,
): Promise<Verdict> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { port, address }) => {
    const reply = answer === 'closed' ? undefined : answer(bytes);
    if (reply) socket.send(reply, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  if (answer === 'closed') {
    socket.close();
    return use(port);
  }
  try {
    return await use(port);
  } finally {
    socket.close();
  }
}

describe('UDP_CHECK', () => {
  const base = { min_reply_length: 0, max_reply_length: 255 };
  const same = (bytes: Buffer): Buffer => bytes;
  const silent = (): undefined => undefined;
  it.each([
    ['silence', {}, silent, 'up'],
    ['an answer', {}, same, 'up'],
    ['a closed port', {}, 'closed', 'down'],
    ['silence where a reply is required', { require_reply: '' }, silent, 'down'],
    ['any reply where one is required', { require_reply: '' }, same, 'up'],
    ['the required reply', { payload: '0102', require_reply: '01x2' }, same, 'up'],
    ['another reply', { payload: '0103', require_reply: '01x2' }, same, 'down'],
    ['a longer reply', { payload: '010203', require_reply: '01' }, same, 'up'],
    ['a shorter reply', { payload: '01', require_reply: '0102' }, same, 'up'],
    [
      'a reply too long',
      { payload: '0102', require_reply: '01', max_reply_length: 1 },
      same,
      'down',
    ],
    [
      'a reply too short',
      { payload: '01', require_reply: '01', min_reply_length: 2 },
      same,
      'down',
    ],
  ] as const)('%s', async (_, options, answer, is) => {
    const use = (port: number) => ask('UDP_CHECK', { ...base, ...options }, port);
    expect((await answering(answer, use)).is).toBe(is);
  });
});

describe('DNS_CHECK', () => {
  const options = { type: 'A', name: 'www.example' };
  const reply = (flags: number, code: number) => (bytes: Buffer) => {
    const answer = Buffer.from(bytes);
    answer[2] = flags;
    answer[3] = code;
    return answer;
  };
  it.each([
    ['an answer', reply(0x80, 0), 'up'],
    ['no such name', reply(0x80, 3), 'down'],
    ['no reply but a query', reply(0, 0), 'down'],
    ['half a header', (bytes: Buffer) => bytes.subarray(0, 5), 'down'],
    ['silence', () => undefined, 'down'],
    ['a closed port', 'closed', 'down'],
  ] as const)('%s', async (_, answer, is) => {
    const use = (port: number) => ask('DNS_CHECK', options, port);
    expect((await answering(answer, use)).is).toBe(is);
  });

  it('asks as dnsmasq and others want to be asked', async () => {
    let heard: Buffer = Buffer.alloc(0);
    await answering(
      (bytes) => {
        heard = bytes;
        return undefined;
      },
      (port) => ask('DNS_CHECK', options, port),
    );
    const name = '03777777076578616d706c6500';
    expect(heard.toString('hex', 2)).toBe(`01000001000000000000${name}00010001`);
  });
});

describe('PING_CHECK', () => {
  it.skipIf(process.getuid?.() !== 0)('hears loopback (skipped unless root)', async () => {
    expect(await ask('PING_CHECK', {}, 0)).toMatchObject({ is: 'up' });
  });
});

describe('MISC_CHECK', () => {
  const run = (script: string, more = {}): Promise<Verdict> => {
    const argv = ['/bin/sh', '-c', script];
    return ask('MISC_CHECK', { misc_path: { argv }, misc_dynamic: false, ...more }, 0);
  };

  it.each([
    [0, false, { is: 'up', detail: 'status 0' }],
    [1, false, { is: 'down', reason: 'status' }],
    [12, false, { is: 'down', reason: 'status' }],
    [0, true, { is: 'up', detail: 'status 0' }],
    [1, true, { is: 'down', reason: 'status' }],
    [2, true, { is: 'up', weight: { instead: 0 } }],
    [255, true, { is: 'up', weight: { instead: 253 } }],
  ])('status %i, dynamic %s', async (status, misc_dynamic, verdict) => {
    expect(await run(`exit ${status}`, { misc_dynamic })).toMatchObject(verdict);
  });

  it('a signal, a time-out, a program that is not there', async () => {
    expect(await run('kill -9 $$')).toMatchObject({
      reason: 'signal',
      detail: 'failed (due to signal 9)',
    });
    expect(await run('sleep 9', { misc_timeout: 1 })).toMatchObject({
      is: 'down',
      reason: 'timeout',
    });
    const missing = { misc_path: { argv: ['/no/such'] }, misc_dynamic: false };
    expect(await ask('MISC_CHECK', missing, 0)).toMatchObject({ is: 'undecided' });
  });
});

describe('FILE_CHECK', () => {
  const folder = mkdtempSync(join(tmpdir(), 'file-check-'));
  const file = join(folder, 'number');
  afterAll(() => rmSync(folder, { recursive: true }));
  const follow = (text: string | undefined, weight: number, reverse = false): Promise<Verdict> => {
    rmSync(file, { force: true });
    if (text !== undefined) writeFileSync(file, text);
    trackFile = { name: 'f', file, weight: { weight, reverse } };
    return ask('FILE_CHECK', { track_file: 'f', weight: undefined }, 0);
  };

  it.each([
    [undefined, 2, false, { is: 'up', weight: { plus: 0 } }],
    ['', 2, false, { is: 'up', weight: { plus: 0 } }],
    ['7\n', 2, false, { is: 'up', weight: { plus: 14 } }],
    ['7\n', 2, true, { is: 'up', weight: { plus: -14 } }],
    ['0x10', 1, false, { is: 'up', weight: { plus: 16 } }],
    ['010 or so', 1, false, { is: 'up', weight: { plus: 8 } }],
    ['-2147483648', 1, false, { is: 'down' }],
    ['2147483648', 1, false, { is: 'undecided' }],
    ['0', 0, false, { is: 'up' }],
    ['1', 0, false, { is: 'down' }],
    ['0', 0, true, { is: 'down' }],
    ['1', 0, true, { is: 'up' }],
  ])('%j times %i, reverse %s', async (text, weight, reverse, verdict) => {
    expect(await follow(text, weight, reverse)).toMatchObject(verdict);
  });
});

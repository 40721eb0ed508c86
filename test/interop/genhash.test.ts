import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { runSubcommand } from '#src/daemon/subcommands.js';
import { serverContext } from '../checks/certificate.js';

const THEIRS = '/usr/bin/genhash';

let server: Server | undefined;
const heard: string[] = [];

/** A server that answers a request so; each request is kept. */
async function listen(treat: (client: Socket) => void, tls = false): Promise<string> {
  server = createServer((client) => {
    client.on('error', () => {});
    const socket = tls
      ? new TLSSocket(client, { isServer: true, secureContext: serverContext })
      : client;
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      heard.push(bytes.toString('latin1'));
      treat(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return String(address.port);
}

interface Said {
  status: number | null;
  out: string;
  err: string;
}

async function theirs(args: readonly string[]): Promise<Said> {
  const child = spawn(THEIRS, args);
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    said.out += text;
  });
  child.stderr.on('data', (text) => {
    said.err += text;
  });
  const [status] = await once(child, 'close');
  return { status, ...said };
}

async function ours(args: readonly string[]): Promise<Said> {
  const { status, out = '', err = '' } = await runSubcommand(['genhash', ...args]);
  return { status, out, err };
}

/** What both say, without how long it took. */
async function both(args: readonly string[]): Promise<Said> {
  const untimed = (said: Said): Said => ({ ...said, out: said.out.replace(/\d+ usecs/, '') });
  heard.length = 0;
  const peer = untimed(await theirs(args));
  const own = untimed(await ours(args));
  expect(own).toEqual(peer);
  expect(heard[1]).toBe(heard[0]);
  return own;
}

afterEach(() => {
  server?.close();
  server = undefined;
});

const replies: Record<string, string> = {
  plain: 'HTTP/1.0 200 OK\r\n\r\nhello',
  'of a length': 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello world',
  'of two lengths': 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello world',
  'of a length in lower case': 'HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello world',
  'of a longer name': 'HTTP/1.0 200 OK\r\nX-Content-Length: 3\r\n\r\nhello',
  'of a length with junk': 'HTTP/1.0 200 OK\r\nContent-Length:  5x\r\n\r\nhello world',
  'of a negative length': 'HTTP/1.0 200 OK\r\nContent-Length: -1\r\n\r\nhello world',
  'of no length at all': 'HTTP/1.0 200 OK\r\nContent-Length:\r\n\r\nhello',
  'with a length in the body': 'HTTP/1.0 200 OK\r\n\r\nContent-Length: 2\r\n\r\nabc',
  'in chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'with a header of junk': 'HTTP/1.1 200\r\nno colon\r\n\r\nhello',
  'without a header': 'hello',
  nothing: '',
};

describe.skipIf(!existsSync(THEIRS))('genhash says what that of keepalived says', () => {
  it.each(Object.entries(replies))('of a reply %s', async (_, reply) => {
    const port = await listen((client) => client.end(reply));
    await both(['-s', '127.0.0.1', '-p', port, '-u', '/x']);
  });

  it('with all its options', async () => {
    const port = await listen((client) => client.end(replies['of a length'] ?? ''));
    const base = ['-s', '127.0.0.1', '-p', port, '-u', '/x?y=z'];
    for (const more of [
      ['-v'],
      ['-V', 'www.example'],
      ['-P', '1.0c'],
      ['--protocol', '1.1', '--use-virtualhost=x'],
      ['-m', '7', '-t', '3'],
    ]) {
      const { out } = await both([...base, ...more]);
      expect(out).toContain('5d41402abc4b2a76b9719d911017c592');
    }
  });

  it('by TLS, and of a server that knows none', async () => {
    const port = await listen((client) => client.end(replies.plain ?? ''), true);
    const args = ['-S', '-I', '-V', 'www.example', '-s', '127.0.0.1', '-u', '/'];
    await both([...args, '-p', port]);
    server?.close();
    const plain = await listen((client) => client.end('no TLS'));
    const said = await ours([...args, '-p', plain]);
    expect(said).toMatchObject({ status: 0, err: '' });
    expect(said.out).toMatch(/^SSL handshake\/communication error/);
  });

  it('of a silent server, and of none', async () => {
    const port = await listen(() => {});
    await both(['-t', '1', '-s', '127.0.0.1', '-p', port, '-u', '/']);
    server?.close();
    await new Promise((closed) => server?.once('close', closed));
    server = undefined;
    await both(['-s', '127.0.0.1', '-p', port, '-u', '/']);
  });

  it.each([
    [['-s', 'localhost', '-p', '80', '-u', '/']],
    [['-s', '127.0.0.1', '-u', '/']],
    [['-s', '127.0.0.1', '-p', 'x', '-u', '/']],
    [['-s', '127.0.0.1', '-p', '80', '-u', '/', '-P', '2']],
    [['-s', '127.0.0.1', '-p', '80', '-u', '/', 'more']],
    [[]],
  ])('ends with 1 at words that are wrong: %j', async (args) => {
    const [own, peer] = [await ours(args), await theirs(args)];
    expect(own.status).toBe(peer.status);
    expect(own.err).not.toBe('');
  });
});

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { ip } from '@keepalived-ts/base/ip.js';
import { sockaddrIn } from '@keepalived-ts/raw-socket/address.js';
import { AF_INET } from '@keepalived-ts/raw-socket/constants.js';
import { StreamSocket } from '@keepalived-ts/raw-socket/stream.js';
import { afterEach, describe, expect, it } from 'vitest';

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

async function listen(treat: (client: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => {});
    treat(client);
  }).listen(0, '127.0.0.1');
  opened.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function connected(port: number): Promise<StreamSocket> {
  const socket = StreamSocket.open(AF_INET);
  opened.push(socket);
  if (!socket.connect(sockaddrIn(ip('127.0.0.1'), port))) {
    await new Promise<void>((resolve) => socket.onWritable(resolve));
  }
  return socket;
}

/** Reads to the end, or to an error. */
function heard(socket: StreamSocket): Promise<string> {
  let text = '';
  const room = new Uint8Array(5);
  return new Promise((resolve) => {
    socket.onReadable(() => {
      try {
        const length = socket.read(room);
        text += Buffer.from(room.subarray(0, length ?? 0)).toString();
        if (length !== 0) return;
        text += '.';
      } catch (error) {
        text += String((error as NodeJS.ErrnoException).code);
      }
      socket.onReadable(undefined);
      resolve(text);
    });
  });
}

describe('a stream', () => {
  it('says and hears, up to the end of the other side', async () => {
    const port = await listen((client) =>
      client.on('data', (bytes) => client.end(`${bytes.toString()} yourself`)),
    );
    const socket = await connected(port);
    expect(socket.takeError('connect')).toBeUndefined();
    expect(socket.read(new Uint8Array(9))).toBeUndefined();
    expect(socket.write(Buffer.from('hello'))).toBe(5);
    expect(await heard(socket)).toBe('hello yourself.');
  });

  it('refused is told once', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const socket = await connected(port);
    expect(socket.takeError('connect')?.message).toMatch(/^connect: ECONNREFUSED/);
    expect(socket.takeError('connect')).toBeUndefined();
  });

  it('that is reset says so behind what came before', async () => {
    const port = await listen((client) => {
      client.write('half a wo', () => setTimeout(() => client.resetAndDestroy(), 50));
    });
    expect(await heard(await connected(port))).toBe('half a woECONNRESET');
  });

  it('takes only what there is room for, and tells when there is more', async () => {
    let arrived = 0;
    const port = await listen((client) => {
      setTimeout(() => client.on('data', ({ length }) => (arrived += length)), 50);
      client.on('end', () => client.end('done'));
    });
    const socket = await connected(port);
    const bytes = new Uint8Array(16 * 1024 * 1024);
    let sent = socket.write(bytes);
    let waits = 0;
    while (sent < bytes.length) {
      await new Promise<void>((resolve) => socket.onWritable(resolve));
      sent += socket.write(bytes.subarray(sent));
      waits++;
    }
    expect(waits).toBeGreaterThan(0);
    await expect.poll(() => arrived, { timeout: 5_000 }).toBe(bytes.length);
  });

  it('closed in its own callback is not touched again', async () => {
    const port = await listen((client) => client.end('bye'));
    const socket = await connected(port);
    await new Promise<void>((resolve) =>
      socket.onReadable(() => {
        socket.onWritable(() => expect.unreachable('writable after close'));
        socket.close();
        resolve();
      }),
    );
    expect(() => socket.read(new Uint8Array(1))).toThrow('EBADF');
  });
});

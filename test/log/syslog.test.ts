import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sockaddrUn } from '@keepalived-ts/raw-socket/address.js';
import { AF_UNIX, SOCK_DGRAM } from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Syslog } from '#src/log/syslog.js';
import { until } from '#test/support/wait.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syslog-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (): string => join(folder, 'log');
const bytes = (text: string): Uint8Array => Buffer.from(text);
const sender = (): Syslog => new Syslog(path(), (lost) => bytes(`lost ${lost}`));

/** A syslog daemon: what it has read, in order. */
function daemon(): { seen: string[]; end(): void } {
  const socket = RawSocket.open(AF_UNIX, SOCK_DGRAM, 0);
  socket.bind(sockaddrUn(path()));
  const seen: string[] = [];
  socket.onMessages((batch) => {
    for (const { data } of batch) seen.push(Buffer.from(data).toString());
  });
  return {
    seen,
    end: () => {
      socket.close();
      rmSync(path());
    },
  };
}

test('lines arrive one by one, in order', async () => {
  const syslog = sender();
  const server = daemon();
  syslog.send(bytes('one'));
  syslog.send(bytes('two'));
  await until('both', () => server.seen.length === 2);
  expect(server.seen).toEqual(['one', 'two']);
  await syslog.close();
  server.end();
});

test('lines of the time in which the daemon is away arrive when it is back', async () => {
  const syslog = sender();
  syslog.send(bytes('too early'));
  const first = daemon();
  await until('the first line', () => first.seen.length === 1);
  first.end();
  syslog.send(bytes('while it is away'));
  const second = daemon();
  syslog.send(bytes('afterwards'));
  await until('the rest', () => second.seen.length === 2);
  expect([...first.seen, ...second.seen]).toEqual(['too early', 'while it is away', 'afterwards']);
  await syslog.close();
  second.end();
});

test('a daemon that reads slowly gets everything, also what waits at the end', async () => {
  const server = daemon();
  const syslog = sender();
  const wanted = Array.from({ length: 1500 }, (_, n) => `line ${n}`);
  // More at once than the socket holds, with no chance for the daemon to read.
  for (const line of wanted) syslog.send(bytes(line));
  await syslog.close();
  await until('the last line', () => server.seen.length === wanted.length);
  expect(server.seen).toEqual(wanted);
  server.end();
});

test('of more lines than can wait the oldest are lost, and their number is told', async () => {
  const syslog = sender();
  for (let n = 0; n < 2005; n++) syslog.send(bytes(`line ${n}`));
  const server = daemon();
  await until('the last line', () => server.seen.at(-1) === 'line 2004');
  expect(server.seen.slice(0, 2)).toEqual(['lost 5', 'line 5']);
  expect(server.seen).toHaveLength(2001);
  await syslog.close();
  server.end();
});

test('a line longer than a datagram may be does not stop those behind it', async () => {
  const syslog = sender();
  const server = daemon();
  syslog.send(new Uint8Array(4 << 20));
  syslog.send(bytes('short'));
  await until('the short one', () => server.seen.length > 0);
  expect(server.seen).toEqual(['short']);
  await syslog.close();
  server.end();
});

test('the end does not wait for a daemon that is not there', async () => {
  const syslog = sender();
  syslog.send(bytes('nobody reads this'));
  await expect(syslog.close()).resolves.toBeUndefined();
});

// The server of test/bench/checks.bench.ts: accepts on every address of the machine, writes the
// file `argv[2]` when told to by SIGUSR2, and begins anew at SIGUSR1.
//
// Lateness: how much longer than the configured interval (`argv[3]`, seconds) the spacing of two
// connections to one address is.

import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

const [, , file = '', interval = '2', kind = 'tcp'] = process.argv;
const REPLY = 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n';

/** The time of the last connection to each address. */
const last = new Map();
let late = [];
let accepted = 0;

createServer((socket) => {
  const at = performance.now();
  const before = last.get(socket.localAddress);
  last.set(socket.localAddress, at);
  accepted++;
  if (before !== undefined) late.push(at - before - Number(interval) * 1000);
  socket.on('error', () => {});
  if (kind === 'tcp') socket.destroy();
  else socket.once('data', () => socket.end(REPLY));
}).listen(80, '0.0.0.0', 1024, () => writeFileSync(`${file}.ready`, ''));

process.on('SIGUSR1', () => {
  late = [];
  accepted = 0;
});
process.on('SIGUSR2', () => {
  late.sort((a, b) => a - b);
  const at = (part) => late[Math.min(late.length - 1, Math.floor(late.length * part))] ?? -1;
  const numbers = [accepted, at(0.5), at(0.99), at(1)].map((n) => n.toFixed(1));
  writeFileSync(`${file}.new`, `${numbers.join(' ')}\n`);
  renameSync(`${file}.new`, file);
});

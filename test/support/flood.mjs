// Sends IPv4 datagrams by eth0 over and over, so many a second in all, and prints how many it
// were: `node flood.mjs GROUP RATE SECONDS HEX...`
import { sockaddrIn } from '@keepalived-ts/raw-socket/address.js';
import {
  AF_INET,
  IPPROTO_RAW,
  SO_BINDTODEVICE,
  SOCK_RAW,
  SOL_SOCKET,
} from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';

const [group, rate, seconds, ...texts] = process.argv.slice(2);
const to = sockaddrIn(group);
const datagrams = texts.map((text) => ({ data: Buffer.from(text, 'hex'), to }));
const socket = RawSocket.open(AF_INET, SOCK_RAW, IPPROTO_RAW);
socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, Buffer.from('eth0\0'));
const start = performance.now();
let sent = 0;
const timer = setInterval(() => {
  const elapsed = Math.min((performance.now() - start) / 1000, Number(seconds));
  const due = Math.floor(elapsed * Number(rate)) - sent;
  const batch = Array.from({ length: due }, (_, i) => datagrams[(sent + i) % datagrams.length]);
  for (let at = 0; at < batch.length; at += 256)
    sent += socket.send(batch.slice(at, at + 256)).sent;
  if (elapsed < Number(seconds)) return;
  clearInterval(timer);
  socket.close();
  process.stdout.write(`${sent}\n`);
}, 2);

import { ip } from '@keepalived-ts/base/ip.js';
import { sockaddrIn, sockaddrUn } from '@keepalived-ts/raw-socket/address.js';
import { AF_INET, AF_UNIX, SOCK_DGRAM } from '@keepalived-ts/raw-socket/constants.js';
import { type Incoming, RawSocket } from '@keepalived-ts/raw-socket/index.js';
import { afterEach } from 'vitest';

export const opened: RawSocket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

export function open(domain: number): RawSocket {
  const socket = RawSocket.open(domain, SOCK_DGRAM, 0);
  opened.push(socket);
  return socket;
}

let made = 0;
export function unixSocket(): { socket: RawSocket; to: Uint8Array; name: string } {
  const name = `@raw-socket-test-${process.pid}-${++made}`;
  const socket = open(AF_UNIX);
  socket.bind(sockaddrUn(name));
  return { socket, to: sockaddrUn(name), name };
}

export function udpSocket(): RawSocket {
  const socket = open(AF_INET);
  socket.bind(sockaddrIn(ip('127.0.0.1')));
  return socket;
}

export const text = (message: Incoming | undefined): string =>
  Buffer.from(message?.data ?? []).toString();
export const int = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

import { Socket } from 'node:net';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { familyOf } from '@keepalived-ts/base/ip.js';
import { toMilliseconds } from '@keepalived-ts/base/time.js';
import {
  AF_INET,
  AF_INET6,
  SO_BINDTODEVICE,
  SO_MARK,
  SOCK_STREAM,
  SOL_SOCKET,
} from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';
import type { Target } from '../core/define-checker.js';
import { ProbeFailure } from '../core/probe-io.js';

/** An error of Node or the kernel as a probe's failure; its code is the reason. */
export function failureOf(error: unknown): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new ProbeFailure(typeof code === 'string' ? code : 'error', message);
}

/** Opens a socket that goes by the target's interface and mark. Throws KernelError. */
export function openFor({ address, bindIf, mark }: Target, type: number, protocol = 0): RawSocket {
  const socket = RawSocket.open(familyOf(address) === 4 ? AF_INET : AF_INET6, type, protocol);
  try {
    if (mark !== 0) socket.setOption(SOL_SOCKET, SO_MARK, mark | 0);
    if (bindIf !== undefined) {
      socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${bindIf}\0`));
    }
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/**
 * An unconnected socket; one of Node's own making where there is nothing special about it.
 *
 * `allowHalfOpen`: Node would otherwise end a TLS session for us, with close_notify.
 */
function streamFor(target: Target): Socket {
  const options = { allowHalfOpen: true };
  if (target.bindIf === undefined && target.mark === 0) return new Socket(options);
  const fd = openFor(target, SOCK_STREAM).release();
  // Reading must wait for the connection.
  const waiting = { ...options, fd, manualStart: true };
  return new Socket(waiting);
}

/**
 * Opens a connection to the target and lets `use` talk on it; closed in any case, and the promise
 * settles only then, so that no probe leaves a descriptor behind.
 *
 * Neither the connecting nor any silence after it may last longer than `connect_timeout`.
 */
export async function withConnection<T>(
  target: Target,
  signal: AbortSignal,
  use: (socket: Socket) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw failureOf(signal.reason);
  const socket = open(target);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let connected = false;
  let giveUp: (reason: ProbeFailure) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    giveUp = (failure) => {
      reject(failure);
      socket.destroy();
    };
  });
  // What has come in by then is heard first; see deadline.ts.
  const progress = (): string => `${socket.connecting} ${socket.bytesRead}`;
  socket.setTimeout(toMilliseconds(target.connectTimeout), () => {
    const before = progress();
    setImmediate(() => {
      if (progress() !== before) return;
      giveUp(new ProbeFailure('timeout', connected ? 'no answer in time' : 'connection timed out'));
    });
  });
  const onAbort = (): void => giveUp(failureOf(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  // Once connected, errors are what `use` makes of them.
  socket.on('error', (error) => connected || giveUp(failureOf(error)));
  const opened = new Promise<void>((resolve) => socket.once('connect', resolve));
  try {
    const { address, port, bindTo, bindPort } = target;
    socket.connect({
      host: address,
      port,
      ...(bindTo !== undefined && { localAddress: bindTo }),
      ...(bindPort !== undefined && { localPort: bindPort }),
    });
    await Promise.race([opened, failed]);
    connected = true;
    return await Promise.race([use(socket), failed]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
    await closed;
  }
}

function open(target: Target): Socket {
  try {
    return streamFor(target);
  } catch (error) {
    if (error instanceof KernelError) throw failureOf(error);
    throw error;
  }
}

import type { Socket } from 'node:net';
import { toMilliseconds } from '@keepalived-ts/base/time.js';
import type { Target } from '../core/define-checker.js';
import { ProbeFailure } from '../core/probe-io.js';

/** An error of Node or the kernel as a probe's failure; its code is the reason. */
export function failureOf(error: unknown): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new ProbeFailure(typeof code === 'string' ? code : 'error', message);
}

/**
 * Opens a connection to the target and lets `use` talk on it; closed in any case, and the promise
 * settles only then, so that no probe leaves a descriptor behind.
 *
 * Neither the connecting nor any silence after it may last longer than `connect_timeout`.
 */
export async function withConnection<T>(
  socket: Socket,
  target: Target,
  signal: AbortSignal,
  use: () => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw failureOf(signal.reason);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let connected = false;
  let giveUp: (reason: ProbeFailure) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    giveUp = (failure) => {
      reject(failure);
      socket.destroy();
    };
  });
  socket.setTimeout(toMilliseconds(target.connectTimeout), () => {
    giveUp(new ProbeFailure('timeout', connected ? 'no answer in time' : 'connection timed out'));
  });
  const onAbort = (): void => giveUp(failureOf(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  // Once connected, errors are what `use` makes of them.
  socket.on('error', (error) => connected || giveUp(failureOf(error)));
  const opened = new Promise<void>((resolve) => socket.once('connect', resolve));
  try {
    socket.connect({
      host: target.address,
      port: target.port,
      ...(target.bindTo !== undefined && { localAddress: target.bindTo }),
      ...(target.bindPort !== undefined && { localPort: target.bindPort }),
    });
    await Promise.race([opened, failed]);
    connected = true;
    return await Promise.race([use(), failed]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
    await closed;
  }
}

import { Socket } from 'node:net';
import { deadline } from '@keepalived-ts/base/deadline.js';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { familyOf, type IpAddress, ip } from '@keepalived-ts/base/ip.js';
import { toMilliseconds } from '@keepalived-ts/base/time.js';
import { sockaddrIn, sockaddrIn6 } from '@keepalived-ts/raw-socket/address.js';
import {
  AF_INET,
  AF_INET6,
  SO_BINDTODEVICE,
  SO_MARK,
  SO_REUSEADDR,
  SOL_SOCKET,
} from '@keepalived-ts/raw-socket/constants.js';
import type { AnySocket } from '@keepalived-ts/raw-socket/socket.js';
import { StreamSocket } from '@keepalived-ts/raw-socket/stream.js';
import type { Target } from '../core/define-checker.js';
import { ProbeFailure } from '../core/probe-io.js';

/** An error of Node or the kernel as a probe's failure; its code is the reason. */
export function failureOf(error: unknown): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new ProbeFailure(typeof code === 'string' ? code : 'error', message);
}

/** A link-local address needs no scope: the socket is bound to the interface by then. */
export const sockaddr = (ip: IpAddress, port: number): Uint8Array =>
  familyOf(ip) === 4 ? sockaddrIn(ip, port) : sockaddrIn6(ip, port);

export const domainOf = ({ address }: Target): number =>
  familyOf(address) === 4 ? AF_INET : AF_INET6;

/** Lets a socket go by the target's interface and mark, and from its address. Throws KernelError. */
export function prepare(
  socket: AnySocket,
  { address, bindTo, bindPort, bindIf, mark }: Target,
): void {
  if (mark !== 0) socket.setOption(SOL_SOCKET, SO_MARK, mark | 0);
  if (bindIf !== undefined) {
    socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${bindIf}\0`));
  }
  if (bindTo === undefined && bindPort === undefined) return;
  socket.setOption(SOL_SOCKET, SO_REUSEADDR, 1);
  const any = ip(familyOf(address) === 4 ? '0.0.0.0' : '::');
  socket.bind(sockaddr(bindTo ?? any, bindPort ?? 0));
}

/** Who hears what comes. After `end` or `failed` nothing follows. */
export interface Listener {
  data(bytes: Uint8Array): void;
  /** The other side has said all. */
  end(): void;
  failed(failure: ProbeFailure): void;
}

/** What one can talk on: a connection, or a TLS session. */
export interface Line {
  say(text: string): void;
  listen(listener: Listener): void;
}

/** What streams are read into; its content is copied before anyone hears of it. */
const room = new Uint8Array(65_536);

/** A connection to a target. */
export class Connection implements Line {
  private readonly socket: StreamSocket;
  private readonly progress: () => void;
  private listener: Listener | undefined;
  private unsent: Uint8Array = new Uint8Array(0);
  /** Node's socket, once that has taken over. */
  private passedOn: Socket | undefined;

  /** Throws KernelError. `progress` is called whenever something was said or heard. */
  constructor(target: Target, progress: () => void) {
    this.progress = progress;
    this.socket = StreamSocket.open(domainOf(target));
    try {
      prepare(this.socket, target);
    } catch (error) {
      this.socket.close();
      throw error;
    }
  }

  /** Resolves when the connection is made; rejects with KernelError. */
  connect({ address, port }: Target): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        const error = this.socket.takeError('connect');
        if (error) reject(error);
        else resolve();
      };
      if (this.socket.connect(sockaddr(address, port))) resolve();
      else this.socket.onWritable(done);
    });
  }

  say(text: string): void {
    const bytes = Buffer.from(text);
    this.unsent = this.unsent.length === 0 ? bytes : Buffer.concat([this.unsent, bytes]);
    this.flush();
  }

  listen(listener: Listener): void {
    this.listener = listener;
    this.progress();
    this.socket.onReadable(() => this.hear());
  }

  /**
   * Gives the connection to a socket of Node, which closes with it; of progress there this is the
   * last word.
   *
   * `allowHalfOpen`: Node would otherwise end a TLS session for us, with close_notify.
   */
  passOn(): Socket {
    this.progress();
    this.passedOn = new Socket({ fd: this.socket.release(), allowHalfOpen: true });
    // Whoever uses it hears of its errors in his own way.
    this.passedOn.on('error', () => undefined);
    return this.passedOn;
  }

  /** Resolves when no descriptor is left. */
  async close(): Promise<void> {
    this.socket.close();
    const { passedOn } = this;
    if (!passedOn || passedOn.closed) return;
    const closed = new Promise((resolve) => passedOn.once('close', resolve));
    passedOn.destroy();
    await closed;
  }

  private flush(): void {
    this.attempt(() => {
      const sent = this.socket.write(this.unsent);
      if (sent > 0) this.progress();
      this.unsent = this.unsent.subarray(sent);
      if (this.unsent.length > 0) this.socket.onWritable(() => this.flush());
    });
  }

  /** Reads once: a server that never stops must not keep the thread. */
  private hear(): void {
    this.attempt(() => {
      const length = this.socket.read(room);
      if (length === undefined) return;
      this.progress();
      if (length > 0) {
        this.listener?.data(room.slice(0, length));
        return;
      }
      this.socket.onReadable(undefined);
      this.listener?.end();
    });
  }

  private attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.socket.onReadable(undefined);
      this.listener?.failed(failureOf(error));
    }
  }
}

/**
 * Opens a connection to the target and lets `use` talk on it; closed in any case, and the promise
 * settles only then, so that no probe leaves a descriptor behind.
 *
 * Neither the connecting nor any silence after it may last longer than `connect_timeout`; once the
 * connection is passed on, neither may the whole rest.
 */
export async function withConnection<T>(
  target: Target,
  signal: AbortSignal,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw failureOf(signal.reason);
  let connected = false;
  let giveUp: (reason: ProbeFailure) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const silence = deadline(toMilliseconds(target.connectTimeout), () => {
    giveUp(new ProbeFailure('timeout', connected ? 'no answer in time' : 'connection timed out'));
  });
  const onAbort = (): void => giveUp(failureOf(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  let connection: Connection | undefined;
  try {
    connection = new Connection(target, silence.extend);
    await Promise.race([connection.connect(target), failed]);
    connected = true;
    return await Promise.race([use(connection), failed]);
  } catch (error) {
    throw error instanceof KernelError ? failureOf(error) : error;
  } finally {
    silence.callOff();
    signal.removeEventListener('abort', onAbort);
    await connection?.close();
  }
}

import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { reveal } from '@keepalived-ts/base/secret.js';
import type { TlsCredentials } from '../core/plan.js';
import { ProbeFailure, type TlsTerms } from '../core/probe-io.js';
import type { Line, Listener } from './connection.js';

/** Every version and cipher that OpenSSL still speaks: old appliances are no dead ones. */
const ANY_VERSION = 'TLSv1';
const ANY_CIPHER = 'DEFAULT:@SECLEVEL=0';

/** Our side of TLS in checks, with the certificate of the `SSL` block. */
export class Tls {
  private readonly context: SecureContext;

  /** Throws where the credentials do not fit together. */
  constructor(credentials: TlsCredentials | undefined) {
    this.context = contextOf(credentials);
  }

  /** Makes a connection a TLS session. Rejects with a `ProbeFailure`. */
  handshake(socket: Socket, { serverName }: TlsTerms): Promise<TlsSession> {
    return new Promise((resolve, reject) => {
      const session = connect({
        socket,
        secureContext: this.context,
        rejectUnauthorized: false,
        // RFC 6066 §3: a name, not an address.
        ...(serverName !== undefined && isIP(serverName) === 0 && { servername: serverName }),
      });
      const refuse = ({ message }: Error): void => {
        reject(new ProbeFailure('tls', `TLS handshake failed: ${message}`));
      };
      session.on('error', refuse);
      session.once('close', () => refuse(new Error('closed by the server')));
      session.once('secureConnect', () => resolve(new TlsSession(session)));
    });
  }
}

/** A TLS session, established. */
export class TlsSession implements Line {
  private readonly socket: TLSSocket;

  constructor(socket: TLSSocket) {
    this.socket = socket;
  }

  say(text: string): void {
    this.socket.write(text);
  }

  /** Compat: every end is a good one, also by an error. */
  listen({ data, end }: Listener): void {
    this.socket.on('data', data);
    let isOver = false;
    const finish = (): void => {
      if (!isOver) end();
      isOver = true;
    };
    for (const event of ['end', 'close', 'error']) this.socket.on(event, finish);
  }

  /** Sends close_notify and waits until it is on its way. */
  async goodbye(): Promise<void> {
    const { socket } = this;
    if (socket.destroyed || socket.writableFinished) return;
    const gone = once(socket, 'finish').catch(() => undefined);
    const closed = once(socket, 'close').catch(() => undefined);
    socket.end();
    await Promise.race([gone, closed]);
  }
}

/** Checks what the `SSL` block gave; throws what OpenSSL has to say against it. */
export function contextOf(credentials: TlsCredentials | undefined): SecureContext {
  const { certificate, key, ca, password } = credentials ?? {};
  return createSecureContext({
    minVersion: ANY_VERSION,
    ciphers: ANY_CIPHER,
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key: reveal(key) }),
    ...(ca !== undefined && { ca }),
    ...(password !== undefined && { passphrase: reveal(password).toString() }),
  });
}

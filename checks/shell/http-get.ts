import type { Socket } from 'node:net';
import { toMilliseconds } from '@keepalived-ts/base/time.js';
import type { Target } from '../core/define-checker.js';
import { type HttpReply, ReplyReader } from '../core/http-reply.js';
import { type HttpRequest, ProbeFailure } from '../core/probe-io.js';
import { failureOf, withConnection } from './connection.js';
import { deadline } from './deadline.js';
import type { Tls } from './tls.js';

/** One GET on a connection of its own; see `ProbeIo.httpGet`. */
export function httpGet(
  target: Target,
  { head, tls: terms, wants }: HttpRequest,
  signal: AbortSignal,
  tls: Tls | undefined,
): Promise<HttpReply> {
  return withConnection(target, signal, async (socket) => {
    const reader = new ReplyReader(wants);
    if (!terms) return exchange(socket, head, reader, false);
    if (!tls) throw new ProbeFailure('not-run', 'TLS is not ready');
    // Compat: one budget for the handshake and all reads.
    const budget = toMilliseconds(target.connectTimeout);
    let callOff = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = (): void => reject(new ProbeFailure('timeout', 'no answer in time'));
      callOff = deadline(budget, fail);
    });
    const talk = async (): Promise<HttpReply> => {
      const session = await tls.handshake(socket, terms);
      const reply = await exchange(session, head, reader, true);
      if (terms.goodbye) await tls.goodbye(session);
      return reply;
    };
    const talking = talk();
    // Whoever loses the race is not listened to any more.
    talking.catch(() => undefined);
    try {
      return await Promise.race([talking, late]);
    } finally {
      callOff();
    }
  });
}

/** Sends the request and reads to the end. The caller closes the socket. */
function exchange(
  socket: Socket,
  head: string,
  reader: ReplyReader,
  forgiving: boolean,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      const reply = reader.end();
      if (reply) resolve(reply);
      else reject(new ProbeFailure('no-reply', 'closed without a whole header'));
    };
    socket.on('data', (bytes: Buffer) => {
      if (!reader.push(bytes)) {
        reject(new ProbeFailure('no-reply', 'the header does not end'));
      }
    });
    socket.on('end', finish);
    socket.on('close', finish);
    // Compat: in TLS every end of a reply is a good one, elsewhere only the regular one.
    socket.on('error', (error) => (forgiving ? finish() : reject(failureOf(error))));
    socket.write(head);
  });
}

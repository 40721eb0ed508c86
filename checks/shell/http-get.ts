import type { Target } from '../core/define-checker.js';
import { type HttpReply, ReplyReader } from '../core/http-reply.js';
import { type HttpRequest, ProbeFailure } from '../core/probe-io.js';
import { type Line, withConnection } from './connection.js';
import type { Tls } from './tls.js';

/** One GET on a connection of its own; see `ProbeIo.httpGet`. */
export function httpGet(
  target: Target,
  { head, tls: terms, wants }: HttpRequest,
  signal: AbortSignal,
  tls: Tls | undefined,
): Promise<HttpReply> {
  return withConnection(target, signal, async (connection) => {
    const reader = new ReplyReader(wants);
    if (!terms) return exchange(connection, head, reader);
    if (!tls) throw new ProbeFailure('not-run', 'TLS is not ready');
    const session = await tls.handshake(connection.passOn(), terms);
    const reply = await exchange(session, head, reader);
    if (terms.goodbye) await session.goodbye();
    return reply;
  });
}

/** Sends the request and reads to the end. The caller closes the connection. */
function exchange(line: Line, head: string, reader: ReplyReader): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    line.listen({
      data(bytes) {
        if (!reader.push(bytes)) reject(new ProbeFailure('no-reply', 'the header does not end'));
      },
      end() {
        const reply = reader.end();
        if (reply) resolve(reply);
        else reject(new ProbeFailure('no-reply', 'closed without a whole header'));
      },
      failed: reject,
    });
    line.say(head);
  });
}

import { createHash, type Hash } from 'node:crypto';
import { Socket } from 'node:net';
import { Client, type Dispatcher, errors } from 'undici';
import type { Target } from '../core/define-checker.js';
import { type HttpReply, ProbeFailure } from '../core/probe-io.js';
import { failureOf, withConnection } from './connection.js';

/**
 * Makes a connected socket say `head` where undici writes its own request.
 *
 * undici only speaks HTTP/1.1, to which a server may answer in chunks and keep the connection; our
 * default is HTTP/1.0, and the request must be keepalived's byte for byte. undici writes the head of
 * a GET in one piece, which a test holds it to.
 */
function sayInstead(socket: Socket, head: string): void {
  const { write } = socket;
  socket.write = () => {
    socket.write = write;
    return socket.write(head);
  };
}

/** One GET on a connection of its own; see `ProbeIo.httpGet`. */
export async function httpGet(
  target: Target,
  head: string,
  signal: AbortSignal,
): Promise<HttpReply> {
  const socket = new Socket();
  return await withConnection(socket, target, signal, () => exchange(socket, head));
}

/** Sends the request on a connected socket and reads the reply. The caller closes the socket. */
async function exchange(socket: Socket, head: string): Promise<HttpReply> {
  sayInstead(socket, head);
  const client = new Client('http://server', {
    // Later, as a real connect would: undici loses a request whose connection is there at once.
    connect: (_options, callback) => queueMicrotask(() => callback(null, socket)),
    // The connection has its own clock, a finer one than undici's.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    return await new Promise<HttpReply>((resolve, reject) => {
      client.dispatch({ method: 'GET', path: '/' }, new ReplyReader(resolve, reject));
    });
  } finally {
    client.destroy().catch(() => {}); // the promise only says that the socket is gone
  }
}

/**
 * Collects a reply from undici's parser.
 *
 * Differs: keepalived reads until the server closes, so it fails a server that keeps the connection
 * open after a complete reply or resets it then; one that leaves out the space after the status
 * code fails too, and of a chunked body it hashes the frames. We stop where the message ends (RFC
 * 9112 §6.3) and take what clients would take. A header that breaks the grammar of RFC 9112 §5 is
 * a failure here, while keepalived does not look at headers. Compat: a body shorter than its Content-Length is
 * weighed as it is.
 */
class ReplyReader implements Dispatcher.DispatchHandler {
  private readonly resolve: (reply: HttpReply) => void;
  private readonly reject: (failure: ProbeFailure) => void;
  private readonly hash: Hash = createHash('md5');
  private status: number | undefined;

  constructor(resolve: (reply: HttpReply) => void, reject: (failure: ProbeFailure) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status ??= status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.hash.update(chunk);
  }

  onResponseEnd(): void {
    this.finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const closed = error instanceof errors.SocketError;
    const short = error instanceof errors.ResponseContentLengthMismatchError;
    if (this.status !== undefined && (closed || short)) this.finish();
    else if (closed) this.reject(new ProbeFailure('no-reply', 'closed without a reply'));
    else if (
      short || // a header that the parser would not take, such as a second Content-Length
      error instanceof errors.HTTPParserError ||
      error instanceof errors.HeadersOverflowError
    )
      this.reject(new ProbeFailure('malformed', `not an HTTP reply: ${error.message}`));
    else this.reject(failureOf(error));
  }

  private finish(): void {
    const { status = 0 } = this;
    this.resolve({ status, md5: this.hash.digest('hex') });
  }
}

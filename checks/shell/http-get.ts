import { createHash, type Hash } from 'node:crypto';
import { Socket } from 'node:net';
import { Client, type Dispatcher, errors } from 'undici';
import type { Target } from '../core/define-checker.js';
import { type HttpReply, ProbeFailure } from '../core/probe-io.js';
import { failureOf, withConnection } from './connection.js';

/**
 * A socket that says `head` where undici writes its own request.
 *
 * undici only speaks HTTP/1.1, to which a server may answer in chunks and keep the connection; our
 * default is HTTP/1.0, and the request must be keepalived's byte for byte. undici writes the head of
 * a GET in one piece, which a test holds it to.
 */
class RequestSocket extends Socket {
  private head: string | undefined;

  constructor(head: string) {
    super();
    this.head = head;
  }

  override write(chunk: string | Uint8Array, ...rest: unknown[]): boolean {
    const { head } = this;
    this.head = undefined;
    if (head !== undefined) return super.write(head);
    return super.write(chunk, ...(rest as []));
  }
}

/** One GET on a connection of its own; see `ProbeIo.httpGet`. */
export async function httpGet(
  target: Target,
  head: string,
  signal: AbortSignal,
): Promise<HttpReply> {
  const socket = new RequestSocket(head);
  return await withConnection(socket, target, signal, () => exchange(socket));
}

/** Sends the request on a connected socket and reads the reply. The caller closes the socket. */
async function exchange(socket: Socket): Promise<HttpReply> {
  const client = new Client('http://server', {
    connect: (_options, callback) => callback(null, socket),
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
 * Differs: keepalived reads until the server closes, and fails a server that keeps the connection
 * open after a complete reply, that resets it then, or that ends its header lines with a bare LF; it
 * also hashes the frames of a chunked body. We stop where the message ends (RFC 9112 §6.3). Compat:
 * a body shorter than its Content-Length is weighed as it is.
 */
class ReplyReader implements Dispatcher.DispatchHandler {
  private readonly resolve: (reply: HttpReply) => void;
  private readonly reject: (failure: ProbeFailure) => void;
  private readonly hash: Hash = createHash('md5');
  private status: number | undefined;
  private contentLength: number | undefined;
  private bodyLength = 0;

  constructor(resolve: (reply: HttpReply) => void, reject: (failure: ProbeFailure) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }

  onRequestStart(): void {}

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status ??= status;
    const length = Number(headers['content-length']);
    this.contentLength = Number.isSafeInteger(length) ? length : undefined;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.hash.update(chunk);
    this.bodyLength += chunk.length;
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
      error instanceof errors.HTTPParserError ||
      error instanceof errors.HeadersOverflowError
    )
      this.reject(new ProbeFailure('malformed', `not an HTTP reply: ${error.message}`));
    else this.reject(failureOf(error, 'reply'));
  }

  private finish(): void {
    const { status = 0, contentLength, bodyLength } = this;
    this.resolve({ status, contentLength, bodyLength, md5: this.hash.digest('hex') });
  }
}

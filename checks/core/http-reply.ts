import { createHash, type Hash } from 'node:crypto';

/** What is wanted of a reply beyond its status. */
export interface HttpWants {
  /** The MD5 of the body. */
  digest: boolean;
  /** The body itself, to be searched. */
  body: boolean;
}

/** What came back from an HTTP server until it closed. */
export interface HttpReply {
  /** 0 where none could be made out. */
  status: number;
  /** MD5 in lower-case hex; empty unless wanted. */
  md5: string;
  /** Bytes of the body that came, and how many the header announced. */
  length: number;
  announced: number | undefined;
  /** The header with its empty line. */
  head: Uint8Array;
  /** The body from its start, cut at `LONGEST_BODY`; empty unless wanted. */
  body: Uint8Array;
}

/** The header must end within so many bytes. Compat: keepalived's buffer, less its NUL. */
const LONGEST_HEADER = 4095;
/** As much of a body is kept to be searched. keepalived searches on without a limit. */
const LONGEST_BODY = 4 * 1024 * 1024;

/**
 * Reads a reply as keepalived does, which is not as RFC 9112 has it, so that both find the same
 * servers healthy: everything behind the first empty line is the body until the server closes,
 * chunks or not; header lines are looked at only for `Content-Length:` in just this spelling, and
 * that only limits the digest. Any bytes are taken, and nothing is thrown.
 */
export class ReplyReader {
  private readonly wants: HttpWants;
  private readonly hash: Hash | undefined;
  /** What came before the end of the header. */
  private head = Buffer.alloc(0);
  private readonly kept: Uint8Array[] = [];
  private keptLength = 0;
  private found: Pick<HttpReply, 'status' | 'announced' | 'head'> | undefined;
  private length = 0;

  constructor(wants: HttpWants) {
    this.wants = wants;
    this.hash = wants.digest ? createHash('md5') : undefined;
  }

  /** Takes what came. `false`: this will never be a reply, as its header has no end. */
  push(bytes: Uint8Array): boolean {
    if (this.found) {
      this.take(bytes);
      return true;
    }
    this.head = Buffer.concat([this.head, bytes]);
    const end = this.head.indexOf('\r\n\r\n');
    if (end < 0 || end + 4 > LONGEST_HEADER) return this.head.length < LONGEST_HEADER;
    // Compat: what has come of the body with it is searched for a length, too.
    const text = this.head.toString('latin1', 0, LONGEST_HEADER);
    const head = this.head.subarray(0, end + 4);
    this.found = { status: statusOf(text), announced: announcedLength(text), head };
    this.take(this.head.subarray(end + 4));
    return true;
  }

  /** The reply, now that the server has closed; `undefined` when there was none. */
  end(): HttpReply | undefined {
    return (
      this.found && {
        ...this.found,
        md5: this.hash?.digest('hex') ?? '',
        length: this.length,
        body: Buffer.concat(this.kept),
      }
    );
  }

  private take(bytes: Uint8Array): void {
    const left = (this.found?.announced ?? Infinity) - this.length;
    if (left > 0) this.hash?.update(bytes.subarray(0, left));
    this.length += bytes.length;
    const room = LONGEST_BODY - this.keptLength;
    if (!this.wants.body || room <= 0) return;
    const part = bytes.subarray(0, room);
    this.kept.push(part);
    this.keptLength += part.length;
  }
}

/** Three digits between blanks, the first of which is the first of all (reference §9). */
function statusOf(header: string): number {
  const [, digits = ''] = /^[^ \r]* (\d{3}) /.exec(header) ?? [];
  const status = Number(digits);
  return status >= 100 && status <= 599 ? status : 0;
}

/**
 * As strtoul(3) reads what follows the first `Content-Length:`, which must be the line's end; a line
 * without anything is 0, one of blanks or junk no length.
 */
function announcedLength(header: string): number | undefined {
  const [, rest] = /Content-Length:(.*)/s.exec(header) ?? [];
  if (rest === undefined) return undefined;
  const [number = '', sign, digits = '0'] = /^\s*([+-]?)(\d+)/.exec(rest) ?? [];
  if (!/^[\r\n]?$/.test(rest.charAt(number.length)) || sign === '-') return undefined;
  return Number(digits);
}

import type { Target } from '../core/define-checker.js';
import { ProbeFailure, type Talk } from '../core/probe-io.js';
import { withConnection } from './connection.js';

/** The longest line. Compat: keepalived's buffer for SMTP, less its NUL. */
const LONGEST_LINE = 511;

/** Talks in lines over a connection; see `ProbeIo.converse`. */
export function converse<T>(
  target: Target,
  signal: AbortSignal,
  use: (talk: Talk) => Promise<T>,
): Promise<T> {
  return withConnection(target, signal, (connection) => {
    let heard = '';
    let ended: ProbeFailure | undefined;
    let wake = (): void => undefined;
    const end = (failure: ProbeFailure): void => {
      ended ??= failure;
      wake();
    };
    connection.listen({
      data(bytes) {
        heard += Buffer.from(bytes.buffer).toString('latin1');
        if (heard.length >= LONGEST_LINE && !heard.slice(0, LONGEST_LINE).includes('\n')) {
          end(new ProbeFailure('malformed', 'a line without an end'));
        }
        wake();
      },
      end: () => end(new ProbeFailure('no-reply', 'the server closed')),
      failed: end,
    });
    return use({
      async hear() {
        for (;;) {
          const length = heard.indexOf('\n') + 1;
          if (length > 0) {
            const line = heard.slice(0, length);
            heard = '';
            return line;
          }
          if (ended) throw ended;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
      say: (line) => connection.say(line),
    });
  });
}

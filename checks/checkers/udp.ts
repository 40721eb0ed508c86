import { keyword } from '#src/config/schema.js';
import { integer } from '#src/config/values.js';
import { defineChecker, down, failedAfter, succeedOrFail, up } from '../core/define-checker.js';
import { hexBytes, hexPattern, matches } from '../core/hex.js';

/** What is sent where nobody says. Compat: keepalived's text, of 32 bytes. */
const PAYLOAD = 'keepalived check - keepalived ch';
const LENGTH = integer(0, 65_535);
/** Enough of a reply to see whether it is longer than any that is allowed. */
const ROOM = 2_048;

export default defineChecker({
  keyword: 'UDP_CHECK',
  doc: 'Healthy unless a datagram is refused or, where a reply is required, goes unanswered.',
  example: 'UDP_CHECK {\n  payload 00ff10\n  require_reply 00fe\n}',
  keywords: {
    payload: keyword(hexBytes, 'The bytes to send.').unless('a text of 32 bytes'),
    require_reply: keyword(
      hexPattern,
      'A reply must come, and begin with these bytes if any are given; x is any digit.',
    ).shown('require_reply 80xx0001'),
    min_reply_length: keyword(LENGTH, 'The fewest bytes of a reply that is compared.')
      .counting('bytes')
      .default(0),
    max_reply_length: keyword(LENGTH, 'The most bytes of a reply that is compared.')
      .counting('bytes')
      .default(255),
  },
  check({ min_reply_length: min, max_reply_length: max }, report) {
    if (min > max) {
      report(`UDP_CHECK min_reply length ${min} > max_reply_length ${max} - will always fail`);
    }
  },
  mail: succeedOrFail('UDP CHECK'),
  phrase: ({ server, verdict, retries }) =>
    verdict.is === 'up'
      ? `UDP connection to ${server} success.`
      : failedAfter('UDP_CHECK', server, retries),
  // Compat: what is sent and compared does not make it another checker (reference §7).
  identity: () => undefined,
  // The socket's own clock ends it first.
  patience: 1.5,
  async probe({ target, options, io, signal }) {
    const { payload, require_reply: pattern } = options;
    const { min_reply_length: min, max_reply_length: max } = options;
    const sent = payload === undefined ? Buffer.from(PAYLOAD) : Buffer.from(payload, 'hex');
    const room = Math.max(ROOM, max + 1);
    const exchange = { kind: 'udp', sent, room, accept: () => true } as const;
    const reply = await io.datagram(target, exchange, signal);
    if (pattern === undefined) return up(reply ? 'answered' : 'not refused');
    if (!reply) return down('timeout', 'no reply in time');
    if (pattern === '') return up('answered');
    const { length } = reply;
    if (length < min || length > max) {
      return down('mismatch', `a reply of ${length} bytes, not ${min} to ${max}`);
    }
    if (!matches(pattern, reply)) return down('mismatch', 'reply data mismatch');
    return up('answered as required');
  },
});

import { randomInt } from 'node:crypto';
import { keyword } from '#src/config/schema.js';
import { defineChecker, down, succeedOrFail, up } from '../core/define-checker.js';
import { isReplyTo, query, resultCode } from '../core/dns.js';
import { queryName, queryType } from '../core/dns-values.js';

/** A header is all we look at; RFC 1035 §4.2.1 has 512 bytes for the whole. */
const ROOM = 512;

export default defineChecker({
  keyword: 'DNS_CHECK',
  doc: 'Healthy when a name server answers a query without an error.',
  manual: 'The answer itself is not looked at; a name that does not exist is an error.',
  example: 'DNS_CHECK {\n  type A\n  name www.example.org\n}',
  keywords: {
    type: keyword(queryType, 'Type of the records to ask for, in any case.').default('SOA'),
    name: keyword(queryName, 'Name to ask for.').onlyOnce().unless('the root'),
  },
  mail: succeedOrFail('DNS_CHECK:'),
  phrase: ({ server, verdict, retries }) =>
    verdict.is === 'up'
      ? `DNS_CHECK (${server}) success.`
      : `DNS_CHECK (${server}) ${verdict.detail}${retries > 0 ? ` after ${retries} retries` : ''}`,
  defaults: { retry: 3, delayBeforeRetry: 'delay_loop' },
  // The socket's own clock ends it first.
  patience: 1.5,
  async probe({ target, options, io, signal }) {
    const id = randomInt(0x10000);
    const sent = query(id, options.name ?? '', options.type);
    const accept = (reply: Uint8Array): boolean => isReplyTo(id, reply);
    const reply = await io.datagram(target, { kind: 'udp', sent, room: ROOM, accept }, signal);
    if (!reply) return down('timeout', 'read timeout from socket');
    const code = resultCode(reply);
    return code === 0 ? up('answered') : down('rcode', `read error occurred. (rcode = ${code})`);
  },
});

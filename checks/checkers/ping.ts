import { randomInt } from 'node:crypto';
import { familyOf } from '@keepalived-ts/base/ip.js';
import { defineChecker, down, succeedOrFail, up } from '../core/define-checker.js';
import { echoRequest, isEchoReply } from '../core/icmp.js';

const SEQUENCE = 1;
/** An IPv4 header with options, the ICMP header and our data. */
const ROOM = 60 + 8 + 128;

export default defineChecker({
  keyword: 'PING_CHECK',
  doc: 'Healthy when an ICMP echo request comes back.',
  example: 'PING_CHECK {\n  retry 2\n}',
  keywords: {},
  knowsNoPorts: true,
  mail: succeedOrFail('ICMP CHECK'),
  phrase: ({ server, service, verdict, retries }) => {
    if (verdict.is === 'up') return `ICMP connection to ${server} success.`;
    if (retries === 0) return `ICMP CHECK on service ${server} failed.`;
    return `ICMP CHECK on service ${server} of ${service} failed after ${retries} retries.`;
  },
  // The socket's own clock ends it first.
  patience: 1.5,
  async probe({ target, io, signal }) {
    const family = familyOf(target.address);
    const id = randomInt(0x10000);
    const sent = echoRequest(family, id, SEQUENCE);
    const accept = (reply: Uint8Array): boolean => isEchoReply(family, reply, id, SEQUENCE);
    const reply = await io.datagram(target, { kind: 'icmp', sent, room: ROOM, accept }, signal);
    return reply ? up('came back') : down('timeout', 'no echo reply in time');
  },
});

import { ip } from '@keepalived-ts/base/ip.js';
import { describe, expect, it } from 'vitest';
import { decode, encode, HEADER, messageLength } from '#src/snmp/agentx.js';
import { Writer } from '#src/snmp/agentx-data.js';
import { oid } from '#src/snmp/oid.js';
import { counter64, integer, ipAddress, objectId, text, ticks } from '#src/snmp/value.js';

const envelope = { session: 7, transaction: 8, packet: 9 };
const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
const shown = (message: Uint8Array): string => Buffer.from(message).toString('hex');

describe('AgentX messages', () => {
  it('open names us, in network byte order (RFC 2741 §6.2.1)', () => {
    const open = encode(envelope, { type: 'open', timeout: 5, description: 'abc' });
    expect(shown(open)).toBe(
      shown(
        bytes(`01 01 10 00 00000007 00000008 00000009 00000010
               05000000 00000000 00000003 61626300`),
      ),
    );
  });

  it('register says which branch is ours, its prefix shortened (§5.1, §6.2.3)', () => {
    const subtree = oid('1.3.6.1.4.1.9586');
    const register = encode(envelope, { type: 'register', subtree, priority: 127, timeout: 0 });
    expect(shown(register.subarray(HEADER))).toBe(
      shown(bytes('00 7f 00 00  02 04 00 00  00000001 00002572')),
    );
  });

  it('a get of one variable, in the byte order of a little-endian master', () => {
    const get = bytes(`01 05 00 00 07000000 08000000 09000000 10000000
                       02 02 00 00 01000000 44000000 00000000`);
    const range = { start: oid('1.3.6.1.2.1.68'), include: false, end: [] };
    expect(messageLength(get)).toBe(get.length);
    expect(decode(get)).toEqual({ envelope, message: { type: 'get', ranges: [range] } });
  });

  it('a response carries every type of value there and back', () => {
    const varBinds = [
      { oid: oid('1.3.6.1.2.1.1.0'), value: integer(-5) },
      { oid: oid('2.5'), value: text('five!') },
      { oid: oid('1.3.6.1.2.1.2.0'), value: counter64(2n ** 64n - 1n) },
      { oid: oid('1.3.6.1.2.1.3.0'), value: ipAddress(ip('10.0.0.1')) },
      { oid: oid('1.3.6.1.2.1.4.0'), value: objectId(oid('1.3.6.1.6.3')) },
      { oid: oid('1.3.6.1.2.1.5.0'), value: ticks(77) },
      { oid: oid('1.3.6.1.2.1.6.0'), value: { type: 'end-of-mib-view' as const } },
    ];
    const message = { type: 'response' as const, error: 5, index: 2, varBinds };
    const read = decode(encode(envelope, message));
    expect(read?.envelope).toEqual(envelope);
    expect(plain(read?.message)).toEqual(plain(message));
  });

  it('a message in a context of its own is read behind that (§6.1.1)', () => {
    const payload = new Writer();
    payload.octets(Buffer.from('ctx'));
    payload.oid(oid('1.3.6.1.2.1.68'), true);
    payload.oid([]);
    const body = payload.bytes();
    const head = bytes('01 06 18 00 00000007 00000008 00000009 00000000');
    head[19] = body.length;
    expect(decode(Buffer.concat([head, body]))?.message).toEqual({
      type: 'get-next',
      ranges: [{ start: oid('1.3.6.1.2.1.68'), include: true, end: [] }],
    });
  });

  it('garbage is no message: cut anywhere, of another version, of an unknown type', () => {
    const varBinds = [{ oid: oid('1.3.6.1.2.1.1.0'), value: text('hello') }];
    const whole = encode(envelope, { type: 'response', error: 0, index: 0, varBinds });
    expect(decode(whole)).toBeDefined();
    for (let length = 0; length < whole.length; length++) {
      // Behind the last variable a list ends, and so it does before the first.
      if (length === HEADER + 8) continue;
      expect(decode(whole.subarray(0, length)), `${length} bytes`).toBeUndefined();
    }
    expect(decode(Buffer.concat([bytes('02'), whole.subarray(1)]))).toBeUndefined();
    expect(decode(Buffer.concat([bytes('01 63'), whole.subarray(2)]))).toBeUndefined();
  });
});

/** Numbers of 64 bits and bytes of whatever class as what JSON can show. */
const plain = (message: unknown): unknown =>
  JSON.parse(
    JSON.stringify(message, (_, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`;
      const buffer = value as { type?: unknown; data?: unknown } | null;
      if (buffer?.type === 'Buffer') return buffer.data;
      return value instanceof Uint8Array ? [...value] : value;
    }),
  );

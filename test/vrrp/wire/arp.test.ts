import { hex } from '@keepalived-ts/base/bytes.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { describe, expect, it } from 'vitest';
import { decodeGratuitousArp, encodeGratuitousArp } from '#vrrp/wire/arp.js';
import { capturedArps } from './captured.js';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

describe('gratuitous ARP', () => {
  it.each(capturedArps)("is byte for byte Debian's keepalived's: $address", (captured) => {
    const mac = bytesOf(captured.mac);
    const { address } = captured;
    expect(hex(encodeGratuitousArp({ mac, address }))).toBe(captured.hex);
    expect(decodeGratuitousArp(bytesOf(captured.hex))).toEqual({ mac, address });
  });

  it('needs an Ethernet address', () => {
    const mac = new Uint8Array(20);
    expect(() => encodeGratuitousArp({ mac, address: ip('10.0.0.1') })).toThrow(RangeError);
  });

  it.each([
    [
      'an answer',
      'ffffffffffffb64e8422b6af08060001080006040002b64e8422b6af0a4d0064ffffffffffff0a4d0064',
    ],
    [
      'a question for another',
      'ffffffffffffb64e8422b6af08060001080006040001b64e8422b6af0a4d0064ffffffffffff0a4d0065',
    ],
    ['cut off', 'ffffffffffffb64e8422b6af0806000108000604'],
  ])('is not %s', (_, text) => {
    expect(decodeGratuitousArp(bytesOf(text))).toBeUndefined();
  });
});

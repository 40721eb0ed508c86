import { IPPROTO_IPV6, IPV6_HOPLIMIT, IPV6_PKTINFO } from '@keepalived-ts/raw-socket/constants.js';
import { decodeControl, encodeControl } from '@keepalived-ts/raw-socket/control.js';
import { littleEndian, wordSize } from '@keepalived-ts/raw-socket/host.js';
import { describe, expect, it } from 'vitest';

const bytes = (hex: string): Uint8Array =>
  new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

const hopLimit = { level: IPPROTO_IPV6, type: IPV6_HOPLIMIT, data: bytes('ff000000') };
const packetInfo = { level: IPPROTO_IPV6, type: IPV6_PKTINFO, data: new Uint8Array(20).fill(7) };
/** hopLimit, as CMSG_LEN and CMSG_SPACE lay it out on a 64-bit machine. */
const encoded = '1400000000000000 29000000 34000000 ff000000 00000000';

describe.skipIf(!littleEndian || wordSize !== 8)('control data (as on x86-64)', () => {
  it('a message is a length, a level, a type, the data and padding to eight bytes', () => {
    expect(encodeControl([hopLimit])).toEqual(bytes(encoded));
  });

  it('several messages follow one another', () => {
    const both = encodeControl([packetInfo, hopLimit]);
    expect(both).toHaveLength(40 + 24);
    expect(decodeControl(both)).toEqual([packetInfo, hopLimit]);
  });

  it('the padding of the last message may be missing, as the kernel leaves it out', () => {
    expect(decodeControl(bytes(encoded).subarray(0, 20))).toEqual([hopLimit]);
  });

  it('decoding ends at a message that is not whole', () => {
    const both = encodeControl([hopLimit, packetInfo]);
    expect(decodeControl(both.subarray(0, both.length - 5))).toEqual([hopLimit]);
  });

  it.each([
    ['nothing', ''],
    ['a piece of a header', '1400000000000000 29000000'],
    ['a length smaller than the header', '0f00000000000000 29000000 34000000 ff000000'],
    ['a length of zero', '0000000000000000 29000000 34000000'],
    ['a length beyond all memory', 'ffffffffffffffff 29000000 34000000 ff000000'],
  ])('there is no message in %s', (_, hex) => {
    expect(decodeControl(bytes(hex))).toEqual([]);
  });
});

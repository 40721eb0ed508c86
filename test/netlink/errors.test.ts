import { KernelError } from '@keepalived-ts/base/errors.js';
import { Malformed, Payload } from '@keepalived-ts/netlink/attributes.js';
import { NLM_F_ACK_TLVS, NLM_F_CAPPED } from '@keepalived-ts/netlink/constants.js';
import { parseAcknowledgement, refusal } from '@keepalived-ts/netlink/errors.js';
import { decodeMessages, type Message, type Request } from '@keepalived-ts/netlink/message.js';
import { describe, expect, it } from 'vitest';

const message = (text: string): Message => {
  const decoded = decodeMessages(Uint8Array.from(Buffer.from(text, 'hex')));
  if (decoded instanceof Malformed || !decoded[0]) throw new Error('no message');
  return decoded[0];
};

const request: Request = {
  operation: 'add address 1.2.3.4/32 on interface 99',
  type: 20,
  flags: 0,
  payload: new Payload(8).u32(2, 1).u32(1, 1).finish(),
};

describe('acknowledgements', () => {
  it('tell success', () => {
    const ack = message(
      '240000000200000107000000b4560000' + '00000000' + '2800000014000506070000009c560000',
    );
    expect(parseAcknowledgement(ack)).toMatchObject({ errno: 0, text: undefined });
  });

  it('carry the words of the kernel (captured: address on an interface that is not there)', () => {
    const ack = message(
      '4000000002000003070000009c560000' +
        'edffffff' +
        '2800000014000506070000009c560000' +
        '1b000100697076343a20446576696365206e6f7420666f756e6400' +
        '00',
    );
    const parsed = parseAcknowledgement(ack);
    if (parsed instanceof Malformed) throw new Error(parsed.reason);
    const error = refusal(request, parsed);
    expect(error).toBeInstanceOf(KernelError);
    expect(error).toMatchObject({
      operation: 'add address 1.2.3.4/32 on interface 99',
      errno: 19,
      code: 'ENODEV',
      detail: 'ipv4: Device not found',
    });
  });

  const nack = (flags: number, attributes: Uint8Array, copy = new Uint8Array(0)): Message => {
    const payload = new Uint8Array(20 + copy.length + attributes.length);
    const view = new DataView(payload.buffer);
    view.setInt32(0, -22, true);
    view.setUint32(4, 16 + copy.length, true);
    payload.set(copy, 20);
    payload.set(attributes, 20 + copy.length);
    return { type: 2, flags, sequence: 1, port: 0, payload };
  };
  const detail = (m: Message): string | undefined => {
    const parsed = parseAcknowledgement(m);
    if (parsed instanceof Malformed) throw new Error(parsed.reason);
    return refusal(request, parsed).detail;
  };

  it('point at the attribute that is wrong (NLMSGERR_ATTR_OFFS)', () => {
    const attributes = new Payload(0).text(1, 'Bad label').u32(2, 32).finish();
    expect(detail(nack(NLM_F_ACK_TLVS | NLM_F_CAPPED, attributes))).toBe(
      'Bad label; attribute 1 at byte 32',
    );
    const beyond = new Payload(0).u32(2, 4000).finish();
    expect(detail(nack(NLM_F_ACK_TLVS | NLM_F_CAPPED, beyond))).toBe('at byte 4000');
  });

  it('name what is missing (NLMSGERR_ATTR_MISS_TYPE, _MISS_NEST)', () => {
    const attributes = new Payload(0).u32(5, 3).u32(6, 24).finish();
    expect(detail(nack(NLM_F_ACK_TLVS | NLM_F_CAPPED, attributes))).toBe(
      'attribute 3 is missing in the list at byte 24',
    );
  });

  it('are read behind the copy of the request, where the kernel sends one', () => {
    const attributes = new Payload(0).text(1, 'No').finish();
    expect(detail(nack(NLM_F_ACK_TLVS, attributes, new Uint8Array(24)))).toBe('No');
  });

  it('fall back to the words of libc', () => {
    expect(detail(nack(0, new Uint8Array(0)))).toBe('Invalid argument');
  });

  it('end a dump with an error or without', () => {
    const done = (payload: Uint8Array): Message => ({
      type: 3,
      flags: 2,
      sequence: 1,
      port: 0,
      payload,
    });
    expect(parseAcknowledgement(done(new Uint8Array(0)))).toMatchObject({ errno: 0 });
    expect(parseAcknowledgement(done(new Uint8Array(4)))).toMatchObject({ errno: 0 });
    const refused = new Payload(4, (view) => view.setInt32(0, -95, true))
      .text(1, 'No such')
      .finish();
    expect(parseAcknowledgement({ ...done(refused), flags: 2 | NLM_F_ACK_TLVS })).toMatchObject({
      errno: 95,
      text: 'No such',
    });
  });

  it('that are too short or whose attributes are broken are malformed', () => {
    const short: Message = { type: 2, flags: 0, sequence: 1, port: 0, payload: new Uint8Array(19) };
    expect(parseAcknowledgement(short)).toEqual(new Malformed('short-error'));
    const broken = nack(NLM_F_ACK_TLVS | NLM_F_CAPPED, Uint8Array.of(3, 0, 1, 0));
    expect(parseAcknowledgement(broken)).toEqual(new Malformed('attribute-length'));
  });
});

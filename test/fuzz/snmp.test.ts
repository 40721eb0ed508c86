import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode, messageLength } from '#src/snmp/agentx.js';
import type { VarBind } from '#src/snmp/value.js';
import { runs } from '#test/support/fuzz.js';

const u32 = fc.nat({ max: 0xffffffff });
const anyOid = fc.array(u32, { maxLength: 30 });
const anyValue: fc.Arbitrary<VarBind['value']> = fc.oneof(
  fc.record({ type: fc.constant('integer' as const), value: fc.integer() }),
  fc.record({
    type: fc.constantFrom('counter32' as const, 'gauge32' as const, 'time-ticks' as const),
    value: u32,
  }),
  fc.record({
    type: fc.constantFrom('octets' as const, 'opaque' as const, 'ip-address' as const),
    value: fc.uint8Array({ maxLength: 50 }),
  }),
  fc.record({ type: fc.constant('oid' as const), value: anyOid }),
  fc.record({
    type: fc.constant('counter64' as const),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  }),
  fc.record({ type: fc.constantFrom('null' as const, 'no-such-object' as const) }),
);
const anyVarBind = fc.record({ oid: anyOid, value: anyValue });

describe('AgentX', () => {
  it('reads back every response that it writes', () => {
    fc.assert(
      fc.property(fc.array(anyVarBind, { maxLength: 10 }), u32, (varBinds, packet) => {
        const envelope = { session: 1, transaction: 2, packet };
        const bytes = encode(envelope, { type: 'response', error: 0, index: 0, varBinds });
        expect(messageLength(bytes)).toBe(bytes.length);
        expect(decode(bytes)).toEqual({
          envelope,
          message: { type: 'response', error: 0, index: 0, varBinds },
        });
      }),
      runs(1_000),
    );
  });

  it('never throws, whatever comes', () => {
    const header = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom(0, 8, 16, 24));
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 200 }), ([type, flags], payload) => {
        const head = Buffer.alloc(20);
        head.set([1, type, flags, 0]);
        expect(() => decode(Buffer.concat([head, payload]))).not.toThrow();
      }),
      runs(5_000),
    );
  });

  it('never throws for a message that was changed on its way', () => {
    const place = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(anyVarBind, { maxLength: 5 }), fc.array(place), (varBinds, changes) => {
        const envelope = { session: 1, transaction: 2, packet: 3 };
        const bytes = encode(envelope, { type: 'notify', varBinds });
        bytes[1] = 8;
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expect(() => decode(bytes)).not.toThrow();
      }),
      runs(1_500),
    );
  });
});

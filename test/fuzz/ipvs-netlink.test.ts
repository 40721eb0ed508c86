import { CommandRequest } from '@keepalived-ts/ipvs-netlink/command.js';
import { readDaemon } from '@keepalived-ts/ipvs-netlink/daemon.js';
import { readDestination } from '@keepalived-ts/ipvs-netlink/destination.js';
import { readService } from '@keepalived-ts/ipvs-netlink/service.js';
import { readInfo, readTimeouts } from '@keepalived-ts/ipvs-netlink/settings.js';
import { Malformed, Payload } from '@keepalived-ts/netlink/attributes.js';
import { parseGeneric } from '@keepalived-ts/netlink/generic.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '#test/support/fuzz.js';
import { anyDestination, anyService } from '../support/ipvs-values.js';

const family = { name: 'IPVS', id: 27, version: 1, groups: new Map() };

/** Puts bytes through every decoder of the family; what they return is a value or Malformed. */
function decodeAll(payload: Uint8Array): void {
  const generic = parseGeneric({ type: 27, flags: 0, sequence: 1, port: 0, payload });
  if (generic instanceof Malformed) return;
  const { attributes } = generic;
  for (const value of [
    readService(attributes),
    readDestination(attributes, 4),
    readDestination(attributes, 6),
    readDaemon(attributes),
    readInfo(attributes),
    readTimeouts(attributes),
  ]) {
    expect(value).toBeTypeOf('object');
  }
}

/** Attributes of any type and length inside the three that the family nests. */
const anyMessage = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.uint8Array({ maxLength: 20 }))),
    ),
    { maxLength: 3 },
  )
  .map((nests) => {
    const payload = new Payload(4);
    for (const [type, inner] of nests) {
      payload.nest(type, (nest) => {
        for (const [attribute, value] of inner) nest.bytes(attribute, value);
      });
    }
    return payload.finish();
  });

describe('decoders of the IPVS family', () => {
  it('do not throw on any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), decodeAll), runs(8_000));
  });

  it('do not throw on attributes that hold nonsense', () => {
    fc.assert(fc.property(anyMessage, decodeAll), runs(8_000));
  });

  it('do not throw on messages with some bytes turned', () => {
    const damaged = fc
      .tuple(anyService, anyDestination, fc.array(fc.tuple(fc.nat(255), fc.nat(255))))
      .map(([service, destination, changes]) => {
        const command = { do: 'new-destination', service: service.id, destination } as const;
        const both = [
          new CommandRequest(family, { do: 'new-service', service }).payload,
          new CommandRequest(family, command).payload,
        ];
        return both.map((payload) => {
          const bytes = Uint8Array.from(payload);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          return bytes;
        });
      });
    fc.assert(
      fc.property(damaged, (messages) => messages.forEach(decodeAll)),
      runs(5_000),
    );
  });
});

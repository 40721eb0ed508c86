import { ip } from '@keepalived-ts/base/ip.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Forwarding, forwarding } from '#lvs/keywords/forwarding.js';
import {
  granularity,
  optionalTimeout,
  protocol,
  scheduler,
  serverAddress,
  serviceName,
} from '#lvs/keywords/values.js';
import type { ValueType, Word } from '#src/config/value-type.js';
import { anyAddress, anyFamily } from '../../support/ipvs-values.js';

const at = { file: 'test', line: 1, column: 1, length: 1 };
const wordsOf = (text: string): Word[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => ({ text: word, quoted: false, at }));

/** What a line's words make, and what is said of them. */
function read<T>(type: ValueType<T>, text: string, subject = 'keyword') {
  const said: string[] = [];
  const context = {
    subject: { text: subject, quoted: false, at },
    raw: text,
    report: ({ message }: { message: string }) => {
      said.push(message);
    },
  };
  return { value: type.parse(wordsOf(text), context), said };
}

describe('round trips', () => {
  const endpoint = anyFamily.chain((family) =>
    fc.record({ address: anyAddress(family), port: fc.integer({ min: 0, max: 65535 }) }),
  );
  const tunnel: fc.Arbitrary<Forwarding> = fc.oneof(
    fc.constantFrom<Forwarding>({ method: 'NAT' }, { method: 'DR' }),
    fc.constantFrom('nocsum' as const).map((checksum) => ({
      method: 'TUN' as const,
      type: 'ipip' as const,
      port: 0,
      checksum,
    })),
    fc.constantFrom('nocsum' as const, 'csum' as const).map((checksum) => ({
      method: 'TUN' as const,
      type: 'gre' as const,
      port: 0,
      checksum,
    })),
    fc.record({
      method: fc.constant('TUN' as const),
      type: fc.constant('gue' as const),
      port: fc.integer({ min: 1, max: 65535 }),
      checksum: fc.constantFrom('nocsum' as const, 'csum' as const, 'remcsum' as const),
    }),
  );
  const holds = <T>(type: ValueType<T>, values: fc.Arbitrary<T>): void =>
    fc.assert(
      fc.property(values, (value) => {
        expect(read(type, type.print(value))).toEqual({ value, said: [] });
      }),
    );

  it('parse(print(v)) is v', () => {
    holds(serverAddress, endpoint);
    holds(
      serviceName,
      fc.oneof(
        endpoint.map((e) => ({ kind: 'address' as const, ...e })),
        fc.integer({ min: 1, max: 0xffffffff }).map((mark) => ({ kind: 'fwmark' as const, mark })),
        fc.constant({ kind: 'group' as const, group: 'web' }),
      ),
    );
    holds(forwarding, tunnel);
    holds(protocol, fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const));
    holds(scheduler, fc.constantFrom('rr', 'mh', 'twos'));
    holds(optionalTimeout, fc.integer({ min: 1, max: 2678400 }));
    holds(
      granularity,
      fc.oneof(
        fc.integer({ min: 0, max: 0xffffffff }).map((mask) => ({ family: 4 as const, mask })),
        fc.integer({ min: 1, max: 128 }).map((prefix) => ({ family: 6 as const, prefix })),
      ),
    );
  });
});

describe('readings', () => {
  it('a port of zeros is none', () => {
    expect(read(serverAddress, '10.0.0.1 00').value).toEqual({ address: ip('10.0.0.1'), port: 0 });
  });

  it('a prefix length behind an address is passed over, as keepalived does', () => {
    const said = ["virtual_server: prefix length '/24' is ignored"];
    expect(read(serviceName, '10.0.0.1/24 80', 'virtual_server')).toEqual({
      value: { kind: 'address', address: '10.0.0.1', port: 80 },
      said,
    });
    expect(read(serverAddress, '10.0.0.1/24', 'virtual_server')).toEqual({
      value: { address: '10.0.0.1', port: 0 },
      said,
    });
  });

  it('a protocol may be written in any case', () => {
    expect(read(protocol, 'sctp').value).toBe('SCTP');
  });

  it('persistence_timeout alone means 360 s', () => {
    expect(read(optionalTimeout, '').value).toBe(360);
  });

  it('a plain TUN is IP in IP without checksum', () => {
    expect(read(forwarding, 'TUN').value).toEqual({
      method: 'TUN',
      type: 'ipip',
      port: 0,
      checksum: 'nocsum',
    });
  });

  it('options of a tunnel may stand in any order', () => {
    expect(read(forwarding, 'TUN csum port 7 type gue').value).toEqual({
      method: 'TUN',
      type: 'gue',
      port: 7,
      checksum: 'csum',
    });
  });

  it('NAT with an option stays NAT', () => {
    expect(read(forwarding, 'NAT foo')).toEqual({
      value: { method: 'NAT' },
      said: ['Invalid tunnel option foo'],
    });
  });
});

describe('mistakes', () => {
  it.each([
    [
      serviceName,
      '10.0.0.1.2 80',
      'Invalid virtual server IP address/port 10.0.0.1.2/80 - skipping',
    ],
    [serviceName, '10.0.0.1 99999', "number '99999' outside range [1, 65535]"],
    [serviceName, 'fwmark 0', "number '0' outside range [1, 4294967295]"],
    [serviceName, 'fwmark x', "invalid number 'x'"],
    [serviceName, 'group', 'virtual_server group: its name is missing'],
    [serverAddress, '10.0.0.300', 'Invalid keyword IP address/port 10.0.0.300/ - skipping'],
    [protocol, 'ICMP', 'Unknown protocol ICMP - ignoring'],
    [scheduler, 'foo', "Invalid lvs_scheduler 'foo' - ignoring"],
    [optionalTimeout, '99999999', "number '99999999' outside range [1, 2678400]"],
    [
      granularity,
      '255.255.255.256',
      'Invalid IPv4 persistence_granularity specified - 255.255.255.256',
    ],
    [granularity, '129', "number '129' outside range [1, 128]"],
    [forwarding, 'fubar', 'unknown [fubar] routing method'],
    [forwarding, 'TUN bar', 'Invalid tunnel option bar'],
    [forwarding, 'TUN type', 'Missing tunnel type'],
    [forwarding, 'TUN type vxlan', 'Invalid tunnel type vxlan'],
    [forwarding, 'TUN type gue', 'gue tunnels require port, otherwise cannot have port.'],
    [forwarding, 'TUN type gre port 5', 'gue tunnels require port, otherwise cannot have port.'],
    [forwarding, 'TUN type gue port 70000', 'Invalid gue tunnel port'],
    [forwarding, 'TUN type ipip csum', 'ipip tunnels do not support checksum option.'],
    [forwarding, 'TUN type gre remcsum', 'gre tunnels do not support remote checksum option.'],
  ] as [ValueType<unknown>, string, string][])('%# %s', (type, text, message) => {
    const { value, said } = read(type, text);
    expect(value).toBeUndefined();
    expect(said).toContain(message);
  });
});

import { describe, expect, it } from 'vitest';
import { staticRule, virtualRule } from '#vrrp/keywords/rule-line.js';
import { readLine } from './lines.js';

const read = (text: string) => readLine(virtualRule, text);

describe('a rule', () => {
  it('has what it selects by, and what it does', () => {
    const { value, said } = read(
      'not from 10.0.0.0/8 to 198.51.100.7 fwmark 0x5/0xff iif eth0 oif eth1 tos 0x10 ipproto tcp ' +
        'sport 1-1023 dport 80-443 uidrange 5-9 tunnel-id 18446744073709551615 lookup main order 50',
    );
    expect(said).toEqual([]);
    expect(value).toMatchObject({
      family: 4,
      not: true,
      from: { address: '10.0.0.0', prefix: 8 },
      to: { address: '198.51.100.7', prefix: 32 },
      fwmark: { mark: 5, mask: 255 },
      iif: 'eth0',
      oif: 'eth1',
      tos: 16,
      ipproto: 6,
      sport: { start: 1, end: 1023 },
      dport: { start: 80, end: 443 },
      uidrange: { start: 5, end: 9 },
      'tunnel-id': 18446744073709551615n,
      preference: 50,
      protocol: 18,
      action: { does: 'lookup', table: 254 },
    });
  });

  it.each([
    ['table 100', { does: 'lookup', table: 100 }],
    ['goto 70', { does: 'goto', preference: 70 }],
    ['nop', { does: 'nop' }],
    ['l3mdev', { does: 'l3mdev' }],
    ['blackhole', { does: 'blackhole' }],
    ['type unreachable', { does: 'unreachable' }],
    ['prohibit', { does: 'prohibit' }],
  ])('%s: is an action', (words, action) => {
    const { value, said } = read(`from 10.0.0.1 ${words} preference 5`);
    expect(said).toEqual([]);
    expect(value).toMatchObject({ action });
  });

  it.each([
    ['table 1 priority 5', 4],
    ['inet6 table 1 priority 5', 6],
    ['from all to 2001:db8::/32 table 1 priority 5', 6],
    ['from default table 1 priority 5', 4],
  ])('%s: its family follows from its words', (text, family) => {
    expect(read(text).value).toMatchObject({ family });
  });

  // Verdicts of Debian's keepalived 2.2.7 on the same lines.
  it.each([
    ['from 10.0.0.0/8 priority 5', 'general: No action specified for rule - ignoring'],
    ['table 0 priority 5', 'general: Table 0 is not valid'],
    ['from 10.0.0.1 to 2001:db8::1 table 1 priority 5', /mixed IPv4 and IPv6/],
    ['table 1 goto 5 priority 3', /Cannot specify more than one of lookup, goto/],
    ['table 1 l3mdev priority 5', /Cannot specify more than one of lookup, l3mdev/],
    ['realms 1/2 blackhole priority 5', /suppressor\/realm specified for non table action/],
    ['goto 5 priority 5', 'general: Invalid rule - preference 5 >= goto target 5'],
    ['goto 5', 'general: Invalid rule - goto target 5 specified without preference'],
    ['sport 5 table 1 priority 5', 'general: invalid sport range 5'],
    ['ipproto foo table 1 priority 5', "general: invalid ipproto 'foo' - ignoring"],
    ['fwmark z table 1 priority 5', "number: invalid fwmark 'z' of a rule"],
    ['protocol static table 1 priority 5', "number: invalid number 'static'"],
    ['from all table 1 pref 5', "general: unknown option 'pref' - ignoring"],
    ['table 1 priority', 'missing-argument: priority lacks its value'],
  ])('%s: is told and left out', (text, message) => {
    const { value, said } = read(text);
    expect(value).toBeUndefined();
    expect(said[0]).toMatch(message);
  });

  it('without a preference gets one from the plan, and is told of', () => {
    const { value, said } = read('from 10.0.0.0/8 table 100');
    expect(value).toMatchObject({ preference: undefined });
    expect(said).toEqual([expect.stringMatching(/^general: Rule has no preference specified/)]);
  });

  it('of another protocol must not be tracked', () => {
    expect(read('protocol 4 no_track table 1 priority 5').value).toMatchObject({ protocol: 4 });
    const { value, said } = read('protocol 4 table 1 priority 5');
    expect(value).toMatchObject({ protocol: 18 });
    expect(said).toEqual([expect.stringMatching(/^general: Rule cannot be tracked/)]);
  });

  it('counts preferences in any base, as C does', () => {
    expect(read('table 1 priority 0x10').value).toMatchObject({ preference: 16 });
    expect(read('table 1 priority 010').value).toMatchObject({ preference: 8 });
  });

  it.each([
    'from 10.0.0.0/8 table main preference 50',
    'blackhole to 2001:db8::/32 preference 7 iif eth0',
    'inet6 preference 5 fwmark 0x5/0xff goto 9 no_track',
  ])('%s: prints as it was written', (text) => {
    const { value } = read(text);
    expect(value && virtualRule.print(value)).toBe(text);
  });

  it('has a track_group if it is static, only', () => {
    const text = 'table 1 preference 5 track_group g';
    expect(readLine(staticRule, text).value).toMatchObject({ track_group: 'g' });
    expect(read(text).value).toBeUndefined();
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { changeLine, diffText } from '#src/config/diff/text.js';
import type { Block } from '#src/config/schema.js';
import { run } from '#src/daemon/commands/config-diff.js';
import { type Compared, configDiff, meanings } from '#src/daemon/config-diff.js';
import { root, tablesOf } from '#src/daemon/root.js';
import { checkers, loadText } from '#test/support/config.js';
import { planVrrp } from '#vrrp/core/plan.js';

const read = (text: string): Compared => {
  const { config } = loadText(text);
  return { config, vrrp: planVrrp(config, () => undefined), checkers };
};
/** The lines of the text, its second column behind a bar. */
const compare = (old: string, next: string): string[] =>
  diffText(configDiff(read(old), read(next)))
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/(\S) {2,}/, '$1 | '));

const instance = (name: string, vrid: number, lines: string[] = []): string =>
  [
    `vrrp_instance ${name} {`,
    'interface eth0',
    `virtual_router_id ${vrid}`,
    ...lines,
    '}',
    '',
  ].join('\n');
const vips = (...addresses: string[]): string =>
  ['virtual_ipaddress {', ...addresses, '}'].join('\n');
const pool = (...lines: string[]): string =>
  ['virtual_server 10.0.0.1 80 {', 'protocol TCP', 'lb_algo rr', 'lb_kind NAT', ...lines, '}'].join(
    '\n',
  );
const server = (address: string, ...lines: string[]): string =>
  [`real_server ${address} {`, ...lines, '}'].join('\n');

describe('the difference of two configurations', () => {
  it('is nothing for one text, and for one that says the same in other words and places', () => {
    const one = instance('V', 1, ['priority 100', vips('10.0.0.9/24')]);
    const other = `! moved\n\n${instance('V', 1, [vips('10.0.0.9/24'), '  priority   100'])}`;
    expect(compare(one, one)).toEqual([]);
    expect(compare(one, other)).toEqual([]);
  });

  it('names each keyword of an instance with what it means', () => {
    const old = instance('V', 1, [
      'priority 100',
      'garp_master_delay 3',
      vips('10.0.0.8/24', '10.0.0.9/24'),
    ]);
    const next = instance('V', 1, [
      'priority 150',
      'nopreempt',
      vips('10.0.0.9/24', '10.0.0.7/24'),
    ]);
    expect(compare(old, next)).toEqual([
      '~ vrrp_instance V | re-election, addresses move',
      '    priority 100 -> 150 | re-election',
      '    + nopreempt | re-election',
      '    - virtual_ipaddress 10.0.0.8/24 | addresses move',
      '    + virtual_ipaddress 10.0.0.7/24',
      '    - garp_master_delay 3 | no effect on traffic',
    ]);
  });

  it('says that the order of addresses has changed, for the first one is the one in the adverts', () => {
    const old = instance('V', 1, [vips('10.0.0.8/24', '10.0.0.9/24')]);
    const next = instance('V', 1, [vips('10.0.0.9/24', '10.0.0.8/24')]);
    expect(compare(old, next)).toContain('    virtual_ipaddress in another order');
  });

  it('tells that passwords differ and shows none', () => {
    const of = (password: string): string =>
      instance('V', 1, ['authentication {', 'auth_type PASS', `auth_pass ${password}`, '}']);
    const lines = compare(of('sesame1'), of('sesame2'));
    expect(lines).toContain('    authentication auth_pass *** -> *** (they differ)');
    expect(lines.join()).not.toContain('sesame');
    expect(compare(of('sesame1'), of('sesame1'))).toEqual([]);
  });

  it('tells that a key of auth_hmac is another one, and shows none', () => {
    const of = (key: string): string =>
      instance('V', 1, ['auth_hmac {', `key 1 "${key.padEnd(32)}"`, 'active_key 1', '}']);
    const lines = compare(of('sesame1'), of('sesame2'));
    expect(lines).toContain('~ vrrp_instance V | re-election');
    expect(lines.join()).toMatch(/key .*\*\*\*/);
    expect(lines.join()).not.toContain('sesame');
  });

  it('knows a renamed instance again, and one of another VRID not (reference §13)', () => {
    const old = instance('A', 1) + instance('B', 2);
    const next = instance('Z', 1) + instance('B', 3);
    expect(compare(old, next)).toEqual([
      '~ vrrp_instance Z | no effect on traffic',
      '    name A -> Z',
      '± vrrp_instance B | re-election, addresses move',
      '    virtual_router_id 2 -> 3',
    ]);
  });

  it('lists instances and scripts that come and go', () => {
    const script = (name: string): string => `vrrp_script ${name} {\nscript /bin/true\n}\n`;
    expect(compare(script('a') + instance('A', 1), script('b') + instance('B', 2))).toEqual([
      '+ vrrp_script b | re-election',
      '- vrrp_script a | re-election',
      '+ vrrp_instance B | re-election',
      '- vrrp_instance A | addresses move',
    ]);
  });

  it('goes through virtual servers to real servers and their checkers', () => {
    const old = pool(
      server('192.168.0.1 80', 'TCP_CHECK {', 'connect_timeout 3', '}'),
      server('192.168.0.2 80', 'weight 3'),
      server('192.168.0.3 80', 'TCP_CHECK {', '}'),
      server('192.168.0.4 80'),
    );
    const next = pool(
      server('192.168.0.1', 'TCP_CHECK {', 'connect_timeout 4', '}'),
      server('192.168.0.2 80', 'weight 4'),
      server('192.168.0.3 80', 'TCP_CHECK {', 'connect_port 81', '}'),
      server('192.168.0.5 80'),
    );
    expect(compare(old, next)).toEqual([
      '  virtual_server 10.0.0.1 80',
      '  ~ real_server 192.168.0.1 | no effect on traffic',
      '      server 192.168.0.1 80 -> 192.168.0.1',
      '    ~ TCP_CHECK | no effect on traffic',
      '        connect_timeout 3 -> 4',
      '  ~ real_server 192.168.0.2 80 | no effect on traffic',
      '      weight 3 -> 4',
      '    real_server 192.168.0.3 80',
      '    ~ TCP_CHECK | checks restart',
      '        + connect_port 81',
      '  + real_server 192.168.0.5 80 | no effect on traffic',
      '  - real_server 192.168.0.4 80 | connections lost',
    ]);
  });

  it('is the loss of all connections where a virtual server is another one (§7)', () => {
    const one = pool(server('192.168.0.1 80'));
    expect(compare(one, one.replace('TCP', 'UDP'))[0]).toMatch(
      /^± virtual_server .* connections lost$/,
    );
    expect(compare(one, one.replace('rr', 'wlc'))[0]).toMatch(
      /^~ virtual_server .* no effect on traffic$/,
    );
  });

  it('is no loss where a sorry_server comes, and one where it changes or goes', () => {
    const of = (...lines: string[]): string => pool(...lines, server('192.168.0.1 80'));
    const [none, one, other] = [
      of(),
      of('sorry_server 10.0.0.8 80'),
      of('sorry_server 10.0.0.9 80'),
    ];
    expect(compare(none, one)[0]).toMatch(/no effect on traffic$/);
    expect(compare(one, other)[0]).toMatch(/connections lost$/);
    expect(compare(one, none)[0]).toMatch(/connections lost$/);
  });

  it('shows the pages of a checker, which have no name, as values', () => {
    const of = (path: string): string =>
      pool(server('192.168.0.1 80', 'HTTP_GET {', 'url {', `path ${path}`, '}', '}'));
    const lines = compare(of('/'), of('/x'));
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(/~ HTTP_GET \| checks restart/),
      '        - url { path / }',
      '        + url { path /x }',
    ]);
  });

  it('is a line of bounded length for a log', () => {
    const many = Array.from({ length: 30 }, (_, i) => `10.0.1.${i}/24`);
    const changes = configDiff(read(instance('V', 1)), read(instance('V', 1, [vips(...many)])));
    expect(changes.map(changeLine)).toEqual([
      'vrrp_instance V changed (+ virtual_ipaddress 10.0.1.0/24, + virtual_ipaddress 10.0.1.1/24, ' +
        '+ virtual_ipaddress 10.0.1.2/24, + virtual_ipaddress 10.0.1.3/24, ' +
        '+ virtual_ipaddress 10.0.1.4/24, + virtual_ipaddress 10.0.1.5/24, 24 more): addresses move',
    ]);
    const [added] = configDiff(
      read(pool(server('192.168.0.1'))),
      read(pool(server('192.168.0.2'))),
    );
    expect(added && changeLine(added)).toBe(
      'virtual_server 10.0.0.1 80 / real_server 192.168.0.2 added: no effect on traffic',
    );
  });

  it('tells what only a restart changes', () => {
    expect(compare('', 'net_namespace blue\n')).toEqual([
      '~ outermost level | restart needed',
      '    + net_namespace blue',
    ]);
  });

  it('has a meaning for blocks that there are', () => {
    const known = new Set(['', 'checkers']);
    const visit = (block: Block): void => {
      for (const row of Object.values(block.keywords)) {
        if (!row.block) continue;
        known.add(row.block.keyword);
        visit(row.block);
      }
    };
    visit(root as unknown as Block);
    for (const { keyword } of tablesOf(checkers).slotOf('checkers')) known.add(keyword);
    expect(Object.keys(meanings).filter((kind) => !known.has(kind))).toEqual([]);
  });
});

describe('config diff', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-diff-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const old = file('old', instance('V', 1, ['priority 100']));
  const next = file('next', instance('V', 1, ['priority 150', 'no_such_keyword']));
  const broken = file('broken', instance('V', 1, ['priority']));

  it('ends like diff(1): 0 where nothing differs, 1 where something does, 2 in trouble', async () => {
    expect(await run({ options: {}, operands: [old, old] })).toEqual({
      status: 0,
      out: '',
      err: '',
    });
    const { status, out, err } = await run({ options: {}, operands: [old, next] });
    expect([status, out?.split('\n')[1], err]).toEqual([
      1,
      '    priority 100 -> 150',
      `${next} has 1 mistake: see -t -f ${next}\n`,
    ]);
    const unusable = await run({ options: {}, operands: [old, broken] });
    expect(unusable).toEqual({ status: 2, err: expect.stringContaining('missing a parameter') });
    expect((await run({ options: {}, operands: [old, join(folder, 'none')] })).status).toBe(2);
  });

  it('speaks JSON', async () => {
    const { out = '' } = await run({ options: { format: 'json' }, operands: [old, next] });
    expect(JSON.parse(out)).toEqual({
      meanings: ['re-election'],
      objects: [
        {
          kind: 'vrrp_instance',
          name: 'V',
          change: 'changed',
          meanings: ['re-election'],
          keywords: [{ keyword: 'priority', old: '100', new: '150', meaning: 're-election' }],
        },
      ],
    });
  });
});

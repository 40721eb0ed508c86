import { describe, expect, it } from 'vitest';
import { systemNumbers } from '#src/daemon/number-names.js';
import { loadText } from '#test/support/config.js';

const FILES: Record<string, string> = {
  '/etc/iproute2/rt_tables': '# a comment\n77 upstream\n78\tbackup # the other line\n',
  '/usr/share/iproute2/rt_tables': '254 main\n1 upstream\n',
  '/usr/share/iproute2/rt_dsfield': '0x10 lowdelay\n',
  '/etc/protocols': 'icmp\t1\tICMP\nhopopt 0 HOPOPT\n',
};
const reads: string[] = [];
const numberOf = systemNumbers((file) => {
  reads.push(file);
  return FILES[file] ?? '';
});

describe('the names that a machine has for numbers', () => {
  it('are those of iproute2, the administrator before the distribution', () => {
    expect(numberOf('table', 'upstream')).toBe(77);
    expect(numberOf('table', 'backup')).toBe(78);
    expect(numberOf('table', 'main')).toBe(254);
    expect(numberOf('table', 'unheard-of')).toBeUndefined();
    expect(numberOf('dsfield', 'lowdelay')).toBe(16);
  });

  it('and those of protocols(5)', () => expect(numberOf('ipproto', 'hopopt')).toBe(0));

  it('are read once', () => {
    expect(reads.filter((file) => file === '/etc/iproute2/rt_tables')).toHaveLength(1);
  });

  it('are none where there are no files', () => {
    expect(systemNumbers(() => '')('table', 'upstream')).toBeUndefined();
  });

  it('reach the options of routes', () => {
    const text = 'static_routes {\n default dev eth0 table upstream\n}\n';
    const { config, diagnostics } = loadText(text, {}, { numberOf });
    expect(diagnostics.filter((d) => d.class !== 'advice')).toEqual([]);
    expect(config.static_routes).toMatchObject([{ table: 77 }]);
  });
});

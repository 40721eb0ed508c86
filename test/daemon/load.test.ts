import { describe, expect, it } from 'vitest';
import { comesTo } from '#src/daemon/load.js';
import { FILE, loadText } from '#test/support/config.js';

/** The lines that are complained about, and those behind the place where keepalived ends. */
function linesOf(text: string): { told: number[]; unread: number[] } {
  const { diagnostics } = loadText(text);
  const lines = (unread: boolean): number[] => [
    ...new Set(
      diagnostics
        .filter((d) => d.class !== 'advice' && !d.ofBlock && (d.unread ?? false) === unread)
        .flatMap(({ at }) => at?.line ?? []),
    ),
  ];
  return { told: lines(false), unread: lines(true) };
}

const VR = 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\npriority 300\n}\n';

describe('a torn file is read as by each process of keepalived', () => {
  it('who does not read a block finds its lines where the brace is missing', () => {
    const { told } = linesOf(VR.replace(' {', ''));
    expect(told).toEqual([2, 3, 4, 5]);
  });

  it('blocks within an unclosed one of another process are not read', () => {
    const { told } = linesOf(`global_defs {\nvrrp_instance V {\n}\nvirtual_server x 80 {\n}\n`);
    expect(told).toEqual([2]);
  });

  it('the instances are those that the process of VRRP finds', () => {
    const { config, diagnostics } = loadText(`global_defs {\nfoo {\n}\n}\n${VR}`);
    expect(config.vrrp_instance.map(({ name }) => name)).toEqual(['V']);
    expect(diagnostics.filter((d) => d.class === 'number')).toHaveLength(1);
  });

  it('a lacking argument of VRRP ends what comes after the checkers', () => {
    const text = `${VR}vrrp_script\n${VR.replace(' V ', ' W ')}virtual_server x 80 {\n}\nfoo\n`;
    expect(linesOf(text)).toEqual({ told: [4, 6, 12, 14], unread: [10] });
  });

  it('what VRRP has met with above the end is told, if it has a line', () => {
    const mistake = { severity: 'error', class: 'general', message: 'wrong' } as const;
    const met = (text: string) => {
      const loaded = loadText(text);
      const at = (line: number) => ({ file: FILE, line, column: 1, length: 1 });
      return [
        comesTo(loaded, { ...mistake, at: at(2) }),
        comesTo(loaded, { ...mistake, at: at(2), ofBlock: true }),
        comesTo(loaded, { ...mistake, at: at(99) }),
        comesTo(loaded, mistake),
      ];
    };
    expect(met(VR)).toEqual([true, true, true, true]);
    expect(met(`${VR}vrrp_script\n`)).toEqual([true, false, false, false]);
    expect(met(`${VR}virtual_server 10.0.0.1 80 {\ndelay_loop\n}\n`)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('a block that its first line refuses is passed over', () => {
    expect(linesOf(`${VR}vrrp_instance V {\nfoo {\n}\npriority 300\n}\n`).told).toEqual([4, 6]);
  });
});

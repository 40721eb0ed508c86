import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '#test/support/fuzz.js';
import { type Answer, bad, good, Rehearsal } from '../checks/rehearsal.js';

const server = fc.record({
  weight: fc.integer({ min: 0, max: 3 }),
  inhibit: fc.boolean(),
  alpha: fc.boolean(),
  checker: fc.constantFrom(
    'TCP_CHECK { }',
    'HTTP_GET {\n url {\n path /\n }\n url {\n path /2\n }\n }',
    'TCP_CHECK { }\n HTTP_GET {\n url {\n path /\n }\n fast_recovery\n }',
  ),
});
const pool = fc.record({
  quorum: fc.integer({ min: 1, max: 4 }),
  hysteresis: fc.integer({ min: 0, max: 2 }),
  retry: fc.integer({ min: 1, max: 3 }),
  sorry: fc.boolean(),
  servers: fc.array(server, { minLength: 1, maxLength: 4 }),
});
type Pool = typeof pool extends fc.Arbitrary<infer T> ? T : never;

const configuration = ({ quorum, hysteresis, retry, sorry, servers }: Pool): string => {
  const reals = servers.map(
    ({ weight, inhibit, alpha, checker }, i) => `
      real_server 10.1.1.${i + 1} 80 {
        weight ${weight}
        ${inhibit ? 'inhibit_on_failure' : ''}
        ${alpha ? 'alpha' : ''}
        ${checker}
      }`,
  );
  return `virtual_server 10.0.0.1 80 {
    delay_loop 1
    delay_before_retry 0.3
    warmup 1
    lvs_sched rr
    lvs_method NAT
    protocol TCP
    quorum ${quorum}
    hysteresis ${hysteresis}
    retry ${retry}
    ${sorry ? 'sorry_server 10.9.9.9 80' : ''}
    ${reals.join('')}
  }`;
};

/** The pool's members in the only line of the table, with their weights. */
const membersOf = (play: Rehearsal): Map<string, number> => {
  const [line = ''] = play.table();
  const words = line.split(': ')[1]?.split(' ') ?? [];
  return new Map(words.map((w) => [w.split('=')[0] ?? '', Number(w.split('=')[1])]));
};

const SORRY = '10.9.9.9:80';

describe('a pool, whatever its servers do', () => {
  it('never mixes the sorry server with others, loses no check, and ends as health says', () => {
    const moods = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(pool, pool, moods, fc.boolean(), (first, second, mood, health) => {
        const answer: Answer = (check, _question, t) => {
          if (t >= 20) return health ? good : bad;
          const bit = Number(check.server[7]) - 1;
          return ((mood[Math.floor(t)] ?? 0) >> bit) & 1 ? bad : good;
        };
        const play = new Rehearsal(configuration(first), answer, { random: 0.5, takes: 50_000 });
        play.start();
        for (let t = 0; t < 10; t += 0.5) {
          play.until(t);
          const members = membersOf(play);
          if ((members.get(SORRY) ?? 0) === 0) continue;
          expect([...members.values()].filter((weight) => weight > 0)).toHaveLength(1);
        }
        play.reload(configuration(second)).until(20);
        play.asked();
        play.until(60);
        const asked = new Set(play.asked().map((line) => line.split(' ')[1]));
        expect(asked.size).toBe(second.servers.length);
        const members = membersOf(play);
        const total = second.servers.reduce((sum, { weight }) => sum + weight, 0);
        for (const [i, { weight, inhibit }] of second.servers.entries()) {
          const standing = members.get(`10.1.1.${i + 1}:80`);
          if (!health) expect(standing ?? 0).toBe(0);
          else if (total >= second.quorum + second.hysteresis) expect(standing).toBe(weight);
          if (!health) expect(standing === 0).toBe(inhibit);
        }
        if (!health) expect(members.get(SORRY) === 1).toBe(second.sorry);
      }),
      runs(250),
    );
  }, 300_000);
});

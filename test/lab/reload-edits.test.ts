import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';
import { RandomConfig } from '../support/random-config.js';
import { buildNetwork, keepalived, ours, SERVERS, VIP } from './director-lab.js';

const EDITS = 30;
const CONNECTIONS = 10;

/** The service with the lasting connections, which no edit touches. */
const lasting = [
  `virtual_server ${VIP} 81 {`,
  ' protocol TCP\n lb_algo rr\n lb_kind NAT\n delay_loop 1\n warmup 0',
  ...SERVERS.map((rs) => ` real_server ${rs} 81 {\n  TCP_CHECK {\n   connect_timeout 2\n  }\n }`),
  '}\n',
].join('\n');

/** Starts a director, waits until it is through with its start, and sets `director`. */
const start = (command: string): string => `
  ip netns exec d ${command} -f /run/reload.conf -p /run/r.pid -c /run/rc.pid >/run/reload.log 2>&1 &
  director=$!
  for i in $(seq 100); do
    ip netns exec d ipvsadm -Sn | grep -q '${VIP}:81 -r ${SERVERS.at(-1)}:81' && break; sleep 0.1
  done
`;
const table = 'ip netns exec d ipvsadm -Sn | sort';

interface Held {
  servers: string[];
  answers: number;
  lost: string;
}

describe.skipIf(noLab)('reloads of 500 real servers under traffic', () => {
  const config = new RandomConfig(11, { instances: 0, services: 50, servers: 10 });
  // Servers that nobody is behind: a check would only take them out, here and after a fresh start.
  const text = (): string =>
    lasting + config.text.replace(/^ {2}(TCP_CHECK|HTTP_GET) \{\n(.|\n)*?^ {2}\}\n/gm, '');
  let lab: Lab;
  let sections: Map<string, string>;

  beforeAll(async () => {
    lab = await Lab.boot();
    await lab.output(buildNetwork);
    const first = lab.file('reload-first.conf', text());
    const edits = Array.from({ length: EDITS }, (_, n) => {
      config.edit('services');
      return lab.file(`reload-${n}.conf`, text());
    });
    const out = await lab.output(
      `
      cp ${first} /run/reload.conf
      ip netns exec s node test/lab/fixtures/lasting.mjs serve ${SERVERS.join(' ')} >/run/lasting.log 2>&1 &
      servers=$!
      trap 'kill $servers $director $holder 2>/dev/null' EXIT
      for i in $(seq 200); do
        [ $(ip netns exec s ss -Hltn | grep -c ':81 ') -ge ${SERVERS.length} ] && break; sleep 0.1
      done
      ${start(ours)}
      ip netns exec c node test/lab/fixtures/lasting.mjs hold ${VIP} ${CONNECTIONS} >/run/held.json 2>&1 &
      holder=$!
      for i in $(seq 200); do
        [ $(ip netns exec d ipvsadm -Lnc | grep -c ESTABLISHED) -ge ${CONNECTIONS} ] && break; sleep 0.1
      done
      # The kernel adds its counters up once in two seconds (net/netfilter/ipvs/ip_vs_est.c).
      for i in $(seq 100); do
        ip netns exec d ipvsadm -Ln --stats -t ${VIP}:81 | tail -n +4 |
          awk '$3 == 0 { none = 1 } END { exit none }' && break; sleep 0.1
      done
      echo '== before'; ip netns exec d ipvsadm -Ln --stats -t ${VIP}:81 | tail -n +4
      done=0
      for f in ${edits.join(' ')}; do
        cp $f /run/reload.conf; kill -HUP $director; done=$((done + 1))
        for i in $(seq 100); do
          [ $(grep -c 'Reload complete' /run/reload.log) -ge $done ] && break; sleep 0.1
        done
      done
      echo '== after'; ip netns exec d ipvsadm -Ln --stats -t ${VIP}:81 | tail -n +4
      echo '== reloads'; grep -c 'Reload complete' /run/reload.log
      echo '== refused'; grep -c 'is kept' /run/reload.log
      kill $holder; wait $holder
      echo '== held'; cat /run/held.json
      echo '== reloaded'; ${table}
      kill $director; wait $director
      ${start(ours)}
      echo '== fresh'; ${table}
      kill $director; wait $director
      ${start(keepalived)}
      echo '== keepalived'; ${table}
      kill $director; wait $director
      `,
      240,
    );
    sections = new Map(
      out.split(/^== /m).map((section) => {
        const [name = '', ...lines] = section.split('\n');
        return [name, lines.join('\n').trim()];
      }),
    );
  }, 600_000);
  afterAll(() => lab?.close());

  it('all happen', () => {
    expect([sections.get('reloads'), sections.get('refused')]).toEqual([String(EDITS), '0']);
  });

  it('lose no connection of an untouched server, nor give it to another one', () => {
    const held = JSON.parse(sections.get('held') ?? '[]') as Held[];
    expect(held).toHaveLength(CONNECTIONS);
    for (const { servers, answers, lost } of held) {
      expect([servers.length, lost]).toEqual([1, '']);
      expect(answers).toBeGreaterThan(20);
    }
    expect(new Set(held.flatMap(({ servers }) => servers)).size).toBe(SERVERS.length);
  });

  it('leave the statistics of an untouched service running', () => {
    const counted = (name: string): number[] =>
      (sections.get(name) ?? '').split('\n').map((line) => Number(line.trim().split(/\s+/)[2]));
    const [before, after] = [counted('before'), counted('after')];
    expect(before).toHaveLength(SERVERS.length);
    after.forEach((connections, i) => {
      expect(connections).toBeGreaterThanOrEqual(before[i] ?? Number.NaN);
      expect(before[i]).toBeGreaterThan(0);
    });
  });

  it("end with the table of a fresh start, and of keepalived's", () => {
    const reloaded = sections.get('reloaded')?.split('\n') ?? [];
    expect(reloaded.length).toBeGreaterThan(400);
    expect(reloaded).toEqual(sections.get('fresh')?.split('\n'));
    expect(reloaded).toEqual(sections.get('keepalived')?.split('\n'));
  });
});

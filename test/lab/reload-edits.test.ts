import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editCount, longestGap } from '../support/edits.js';
import { Lab, noLab } from '../support/lab.js';
import { RandomConfig } from '../support/random-config.js';
import { buildNetwork, keepalived, ours, SERVERS, VIP } from './director-lab.js';

const EDITS = editCount(20);
const INSTANCES = 50;
const CONNECTIONS = 10;

/** The service with the lasting connections, which no edit touches. */
const lasting = [
  `virtual_server ${VIP} 81 {`,
  ' protocol TCP\n lb_algo rr\n lb_kind NAT\n delay_loop 1\n warmup 0',
  ...SERVERS.map((rs) => ` real_server ${rs} 81 {\n  TCP_CHECK {\n   connect_timeout 2\n  }\n }`),
  '}\n',
].join('\n');

/** The lab has one slow CPU, which traffic and checks of all servers want as well. */
const realTime = 'global_defs {\n vrrp_rt_priority 50\n}\n';

/** Ours with both its parts. */
const both = ours.replace(' -C', '');

/** Starts a director, waits until it is through with its start, and sets `director`. */
const start = (command: string): string => `
  ip netns exec d ${command} -f /run/reload.conf -p /run/r.pid -r /run/rv.pid -c /run/rc.pid \\
    >/run/reload.log 2>&1 &
  director=$!
  for i in $(seq 100); do
    ip netns exec d ipvsadm -Sn | grep -q '${VIP}:81 -r ${SERVERS.at(-1)}:81' && break; sleep 0.1
  done
`;
const table = 'ip netns exec d ipvsadm -Sn | sort';
/** The addresses of the instances. */
const vips = "ip -n d -4 -o addr show dev d0 | grep -o '10[.]2[.][0-9.]*/32' | sort";
/** Waits until so many addresses are held. */
const holding = (count: number): string => `
  for i in $(seq 300); do [ $(${vips} | wc -l) -eq ${count} ] && break; sleep 0.1; done
`;

/** What the client writes: of its connections, and how long the machine kept it from asking. */
interface Held {
  connections: { servers: string[]; answers: number; lost: string }[];
  stall: number;
}

describe.skipIf(noLab)('reloads of 50 instances and 500 real servers under traffic', () => {
  const config = new RandomConfig(11, {
    instances: INSTANCES,
    services: 50,
    servers: 10,
    interfaces: ['d0'],
  });
  /** Virtual routers that no edit has removed. */
  let staying = config.vrids;
  // Servers that nobody is behind: a check would only take them out, here and after a fresh start.
  const text = (): string =>
    realTime +
    lasting +
    config.text.replace(/^ {2}(TCP_CHECK|HTTP_GET) \{\n(.|\n)*?^ {2}\}\n/gm, '');
  let lab: Lab;
  let sections: Map<string, string>;
  const held = (): Held => JSON.parse(sections.get('held') ?? '') as Held;

  beforeAll(
    async () => {
      lab = await Lab.boot();
      await lab.output(buildNetwork);
      const addresses = config.vips.length;
      const first = lab.file('reload-first.conf', text());
      const edits = Array.from({ length: EDITS }, (_, n) => {
        config.edit();
        staying = new Set([...staying].filter((vrid) => config.vrids.has(vrid)));
        return lab.file(`reload-${n}.conf`, text());
      });
      const out = await lab.output(
        `
      cp ${first} /run/reload.conf
      ip netns exec s node test/lab/fixtures/lasting.mjs serve ${SERVERS.join(' ')} >/run/lasting.log 2>&1 &
      servers=$!
      trap 'kill $servers $director $holder $listener 2>/dev/null' EXIT
      for i in $(seq 200); do
        [ $(ip netns exec s ss -Hltn | grep -c ':81 ') -ge ${SERVERS.length} ] && break; sleep 0.1
      done
      ip netns exec c tcpdump -i c0 -n -tt -l 'ip proto 112' >/run/adverts.txt 2>/run/tcpdump.log &
      listener=$!
      ${start(both)}
      ${holding(addresses)}
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
      begin=$(date +%s.%N)
      done=0
      for f in ${edits.join(' ')}; do
        cp $f /run/reload.conf; kill -HUP $director; done=$((done + 1))
        for i in $(seq 300); do
          [ $(grep -c 'Reload complete' /run/reload.log) -ge $done ] && break; sleep 0.1
        done
      done
      sleep 2
      end=$(date +%s.%N)
      echo '== after'; ip netns exec d ipvsadm -Ln --stats -t ${VIP}:81 | tail -n +4
      echo '== reloads'; grep -c 'Reload complete' /run/reload.log
      echo '== refused'; grep -c 'is kept' /run/reload.log
      kill $holder; wait $holder
      echo '== held'; cat /run/held.json
      kill $listener; wait $listener
      echo '== times'; echo $begin $end
      echo '== adverts'; sed -En 's/^([0-9.]+) .* vrid ([0-9]+), prio ([0-9]+),.*/\\1 \\2 \\3/p' /run/adverts.txt
      ${holding(config.vips.length)}
      echo '== reloaded'; ${table}; ${vips}
      kill $director; wait $director
      ${start(both)}
      ${holding(config.vips.length)}
      echo '== fresh'; ${table}; ${vips}
      kill $director; wait $director
      ${start(keepalived)}
      echo '== keepalived'; ${table}
      kill $director; wait $director
      `,
        240 + 10 * EDITS,
      );
      sections = new Map(
        out.split(/^== /m).map((section) => {
          const [name = '', ...lines] = section.split('\n');
          return [name, lines.join('\n').trim()];
        }),
      );
    },
    600_000 + 10_000 * EDITS,
  );
  afterAll(() => lab?.close());

  it('all happen', () => {
    expect([sections.get('reloads'), sections.get('refused')]).toEqual([String(EDITS), '0']);
  });

  it('lose no connection of an untouched server, nor give it to another one', () => {
    const { connections } = held();
    expect(connections).toHaveLength(CONNECTIONS);
    for (const { servers, answers, lost } of connections) {
      expect([servers.length, lost]).toEqual([1, '']);
      expect(answers).toBeGreaterThan(20);
    }
    expect(new Set(connections.flatMap(({ servers }) => servers)).size).toBe(SERVERS.length);
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

  it('delay no advert of an instance that stays', () => {
    const [begin = 0, end = 0] = (sections.get('times') ?? '').split(' ').map(Number);
    const adverts = (sections.get('adverts') ?? '').split('\n').map((line) => {
      const [at = 0, vrid = 0, priority = 0] = line.split(' ').map(Number);
      return { at, vrid, priority };
    });
    const { stall } = held();
    expect(staying.size).toBeGreaterThan(10);
    for (const vrid of staying) {
      const own = adverts.filter((advert) => advert.vrid === vrid && advert.at < end);
      const times = own.map(({ at }) => at);
      expect(longestGap(begin, times, end), `VRID ${vrid}`).toBeLessThan(3 + stall);
      const priorities = own.map(({ priority }) => priority);
      expect(priorities, `VRID ${vrid}`).not.toContain(0);
    }
  });

  it("end with the table and the addresses of a fresh start, and keepalived's table", () => {
    const reloaded = sections.get('reloaded')?.split('\n') ?? [];
    expect(reloaded.length).toBeGreaterThan(400);
    expect(reloaded).toEqual(sections.get('fresh')?.split('\n'));
    const served = reloaded.filter((line) => !line.startsWith('10.2.'));
    expect(served).toEqual(sections.get('keepalived')?.split('\n'));
  });
});

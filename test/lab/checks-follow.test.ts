import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';
import {
  buildNetwork,
  keepalived,
  md5,
  mood,
  ours,
  type Played,
  play,
  played,
  SERVERS,
  SORRY,
  VIP,
} from './director-lab.js';

const [REFUSE = '', DIGEST = '', STATUS = '', SLOW = '', LAST = ''] = SERVERS;

const page = (inner: string): string => `HTTP_GET {\n url {\n path /\n ${inner}\n }\n }`;
const server = (address: string, checker: string, more = ''): string =>
  `real_server ${address} 80 {\n ${more}\n ${checker}\n }\n`;
const service = (inner: string): string => `
  virtual_server ${VIP} 80 {
    delay_loop 1
    retry 1
    delay_before_retry 1
    connect_timeout 1
    warmup 0
    lvs_sched rr
    lvs_method NAT
    protocol TCP
    ${inner}
  }`;

const config = service(`
  sorry_server ${SORRY} 80
  ${server(REFUSE, 'TCP_CHECK { }')}
  ${server(DIGEST, page(`digest ${md5(DIGEST)}`), 'weight 3')}
  ${server(STATUS, page('status_code 200-202'))}
  ${server(SLOW, page('status_code 200'), 'inhibit_on_failure')}
  ${server(LAST, page('status_code 200'))}`);

const steps = `
  shot start
  ${mood('refuse', REFUSE)}
  shot refused
  ${mood('digest', DIGEST)}
  shot digest
  ${mood('status', STATUS)}
  shot status
  ${mood('slow', SLOW)}
  shot slow
  ${mood('refuse', LAST)}
  shot none
  ${mood('good', REFUSE, DIGEST)}
  shot two
  ${mood('good', STATUS, SLOW, LAST)}
  shot all`;

/** The pool of each shot, by weight. */
const pools: [shot: string, pool: Record<string, number>][] = [
  ['start', { [REFUSE]: 1, [DIGEST]: 3, [STATUS]: 1, [SLOW]: 1, [LAST]: 1 }],
  ['refused', { [DIGEST]: 3, [STATUS]: 1, [SLOW]: 1, [LAST]: 1 }],
  ['digest', { [STATUS]: 1, [SLOW]: 1, [LAST]: 1 }],
  ['status', { [SLOW]: 1, [LAST]: 1 }],
  ['slow', { [SLOW]: 0, [LAST]: 1 }],
  ['none', { [SLOW]: 0, [SORRY]: 1 }],
  ['two', { [REFUSE]: 1, [DIGEST]: 3, [SLOW]: 0 }],
  ['all', { [REFUSE]: 1, [DIGEST]: 3, [STATUS]: 1, [SLOW]: 1, [LAST]: 1 }],
];

const tableOf = (pool: Record<string, number>): string[] => [
  `-A -t ${VIP}:80 -s rr`,
  ...Object.entries(pool).map(([rs, weight]) => `-a -t ${VIP}:80 -r ${rs}:80 -m -w ${weight}`),
];

/** What is logged of servers and quorum, without times and in an order that leaves them out. */
const changes = (log: string): string[] =>
  log
    .split('\n')
    .map((line) => line.slice('Sat Nov 21 13:24:16 2026: '.length))
    .filter((line) => /^(Adding|Removing|Enabling|Disabling|Gained|Lost) /.test(line))
    .sort();

describe.skipIf(noLab)('the table follows the health of web servers', () => {
  let lab: Lab;
  let peer: Played;
  let own: Played;
  beforeAll(async () => {
    lab = await Lab.boot();
    await lab.output(buildNetwork);
    peer = played(await lab.output(play(keepalived, config, steps), 240));
    own = played(await lab.output(play(ours, config, steps), 240));
  }, 600_000);
  afterAll(() => lab?.close());

  it.each(pools)('as keepalived makes it: %s', (shot, pool) => {
    expect(own.shots.get(shot)?.table).toEqual(tableOf(pool));
    expect(peer.shots.get(shot)?.table).toEqual(tableOf(pool));
  });

  it.each(pools)('and clients are answered by those in it: %s', (shot, pool) => {
    const answers = own.shots.get(shot)?.answers ?? [];
    expect(answers).toHaveLength(4);
    const healthy = Object.keys(pool).filter((rs) => pool[rs] !== 0);
    for (const answer of answers) expect(healthy.map((rs) => `200 ${rs}`)).toContain(answer);
  });

  it('logs the same changes', () => {
    expect(changes(own.log)).toEqual(changes(peer.log));
    expect(changes(own.log).length).toBeGreaterThan(15);
  });

  it('leaves nothing behind', () => {
    expect(own.shots.get('stopped 0')).toEqual({ table: [], answers: [] });
  });

  it('suspends the checks of a service whose address is away, as keepalived does', async () => {
    const text = service(
      `ha_suspend\n ${server(REFUSE, 'TCP_CHECK { }')} ${server(LAST, 'TCP_CHECK { }')}`,
    );
    const told = (word: string): string =>
      `for i in $(seq 100); do grep -q '${word} healthchecker' /run/director.log && break; sleep 0.2; done`;
    const absence = `
      shot start
      ${mood('refuse', REFUSE)}
      shot one
      ip -n d addr del ${VIP}/24 dev d0
      ${told('Suspending')}
      ${mood('good', REFUSE)}; ${mood('refuse', LAST)}
      sleep 4
      echo "== away"; table
      ip -n d addr add ${VIP}/24 dev d0
      shot back`;
    const lines = (log: string): string[] =>
      log
        .split('\n')
        .map((line) => line.slice('Sat Nov 21 13:24:16 2026: '.length))
        .filter((line) => /^(Suspending|Activating|Adding|Removing) .*service/.test(line));
    const logs: string[][] = [];
    for (const daemon of [keepalived, ours]) {
      const { shots, log } = played(await lab.output(play(daemon, text, absence), 240));
      expect(shots.get('one')?.table).toEqual(tableOf({ [LAST]: 1 }));
      expect(shots.get('away')?.table).toEqual(tableOf({ [LAST]: 1 }));
      expect(shots.get('back')?.table).toEqual(tableOf({ [REFUSE]: 1 }));
      logs.push(lines(log).sort());
    }
    expect(logs[1]).toEqual(logs[0]);
    expect(logs[1]?.filter((line) => line.startsWith('Suspending'))).toHaveLength(2);
  }, 400_000);

  it('serves on while the check thread dies for want of memory and starts anew', async () => {
    const text = service(server(REFUSE, 'TCP_CHECK { }') + server(LAST, 'TCP_CHECK { }'));
    const inspected = ours.replace('node', 'node --inspect=127.0.0.1:9339');
    const dying = `
      shot start
      ${mood('refuse', REFUSE)}
      shot one
      while sleep 0.2; do table; done >/run/tables.log & watcher=$!
      ip netns exec d node test/lab/fixtures/exhaust-worker.mjs 9339 check
      for i in $(seq 100); do grep -q 'Adopting 1 virtual' /run/director.log && break; sleep 0.3; done
      sleep 3
      kill $watcher
      echo "== while"; sort -u /run/tables.log
      echo "-- answers"; cut -d' ' -f2- /run/client.log | tail -n 20 | sort -u
      ${mood('good', REFUSE)}
      shot two`;
    const { shots, log } = played(await lab.output(play(inspected, text, dying), 240));
    expect(shots.get('start')?.table).toEqual(tableOf({ [REFUSE]: 1, [LAST]: 1 }));
    const one = tableOf({ [LAST]: 1 });
    expect(shots.get('one')?.table).toEqual(one);
    expect(shots.get('while')).toEqual({ table: one, answers: [`200 ${LAST}`] });
    expect(shots.get('two')?.table).toEqual(tableOf({ [REFUSE]: 1, [LAST]: 1 }));
    expect(log).toContain('Adopting 1 virtual servers left in IPVS');
    expect(shots.get('stopped 0')).toEqual({ table: [], answers: [] });
  }, 300_000);
});

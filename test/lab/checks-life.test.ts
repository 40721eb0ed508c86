import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';
import {
  buildNetwork,
  keepalived,
  mood,
  ours,
  play,
  played,
  SERVERS,
  SORRY,
  VIP,
} from './director-lab.js';

const [A = '', B = '', C = '', D = ''] = SERVERS;

/** Every notifier adds a line to /run/notices. */
const notifier = (keyword: string, words: string): string =>
  `${keyword} "/run/tell.sh ${keyword} ${words}"`;
const makeNotifier = `
  printf '#!/bin/bash\\necho "$*" >>/run/notices\\n' >/run/tell.sh
  chmod 755 /run/tell.sh; rm -f /run/notices`;

const server = (address: string, more = ''): string => `
  real_server ${address} 80 {
    ${notifier('notify_up', address)}
    ${notifier('notify_down', address)}
    ${more}
    TCP_CHECK { }
  }`;
const service = (inner: string, port = 80): string => `
  virtual_server ${VIP} ${port} {
    delay_loop 1
    delay_before_retry 1
    connect_timeout 1
    warmup 0
    lvs_sched rr
    lvs_method NAT
    protocol TCP
    ${notifier('quorum_up', `${port}`)}
    ${notifier('quorum_down', `${port}`)}
    ${inner}
  }`;
const globals = 'global_defs {\n script_user root\n }\n';

const member = (address: string, weight = 1): string =>
  `-a -t ${VIP}:80 -r ${address}:80 -m -w ${weight}`;
const reload = (config: string): string => `
  cat >/run/test.conf <<'END_OF_CONFIG'
${config}
END_OF_CONFIG
  kill -HUP $director`;

describe.skipIf(noLab)('the life of a pool', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot();
    await lab.output(buildNetwork);
  }, 120_000);
  afterAll(() => lab?.close());

  it('is the same as with keepalived through death, reload and stop, scripts included', async () => {
    const before = globals + service(`omega\n ${server(A)} ${server(B)} ${server(C)}`);
    const next = `${server(B, 'weight 4')} ${server(C)} ${server(D)}`;
    const after = globals + service(`omega\n ${next}`);
    const steps = `
      shot start
      ${mood('refuse', B)}
      shot dead
      ${reload(after)}
      shot reloaded
      ${mood('good', B)}
      shot back
      echo "== notices"; sort /run/notices`;
    const runs = [];
    for (const director of [keepalived, ours]) {
      await lab.output(makeNotifier);
      const { shots } = played(await lab.output(play(director, before, steps), 200));
      runs.push(Object.fromEntries([...shots].map(([name, { table }]) => [name, table])));
    }
    const [peer, own] = runs;
    const head = `-A -t ${VIP}:80 -s rr`;
    expect(own).toEqual({
      start: [head, member(A), member(B), member(C)],
      dead: [head, member(A), member(C)],
      reloaded: [head, member(C), member(D)],
      back: [head, member(B, 4), member(C), member(D)],
      notices: [`notify_down ${A}`, `notify_down ${B}`, `notify_up ${B}`, 'quorum_up 80'],
      'stopped 0': [],
    });
    expect(own).toEqual(peer);
  }, 400_000);

  it('leaves a table with -I and takes it over again, with its connections', async () => {
    const config = globals + service(`sorry_server ${SORRY} 80\n ${server(A)} ${server(B)}`);
    await lab.output(makeNotifier);
    const left = played(await lab.output(play(`${ours} -I`, config, 'shot start'), 120));
    const table = [`-A -t ${VIP}:80 -s rr`, member(A), member(B)];
    expect(left.shots.get('stopped 0')?.table).toEqual(table);
    const steps = `
      before=$(ip netns exec d ipvsadm -Ln --stats --exact | awk '/TCP/ { print $3 }')
      for i in $(seq 100); do grep -q complete /run/director.log && break; sleep 0.2; done
      after=$(ip netns exec d ipvsadm -Ln --stats --exact | awk '/TCP/ { print $3 }')
      echo "== counts"; [ "$before" -gt 0 ] && [ "$after" -ge "$before" ] && echo kept`;
    const { shots, log } = played(await lab.output(play(ours, config, steps), 120));
    expect(shots.get('counts')?.table).toEqual(['kept']);
    expect(shots.get('stopped 0')?.table).toEqual([]);
    expect(log).not.toContain('refused');
  }, 300_000);

  it('suffers nothing from a service that the kernel refuses, nor touches a foreign one', async () => {
    const odd = service(`persistence_engine nosuch\n ${server(A)}`, 81);
    const foreign = 'ip netns exec d ipvsadm -A -t 10.10.0.7:7 -s wrr';
    const steps = `${foreign}\n kept=$(table)\n shot start`;
    const config = globals + odd + service(server(B));
    await lab.output(makeNotifier);
    const { shots, log } = played(await lab.output(play(ours, config, steps), 120));
    const strange = '-A -t 10.10.0.7:7 -s wrr';
    const table = [`-A -t ${VIP}:80 -s rr`, strange, member(B)];
    expect(shots.get('start')?.table.sort()).toEqual(table.sort());
    expect(log).toContain(`IPVS cmd refused: new-service TCP ${VIP}:81`);
    expect(shots.get('stopped 0')?.table).toEqual([strange]);
  }, 200_000);
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';

const service = (address: string, servers: number): string => {
  const lines = Array.from(
    { length: servers },
    (_, i) => ` real_server 10.7.${i >> 8}.${i & 255} 80 {\n }\n`,
  );
  return (
    `virtual_server ${address} 80 {\n protocol TCP\n lvs_sched wlc\n lvs_method NAT\n` +
    `${lines.join('')}}\n`
  );
};
const FOREIGN = '-A -t 192.0.2.1:25 -s rr\n-a -t 192.0.2.1:25 -r 192.0.2.2:25 -m -w 3\n';

describe.skipIf(noLab)('the daemon and the IPVS table', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot();
    lab.file(
      'run.sh',
      `start() {
        rm -f /run/lab/log # that of the test before
        node dist/program/cli.js --check -n -l -p /run/lab/k.pid -c /run/lab/c.pid "$@" >/run/lab/log 2>&1 &
        for i in $(seq 300); do
          grep -q 'Startup complete' /run/lab/log && return
          kill -0 $! 2>/dev/null || break
          sleep 0.1
        done
        cat /run/lab/log >&2; exit 99
      }`,
    );
  });
  afterEach(() => lab.run('kill -9 $(cat /run/lab/k.pid); ipvsadm -C'));
  afterAll(() => lab?.close());

  /** Runs a script that has `start`, which starts the daemon and waits until it serves. */
  const output = (script: string, seconds = 120): Promise<string> =>
    lab.output(`. $LAB_DIRECTORY/run.sh\n${script}`, seconds);

  it('leaves services of others alone, at start, in service and at stop', async () => {
    const conf = lab.file('foreign.conf', service('10.0.0.1', 2));
    const table = await output(`
      ipvsadm -A -t 192.0.2.1:25 -s rr; ipvsadm -a -t 192.0.2.1:25 -r 192.0.2.2:25 -m -w 3
      start -f ${conf}
      ipvsadm -Sn | grep -c 10.7.0
      kill $!; wait $!
      ipvsadm -Sn`);
    expect(table).toBe(`2\n${FOREIGN}`);
  });

  it('takes over what a killed run has left, and corrects it', async () => {
    const before = lab.file('before.conf', service('10.0.0.1', 3));
    const after = lab.file('after.conf', service('10.0.0.1', 2).replace('wlc', 'wrr'));
    const table = await output(`
      start -f ${before}
      kill -9 $!; wait $! 2>/dev/null
      ipvsadm -e -t 10.0.0.1:80 -r 10.7.0.1:80 -m -w 77
      ipvsadm -Sn | grep -c -- '-a'
      start -f ${after}
      ipvsadm -Sn | sort`);
    expect(table).toBe(
      [
        '3',
        '-A -t 10.0.0.1:80 -s wrr',
        '-a -t 10.0.0.1:80 -r 10.7.0.0:80 -m -w 1',
        '-a -t 10.0.0.1:80 -r 10.7.0.1:80 -m -w 1',
        '',
      ].join('\n'),
    );
  });

  it('leaves its services in place at stop with -I', async () => {
    const conf = lab.file('keep.conf', service('10.0.0.1', 1));
    const table = await output(`start -I -f ${conf}; kill $!; wait $!; ipvsadm -Sn`);
    expect(table).toBe('-A -t 10.0.0.1:80 -s wlc\n-a -t 10.0.0.1:80 -r 10.7.0.0:80 -m -w 1\n');
  });

  it('stopping with 10,000 real servers leaves none behind', async () => {
    const conf = lab.file('many.conf', service('10.0.0.1', 5_000) + service('10.0.0.2', 5_000));
    const counts = await output(
      `start -f ${conf}
       grep -c -- '->' /proc/net/ip_vs
       kill $!; wait $!
       grep -v '^IP\\|^Prot\\|^  ->' /proc/net/ip_vs | wc -l`,
      240,
    );
    // One line of the first count is a heading.
    expect(counts).toBe('10001\n0\n');
  });
});

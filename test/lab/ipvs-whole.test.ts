import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';

const OURS = 'node dist/program/cli.js';
const DEBIANS = 'keepalived';
const SERVICE =
  'virtual_server 10.0.0.1 80 {\n protocol TCP\n lvs_sched rr\n lvs_method NAT\n' +
  ' real_server 10.1.0.1 80 {\n }\n}\n';

/** The table and its timeouts before, during and after a run, with a service of somebody else. */
async function scenes(lab: Lab, daemon: string, globals: string): Promise<string> {
  const config = `global_defs {\n script_user root\n ${globals}\n}\n${SERVICE}`;
  const path = lab.file('whole.conf', config);
  const { stdout, stderr } = await lab.run(
    `
    show() { echo "== $1"; ipvsadm -Sn | sort; ipvsadm -L --timeout; }
    ipvsadm -C; ipvsadm --set 900 120 300; ipvsadm -A -t 10.9.9.9:99 -s rr
    ${daemon} --check -n -l -p /run/lab/w.pid -c /run/lab/wc.pid -f ${path} >/run/lab/log 2>&1 &
    for i in $(seq 200); do grep -q 'Startup complete' /run/lab/log && break; sleep 0.1; done
    for i in $(seq 50); do ipvsadm -Sn | grep -q '10.0.0.1:80 -r' && break; sleep 0.1; done
    show running; kill $!; wait $!; show stopped; ipvsadm -C; cat /run/lab/log >&2`,
    120,
  );
  if (!stdout.includes('== stopped')) throw new Error(`${daemon} did not run:\n${stderr}`);
  return stdout;
}

describe.skipIf(noLab)('IPVS as a whole is treated as keepalived 2.2.7 does', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot();
  });
  afterAll(() => lab?.close());

  it.each(['lvs_flush', 'lvs_flush_on_stop', 'lvs_flush_on_stop VS'])('%s', async (globals) => {
    const theirs = await scenes(lab, DEBIANS, `${globals}\n lvs_timeouts tcp 77 udp 88`);
    expect(await scenes(lab, OURS, `${globals}\n lvs_timeouts tcp 77 udp 88`)).toBe(theirs);
    expect(theirs).toContain('77 120 88');
    expect(theirs.trimEnd()).toMatch(/900 120 300$/);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONFIGS } from '../support/ipvs-configs.js';
import { Lab, noLab } from '../support/lab.js';

const OURS = 'node dist/program/cli.js';
const DEBIANS = 'keepalived';

/** What a daemon makes of a configuration: the rules of IPVS once they stand still, and its log. */
async function rulesOf(lab: Lab, daemon: string, path: string): Promise<string> {
  const script = `
    ${daemon} --check -n -l -p /run/lab/k.pid -c /run/lab/c.pid -f ${path} >/run/lab/log 2>&1 &
    for i in $(seq 200); do grep -q 'Startup complete' /run/lab/log && break; sleep 0.1; done
    for i in $(seq 20); do
      before=$now; now=$(ipvsadm -Sn | sort)
      [ -n "$now" ] && [ "$before" = "$now" ] && break
      sleep 0.5
    done
    kill $!; wait $!
    echo "$now"
    ipvsadm -Sn | sed 's/^/left behind: /'
    cat /run/lab/log >&2`;
  const { stdout, stderr } = await lab.run(script, 60);
  if (stdout.trim() === '') throw new Error(`${daemon} made no table:\n${stderr}`);
  return stdout;
}

describe.skipIf(noLab)('the IPVS table at start is that of keepalived 2.2.7', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot();
  });
  afterEach(() => lab.run('ipvsadm -C'));
  afterAll(() => lab?.close());

  it.each(Object.entries(CONFIGS))('%s', async (_, services) => {
    const path = lab.file(
      'lab.conf',
      `global_defs {\nscript_user root\n}\n${services.join('\n')}\n`,
    );
    const theirs = await rulesOf(lab, DEBIANS, path);
    expect(await rulesOf(lab, OURS, path)).toBe(theirs);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Lan, noNamespaces } from '../support/netns.js';
import { simple } from '../support/vrrp-conf.js';

const cli = fileURLToPath(new URL('../../dist/program/cli.js', import.meta.url));

describe.skipIf(noNamespaces)('without the capability CAP_NET_RAW', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  it('the daemon says so and ends with exit code 4, for a restart would not help', async () => {
    lan = await Lan.create({ nodes: ['a'] });
    const a = lan.node('a');
    const base = join(a.directory, 'daemon');
    writeFileSync(`${base}.conf`, simple());
    const files = ['-f', `${base}.conf`, '-p', `${base}.p`, '-r', `${base}.r`, '-c', `${base}.c`];
    const dropped = ['setpriv', '--bounding-set', '-net_raw', '--inh-caps', '-net_raw'];
    const daemon = a.spawn([...dropped, process.execPath, cli, '-n', '-l', ...files]);
    expect(await daemon.ended()).toBe(4);
    expect(daemon.output).toMatch(/socket: EPERM/);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lan } from '../support/netns.js';
import { run } from '../support/process.js';
import { noScratchMachine, ScratchMachine } from '../support/scratch-machine.js';
import { simple, VIP } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const packager = fileURLToPath(new URL('../../packaging/package.mjs', import.meta.url));
/** For `skipIf`. */
const misses = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0;
const CONFIG = '/etc/keepalived/keepalived.conf';

describe.skipIf(noScratchMachine())('the Debian package', () => {
  let folder: string;
  let lan: Lan;
  let machine: ScratchMachine;
  const installed = (...argv: string[]): Promise<string> => machine.exec(...argv);
  const shell = (line: string): Promise<string> => installed('sh', '-c', line);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kt-package-'));
    await run([process.execPath, packager, folder]);
    lan = await Lan.create({ nodes: ['a'] });
    machine = await ScratchMachine.create(lan.node('a'));
    const [file = ''] = readdirSync(folder);
    expect(file).toMatch(/^keepalived-ts_.*\.deb$/);
    await shell(`mkdir -p /etc/keepalived; printf '%s' '${simple()}' > ${CONFIG}`);
    await shell(`cp ${CONFIG} /tmp/kept`);
    machine.give(join(folder, file), '/tmp');
    // Node.js may be here by other means than a package.
    await installed('dpkg', '--force-depends', '--force-unsafe-io', '-i', `/tmp/${file}`);
  });
  afterAll(async () => {
    await lan?.remove();
    rmSync(folder, { recursive: true });
  });

  it('takes the place of keepalived and leaves its configuration alone', async () => {
    const state = (name: string): Promise<string> =>
      shell(`dpkg-query -W -f '\${db:Status-Status}' ${name} || true`);
    expect(await state('keepalived-ts')).toBe('installed');
    expect(await state('keepalived')).not.toContain('installed\n');
    expect(await shell(`cmp ${CONFIG} /tmp/kept && echo same`)).toBe('same\n');
    expect(await shell('readlink -f /usr/sbin/keepalived')).toMatch(/^\/usr\/lib\/keepalived-ts\//);
  });

  it('runs without anything of the checkout', async () => {
    expect(await installed('keepalived', '-v')).toMatch(/^Keepalived v/);
    expect(await installed('keepalived-ts', '--help')).toContain('--use-file');
    expect(await installed('keepalived', '-t')).toBe('');
    expect(await installed('keepalived-ts', 'explain', 'advert_int')).toContain('advert_int');
    expect(await installed('genhash', '--help')).toContain('--server');
  });

  it('holds a virtual address, and gives it back', async () => {
    const daemon = machine.spawn('keepalived', '--dont-fork', '--log-console');
    await lan.node('a').gains(VIP);
    await until('it is ready', () => daemon.output.includes('Startup complete'));
    await shell('kill -TERM "$(cat /run/keepalived.pid)"');
    expect(await daemon.ended()).toBe(0);
    expect(await lan.node('a').has(VIP)).toBe(false);
  });

  it.skipIf(misses('groff'))('brings manual pages, under the customary names as well', async () => {
    const lint = 'groff -man -Tutf8 -ww -W break -z';
    for (const page of ['man8/keepalived-ts.8', 'man5/keepalived-ts.conf.5']) {
      expect(await shell(`zcat /usr/share/man/${page}.gz | ${lint}`)).toBe('');
    }
    expect(await shell('zcat /usr/share/man/man5/keepalived.conf.5.gz')).toContain('vrrp_instance');
  });

  it.skipIf(misses('systemd-analyze'))('brings a unit that stands in for keepalived', async () => {
    const unit = '/usr/lib/systemd/system/keepalived-ts.service';
    expect(await installed('systemd-analyze', 'verify', '--man=no', unit)).toBe('');
    expect(await shell('readlink -f /etc/systemd/system/keepalived.service')).toBe(`${unit}\n`);
  });

  it('goes without a trace but for the configuration', async () => {
    await installed('dpkg', '--purge', 'keepalived-ts');
    expect(
      await shell('find /etc /usr -xdev -name "*keepalived-ts*" -not -path "/var/lib/dpkg/*"'),
    ).toBe('');
    expect(await shell(`cmp ${CONFIG} /tmp/kept && echo same`)).toBe('same\n');
  });
});

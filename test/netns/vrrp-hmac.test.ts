import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Daemon, startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance, VIP } from '../support/vrrp-conf.js';
import { never, until } from '../support/wait.js';

const [KEY, WRONG] = ['a key of which 32 bytes are enough', 'another key with 32 bytes or more'];
const VIP6 = 'fe80::77';

describe.skipIf(noNamespaces)('auth_hmac', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  const text = (priority: number, file: string): string => {
    const signed = ['auth_hmac {', `    key 1 "file:${file}"`, '    active_key 1', '}'];
    const six = { name: 'VI_6', vips: [`${VIP6}/64`], lines: ['native_ipv6', ...signed] };
    return configuration([
      instance({ priority, lines: ['version 3', ...signed] }),
      instance({ priority, ...six }),
    ]);
  };
  const keyed = (node: NetNode, key: string): string => {
    const file = join(node.directory, 'key');
    writeFileSync(file, `${key}\n`, { mode: 0o600 });
    return file;
  };
  const start = (name: string, priority: number, key?: string): Promise<Daemon> => {
    const node = lan.node(name);
    const options = ['--record', join(node.directory, 'inputs')];
    const file = key === undefined ? join(node.directory, 'key') : keyed(node, key);
    return startOurs(node, text(priority, file), { options });
  };

  it('makes routers with one key elect one, and others drop what is signed otherwise', async () => {
    lan = await Lan.create({ nodes: ['a', 'b', 'c'] });
    const [a, b, c] = ['a', 'b', 'c'].map((name) => lan.node(name)) as [NetNode, NetNode, NetNode];
    const master = await start('a', 150, KEY);
    await a.gains(VIP);
    // A key that was read stays in use.
    rmSync(join(a.directory, 'key'));
    master.process.signal('SIGHUP');
    await master.logged('refused: the configuration in use is kept');
    // Who has no key does not lead, and is one of them when it has.
    const backup = await start('b', 100);
    await backup.logged(/auth_hmac key 1: \S+: ENOENT.* - FAULT until a reload finds it/);
    await backup.logged('(VI_1) entering FAULT state (auth_hmac key 1 could not be read)');
    expect(backup.log()).not.toContain('Entering BACKUP');
    keyed(b, KEY);
    backup.process.signal('SIGHUP');
    await backup.logged('(VI_1) Entering BACKUP STATE');
    await backup.logged('(VI_6) Entering BACKUP STATE');
    const stranger = await start('c', 200, WRONG);
    await c.gains(VIP);
    for (const name of ['VI_1', 'VI_6']) {
      const line = new RegExp(`\\(${name}\\) advert of \\S+ has an invalid HMAC for key 1`);
      await backup.logged(line);
      await stranger.logged(line);
    }
    await never('b takes over', () => backup.log().includes('Entering MASTER'), { within: 500 });
    expect([await a.has(VIP), await b.has(VIP)]).toEqual([true, false]);

    // With the right key the stranger is one of them: the strongest.
    keyed(c, KEY);
    stranger.process.signal('SIGHUP');
    await a.loses(VIP);
    await until('only c is left', async () => (await c.has(VIP)) && !(await b.has(VIP)));
    const recorded = readFileSync(join(b.directory, 'inputs'), 'utf8');
    expect(recorded).toContain('"type":"HMAC"');
    expect(recorded + backup.log() + stranger.log()).not.toContain('32 bytes');
  }, 60_000);
});

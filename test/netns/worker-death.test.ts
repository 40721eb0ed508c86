import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Daemon, startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { Sabotage } from '../support/sabotage.js';
import { simple, VIP } from '../support/vrrp-conf.js';
import { never, until } from '../support/wait.js';

const DIED = 'VRRP child process failed: out of memory';

describe.skipIf(noNamespaces)('a vrrp worker that runs out of memory', () => {
  let lan: Lan;
  let sabotage: Sabotage;

  beforeEach(async () => {
    lan = await Lan.create({ nodes: ['a', 'b'] });
    sabotage = new Sabotage(lan.node('a').directory);
  });
  afterEach(() => lan?.remove());

  const start = (name: 'a' | 'b', priority: number, lines: string[] = []): Promise<Daemon> =>
    startOurs(lan.node(name), simple({ priority, lines }), {
      environment: name === 'a' ? sabotage.environment : {},
    });

  it('takes only itself down: another one takes its place and the election goes on', async () => {
    const a = await start('a', 200);
    const b = await start('b', 100);
    await lan.node('a').gains(VIP);
    sabotage.kill('vrrp');
    await a.logged(DIED);
    await a.logged(`VRRP child process(${a.process.pid}) died: Respawning`);
    // Whoever it was in between, the stronger one has it in the end, and nobody else.
    const entered = (): number => a.log().split('Entering MASTER STATE').length - 1;
    await until('a is master again', () => entered() === 2);
    await lan.node('a').gains(VIP);
    await lan.node('b').loses(VIP);
    expect(a.log()).not.toContain('failed to die');
    expect(await b.stop()).toBe(0);
    expect(await a.stop()).toBe(0);
    expect(await lan.node('a').has(VIP)).toBe(false);
  });

  it('leaves no second holder of the address when the other node has taken over', async () => {
    const options = ['state BACKUP', 'nopreempt'];
    const a = await start('a', 200, options);
    await lan.node('a').gains(VIP);
    const b = await start('b', 100, options);
    await b.logged('(VI_1) Entering BACKUP STATE (init)');
    // Hung long enough for the other to take over while our address is still there.
    sabotage.kill('vrrp', 8_000);
    await lan.node('b').gains(VIP);
    expect(await lan.node('a').has(VIP)).toBe(true);
    await a.logged(DIED);
    await lan.node('a').loses(VIP);
    await never('a takes the address back', () => lan.node('a').has(VIP), { within: 5_000 });
    expect(await lan.node('b').has(VIP)).toBe(true);
    expect(await a.stop()).toBe(0);
    expect(await b.stop()).toBe(0);
  });

  it('leaves no address behind when the daemon is stopped before the next one has started', async () => {
    const a = await start('a', 200);
    await lan.node('a').gains(VIP);
    sabotage.kill('vrrp');
    const entered = (): number => a.log().split('Entering MASTER STATE').length - 1;
    await until('a is master again', () => entered() === 2);
    await lan.node('a').gains(VIP);
    // The second death within a minute is followed by a pause, in which nobody minds the address.
    sabotage.kill('vrrp');
    await a.logged('Restart of VRRP process delayed 1 seconds to limit respawn rate');
    expect(await lan.node('a').has(VIP)).toBe(true);
    expect(await a.stop()).toBe(0);
    expect(await lan.node('a').has(VIP)).toBe(false);
  });

  it('time after time before it is ready ends the daemon, with a line that says why', async () => {
    sabotage.forbid('vrrp');
    const a = await start('a', 200);
    await a.logged('VRRP child process died 6 times before it was ready. Terminating', 60_000);
    expect(await a.process.ended()).toBe(1);
  });

  it('ends the daemon with -R, and the address is gone', async () => {
    const a = await startOurs(lan.node('a'), simple({ priority: 200 }), {
      environment: sabotage.environment,
      options: ['-R'],
    });
    await lan.node('a').gains(VIP);
    sabotage.kill('vrrp');
    expect(await a.process.ended()).toBe(1);
    expect(a.log()).toContain('died: Exiting');
    expect(await lan.node('a').has(VIP)).toBe(false);
  });
});

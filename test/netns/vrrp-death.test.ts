import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Daemon, startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { simple, VIP } from '../support/vrrp-conf.js';
import { never, until } from '../support/wait.js';

const exhauster = fileURLToPath(new URL('../support/exhaust-worker.mjs', import.meta.url));

describe.skipIf(noNamespaces)('a vrrp thread that dies of heap exhaustion', () => {
  let lan: Lan;
  let a: NetNode;
  let b: NetNode;
  let strong: Daemon;
  let weak: Daemon;

  /** Ends as the death of the thread is seen. */
  const exhaust = async (node: NetNode): Promise<void> => {
    const program = node.spawn([process.execPath, exhauster, '9229', 'vrrp']);
    await program.ended();
    expect(program.output).toContain('died');
  };

  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'b'] });
    [a, b] = [lan.node('a'), lan.node('b')];
    const environment = { NODE_OPTIONS: '--inspect=127.0.0.1:9229' };
    strong = await startOurs(a, simple({ priority: 200, interval: 2 }), { environment });
    weak = await startOurs(b, simple({ priority: 100, interval: 2 }));
    await a.gains(VIP);
  });
  afterAll(() => lan?.remove());

  it('is replaced, and what it left is gone before the other node takes over', async () => {
    let twice = 0;
    let watching = true;
    const watch = (async () => {
      while (watching) if ((await a.has(VIP)) && (await b.has(VIP))) twice++;
    })();
    await exhaust(a);
    const died = performance.now();
    await strong.logged(/VRRP child process\(\d+\) died: Respawning/, 5_000);
    await a.loses(VIP, 3_000);
    expect(performance.now() - died).toBeLessThan(2_000);
    // It comes back as a backup, and the election is as with any restart.
    await until('a is master again', () => a.has(VIP), { within: 12_000 });
    watching = false;
    await watch;
    expect(twice).toBe(0);
    expect(strong.process.running).toBe(true);
  });

  it('leaves a node that lost the election without the address', async () => {
    await weak.stop();
    const stronger = await startOurs(b, simple({ priority: 250, interval: 2 }));
    await b.gains(VIP);
    await a.loses(VIP);
    await exhaust(a);
    await strong.logged(/died: Respawning[\s\S]*died: Respawning/, 5_000);
    await never('a has the address', () => a.has(VIP), { within: 2_000 });
    expect(await b.has(VIP)).toBe(true);
    await stronger.stop();
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readInput, replay } from '#vrrp/core/record.js';
import { startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { simple, VIP } from '../support/vrrp-conf.js';

describe.skipIf(noNamespaces)('--record', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  it('writes what a run heard, and replaying it does the same again', async () => {
    lan = await Lan.create({ nodes: ['a'] });
    const a = lan.node('a');
    const file = join(a.directory, 'inputs');
    const lines = ['authentication {', '    auth_type PASS', '    auth_pass secret', '}'];
    const daemon = await startOurs(a, simple({ lines }), { options: ['--record', file] });
    await a.gains(VIP);
    await daemon.stop();
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('secret');
    const inputs = text.trimEnd().split('\n').map(readInput);
    const turns = [...replay(inputs.filter((input) => input !== undefined))];
    expect(turns).toHaveLength(inputs.length);
    const done = turns.flatMap(({ effects }) => effects);
    const states = done.flatMap((effect) => (effect.do === 'notify' ? [effect.state] : []));
    expect(states).toEqual(['BACKUP', 'MASTER', 'STOP']);
    for (const { event } of done.flatMap((effect) => (effect.do === 'log' ? [effect] : []))) {
      if (event.event === 'entered-state')
        expect(daemon.log()).toContain(`Entering ${event.state}`);
    }
    expect(turns.at(-1)?.world.stage).toBe('stopped');
  });
});

import { resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noKeepalived } from '../support/daemons.js';
import { Lab, noLab } from '../support/lab.js';
import { lvsDr } from './lvs-dr.js';
import { lvsNat } from './lvs-nat.js';
import { casts } from './stage.js';

const plays = [lvsDr, lvsNat].flatMap((tutorial) =>
  casts(tutorial).map(([name, cast]) => [tutorial.title, name, tutorial, cast] as const),
);

/** The player as one file that plain Node runs, in a folder that the lab sees. */
async function playerIn(lab: Lab): Promise<string> {
  const path = lab.file('play.mjs', '');
  const bundle = await rolldown({
    input: resolve('test/tutorials/play.ts'),
    platform: 'node',
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  });
  await bundle.write({ file: path, format: 'esm' });
  return path;
}

describe.skipIf(noLab ?? noKeepalived)('a tutorial on a kernel with IPVS', () => {
  let lab: Lab;
  let player: string;
  beforeAll(async () => {
    lab = await Lab.boot();
    player = await playerIn(lab);
  });
  afterAll(() => lab?.close());

  it.for(plays)('"%s" works with %s', async ([, , tutorial, cast]) => {
    const page = await lab.output(`node ${player} ${tutorial.name} ${cast.join(' ')}`, 300);
    await expect(page).toMatchFileSnapshot(`../../docs/tutorials/${tutorial.name}.md`);
  });
});

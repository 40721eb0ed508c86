import { resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';
import { noKeepalived } from '../support/daemons.js';
import { Lab, noLab } from '../support/lab.js';
import { lvsDr } from './lvs-dr.js';
import { lvsNat } from './lvs-nat.js';
import { casts } from './stage.js';

const plays = [lvsNat, lvsDr].flatMap((tutorial) =>
  casts(tutorial).map(([cast], i) => [tutorial.title, cast, tutorial.name, i] as const),
);

/** A quiet machine needs about a hundred; the lab's kernel gets only a share of a busy one. */
const SECONDS = 900;

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
  let pages: Readonly<Record<string, readonly string[]>>;
  // Most of the time goes into booting and setting up, so all plays share it.
  beforeAll(
    async () => {
      const lab = await Lab.boot();
      try {
        pages = JSON.parse(await lab.output(`node ${await playerIn(lab)}`, SECONDS));
      } finally {
        await lab.close();
      }
    },
    (SECONDS + 90) * 1000,
  );

  it.for(plays)('"%s" works with %s', async ([, , name, cast]) => {
    await expect(pages[name]?.[cast]).toMatchFileSnapshot(`../../docs/tutorials/${name}.md`);
  });
});

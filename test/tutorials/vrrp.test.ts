import { describe, it } from 'vitest';
import { noKeepalived } from '../support/daemons.js';
import { noNamespaces } from '../support/netns.js';
import { downFile } from './down-file.js';
import { dualMaster } from './dual-master.js';
import { mailByScript } from './mail-by-script.js';
import { mailBySmtp } from './mail-by-smtp.js';
import { noPreempt } from './nopreempt.js';
import { onlyVrrp } from './only-vrrp.js';
import { scriptForms } from './script-forms.js';
import { splitBrain } from './split-brain.js';
import { casts, Stage } from './stage.js';
import { vipDrift } from './vip-drift.js';

const tutorials = [
  vipDrift,
  mailByScript,
  mailBySmtp,
  dualMaster,
  noPreempt,
  downFile,
  scriptForms,
  splitBrain,
  onlyVrrp,
];
const plays = tutorials.flatMap((tutorial) =>
  casts(tutorial).map(([name, cast]) => [tutorial.title, name, tutorial, cast] as const),
);

describe.skipIf(noNamespaces ?? noKeepalived)('a tutorial', { timeout: 240_000 }, () => {
  // Most of each play is waiting for protocol times, so they run side by side.
  it.concurrent.for(plays)('"%s" works with %s', async ([, , tutorial, cast], { expect }) => {
    const stage = await Stage.set(tutorial);
    const page = await stage.perform(cast).finally(() => stage.clear());
    await expect(page).toMatchFileSnapshot(`../../docs/tutorials/${tutorial.name}.md`);
  });
});

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configCases } from '../support/config-cases.js';
import { noKeepalived } from '../support/daemons.js';
import { isExplained, type Verdicts } from '../support/known-differences.js';
import { Lan, noNamespaces } from '../support/netns.js';

/*
 * By hand: CASES=3000 SEED=7 [CASES_FROM=FOLDER] npx vitest run --project netns
 * test/interop/config-differential.test.ts
 */
const { CASES = '150', SEED = '1', CASES_FROM } = process.env;
const examples = join(import.meta.dirname, '../../examples/conf');
const driver = join(import.meta.dirname, '../support/verdicts.mjs');
/** Of what is compared, so much must agree; what does not is printed. */
const LEAST = 0.9;

const reasons = [noNamespaces, noKeepalived].filter((reason) => reason !== undefined);

describe.skipIf(reasons.length > 0)(
  `files with mistakes have the verdict of Debian's keepalived ${reasons.join(', ')}`.trim(),
  () => {
    it('exit code and complained lines', async () => {
      const lan = await Lan.create({ nodes: ['a'] });
      try {
        const node = lan.node('a');
        const folder = join(node.directory, 'cases');
        mkdirSync(folder);
        const from = CASES_FROM ?? examples;
        const files = readdirSync(from)
          .filter((name) => name.endsWith('.conf'))
          .map((name) => readFileSync(join(from, name), 'utf8'));
        const cases = configCases(files, { seed: Number(SEED), cases: Number(CASES) });
        const paths = cases.map((_, i) => join(folder, `${i}.conf`));
        cases.forEach(({ text }, i) => {
          writeFileSync(paths[i] ?? '', text);
        });
        const list = join(folder, 'list');
        writeFileSync(list, paths.join('\n'));
        const output = await node.exec(process.execPath, driver, list);
        const verdicts = output
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Verdicts);
        expect(verdicts).toHaveLength(cases.length);
        const compared = verdicts.filter((one) => !isExplained(one));
        const differing = compared.filter(({ theirs, ours }) => !isSame(theirs, ours));
        for (const one of differing) console.log(report(one));
        expect(compared.length).toBeGreaterThan(cases.length / 2);
        expect(differing.length / compared.length).toBeLessThan(1 - LEAST);
      } finally {
        await lan.remove();
      }
    }, 3_600_000);
  },
);

const isSame = (theirs: Verdicts['theirs'], ours: Verdicts['ours']): boolean =>
  theirs.code === ours.code && theirs.lines.join() === ours.lines.join();

const report = ({ file, theirs, ours }: Verdicts): string =>
  [
    `exit ${ours.code}, keepalived ${theirs.code}; lines ${ours.lines}, keepalived ${theirs.lines}`,
    readFileSync(file, 'utf8'),
    `-- keepalived\n${theirs.text}-- here\n${ours.text}\n`,
  ].join('\n');

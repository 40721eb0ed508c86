import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exitCode } from '#src/config/exit-code.js';
import { renderAll } from '#src/config/render.js';
import { dumpOf, loadText } from '#test/support/config.js';

const here = dirname(fileURLToPath(import.meta.url));
const goldens = readdirSync(here).filter((name) => name.endsWith('.golden'));
const RULE = '\n----\n';

/*
 * A golden file: a configuration, a rule, then what comes of it: its diagnostics with the exit
 * code of -t, and its normal form. `npm run accept` rewrites what stands below the rule.
 */
describe('config goldens', () => {
  it('exist', () => expect(goldens.length).toBeGreaterThan(8));

  it.each(goldens)('%s', async (name) => {
    const [text = ''] = readFileSync(join(here, name), 'utf8').split(RULE);
    const { config, diagnostics, texts } = loadText(text);
    const said = renderAll(diagnostics, { texts });
    const result = `${said}; exit ${exitCode(diagnostics)}\n\n${dumpOf(config)}`;
    await expect(`${text}${RULE}${result}`).toMatchFileSnapshot(join(here, name));
  });
});

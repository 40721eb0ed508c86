import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { checkerBlocks, loadCheckers } from '#checks/shell/registry.js';
import { diffJson } from '#src/config/diff/json.js';
import { diffText } from '#src/config/diff/text.js';
import { isUsable } from '#src/config/exit-code.js';
import { systemFiles, systemSurroundings } from '#src/config/files.js';
import { renderAll } from '#src/config/render.js';
import type { Block } from '#src/config/schema.js';
import { planVrrp } from '#vrrp/core/plan.js';
import { type Compared, configDiff } from '../config-diff.js';
import { loadConfiguration } from '../load.js';
import { optionOf, type Run } from '../subcommands.js';

/**
 * `config diff OLD NEW`: what a reload from one file to the other would change, and what that
 * means. Like diff(1) it exits with 0 when nothing differs, 1 when something does, 2 in trouble.
 */
export const run: Run = async (given) => {
  const { options, operands } = given;
  const [old = '', next = ''] = operands;
  const checkers = checkerBlocks(await loadCheckers());
  const sides = [old, next].map((file) => read(file, checkers, optionOf(given, 'config-id')));
  const err = sides.map((side) => side.err).join('');
  const [from, to] = sides.map((side) => side.compared);
  if (!from || !to) return { status: 2, err };
  const changes = configDiff(from, to);
  const out = options.format === 'json' ? diffJson(changes) : diffText(changes);
  return { status: changes.length > 0 ? 1 : 0, out, err };
};

/** One of the two, as it is written: whether its scripts exist here says nothing about it. */
function read(
  file: string,
  checkers: readonly Block[],
  configId: string | undefined,
): { compared?: Compared; err: string } {
  const { config, diagnostics, texts } = loadConfiguration(file, {
    files: systemFiles,
    checkers,
    surroundings: systemSurroundings(configId),
  });
  const vrrp = planVrrp(config, (mistake: Diagnostic) => diagnostics.push(mistake));
  if (!isUsable(diagnostics)) return { err: `${renderAll(diagnostics, { texts })}\n` };
  const mistakes = diagnostics.filter(({ severity }) => severity === 'error').length;
  const remark = `${file} has ${mistakes} mistake${mistakes === 1 ? '' : 's'}: see -t -f ${file}\n`;
  return { compared: { config, vrrp, checkers }, err: mistakes > 0 ? remark : '' };
}

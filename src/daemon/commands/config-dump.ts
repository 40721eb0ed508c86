import { checkerBlocks, loadCheckers } from '#checks/shell/registry.js';
import { dumpJson } from '#src/config/dump-json.js';
import { exitCode, isUsable } from '#src/config/exit-code.js';
import { systemFiles, systemSurroundings } from '#src/config/files.js';
import { renderAll } from '#src/config/render.js';
import { CUSTOMARY_FILE } from '../command-line.js';
import { loadConfiguration } from '../load.js';
import { dumpConfiguration, root, tablesOf } from '../root.js';
import { optionOf, type Run } from '../subcommands.js';

/**
 * `config dump`: the configuration as it was understood. Mistakes go to stderr; with one that keeps
 * the daemon from running nothing is printed, and the exit status is that of -t, but never 0.
 */
export const run: Run = async (given) => {
  const { options } = given;
  const file = optionOf(given, 'use-file') ?? CUSTOMARY_FILE;
  const checkers = checkerBlocks(await loadCheckers());
  const { config, diagnostics, texts } = loadConfiguration(file, {
    files: systemFiles,
    checkers,
    surroundings: systemSurroundings(optionOf(given, 'config-id')),
  });
  const style = { secrets: options.secrets === true };
  const out =
    options.format === 'json'
      ? `${JSON.stringify(dumpJson(root, config, tablesOf(checkers), style), null, 2)}\n`
      : dumpConfiguration(config, checkers, style);
  return {
    status: isUsable(diagnostics) ? 0 : exitCode(diagnostics) || 1,
    ...(isUsable(diagnostics) && { out }),
    ...(diagnostics.length > 0 && { err: `${renderAll(diagnostics, { texts })}\n` }),
  };
};

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { exitCode } from '#src/config/exit-code.js';
import { renderAll } from '#src/config/render.js';
import type { Command } from './command-line.js';
import { prepare } from './configuration.js';
import { CUSTOMARY_FILE } from './spares.js';

/**
 * -t: everything wrong with the configuration at once, on stderr or appended to a file; gives
 * keepalived's exit code. A clean configuration prints nothing.
 */
export async function testConfiguration(
  command: Extract<Command, { do: 'test' }>,
): Promise<number> {
  const { settings, target } = command;
  const file = settings.configFile ?? CUSTOMARY_FILE;
  const { diagnostics, texts } = await prepare(file, settings);
  const color = target === undefined && process.stderr.isTTY === true;
  const shown = diagnostics.length > 0 ? [renderAll(diagnostics, { texts, color })] : [];
  const text = [...command.remarks, ...shown].map((line) => `${line}\n`).join('');
  if (target === undefined) await new Promise((done) => process.stderr.write(text, done));
  else if (!append(target, text)) return 1;
  return exitCode(diagnostics);
}

/** Through no symbolic link: root may be told to write into a directory that others write, too. */
function append(path: string, text: string): boolean {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  try {
    const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    writeSync(fd, text);
    closeSync(fd);
    return true;
  } catch (e) {
    process.stderr.write(`Unable to write ${path}: ${(e as Error).message}\n`);
    return false;
  }
}

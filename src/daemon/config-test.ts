import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Collector } from '#src/config/collector.js';
import { exitCode } from '#src/config/exit-code.js';
import { inOrder } from '#src/config/in-order.js';
import { renderAll } from '#src/config/render.js';
import { verdictDocument } from '#src/config/verdict-document.js';
import { type Command, CUSTOMARY_FILE } from './command-line.js';
import { examine } from './configuration.js';
import { unknownMailServer } from './mail-server.js';

/**
 * -t: everything wrong with the configuration at once; gives keepalived's exit code.
 *
 * Text goes to stderr, and a clean configuration prints none. `--format json` is for programs:
 * one document on stdout in any case. With -tFILE either is appended to the file.
 */
export async function testConfiguration(
  command: Extract<Command, { do: 'test' }>,
): Promise<number> {
  const { settings, target, format, remarks } = command;
  const file = settings.configFile ?? CUSTOMARY_FILE;
  const { diagnostics: found, texts, compared } = await examine(file, settings);
  const collector = new Collector(found);
  await unknownMailServer(compared.config, collector.report);
  const diagnostics = inOrder(collector.all(), texts);
  const stream = format === 'json' ? process.stdout : process.stderr;
  const color = target === undefined && wantsColor(process.stderr);
  const shown = diagnostics.length > 0 ? [renderAll(diagnostics, { texts, color })] : [];
  const verdict =
    format === 'json'
      ? [JSON.stringify(verdictDocument(file, diagnostics), undefined, 2)]
      : [...remarks, ...shown];
  if (format === 'json') await print(process.stderr, remarks);
  if (target === undefined) await print(stream, verdict);
  else if (!append(target, textOf(verdict))) return 1;
  return exitCode(diagnostics);
}

/** On a terminal that can, unless NO_COLOR says otherwise (no-color.org). */
const wantsColor = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const print = (stream: NodeJS.WriteStream, lines: readonly string[]): Promise<void> =>
  new Promise((printed) => stream.write(textOf(lines), () => printed()));

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

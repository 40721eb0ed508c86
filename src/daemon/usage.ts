import yargs from 'yargs';
import { type OptionRow, optionRows } from './options.js';
import { subcommands, synopsis } from './subcommands.js';
import { PRODUCT } from './version.js';

/**
 * The text of -h, rendered by yargs.
 *
 * A module of its own because loading yargs costs 40 ms and 8 MB: the daemon never needs it.
 */
export async function helpText(): Promise<string> {
  const options = await yargs([])
    .scriptName('keepalived-ts')
    .usage('Usage: $0 [OPTION...]\n       $0 COMMAND')
    .help(false)
    .version(false)
    .options(Object.fromEntries(optionRows.map((row) => [row.long, yargsOption(row)])))
    .wrap(100)
    .epilogue(`Optional arguments must be attached: -gFILE, --log-file=FILE. ${PRODUCT}`)
    .getHelp();
  const commands = Object.entries(subcommands).flatMap(([name, command]) => [
    `  ${synopsis(name, command)}`,
    `      ${command.doc}`,
  ]);
  return [options, '', 'Commands:', ...commands].join('\n');
}

function yargsOption(row: OptionRow): {
  alias?: string;
  describe: string;
  type: 'string' | 'boolean';
} {
  const remark = typeof row.support === 'object' ? ' (not supported yet)' : '';
  return {
    ...(row.short && { alias: row.short }),
    describe: row.doc + remark,
    type: row.argument === 'none' ? 'boolean' : 'string',
  };
}

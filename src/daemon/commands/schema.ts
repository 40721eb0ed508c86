import { checkerBlocks, loadCheckers } from '#checks/shell/registry.js';
import { schemaOf } from '#src/config/reference/json-schema.js';
import type { Block } from '#src/config/schema.js';
import { root, tablesOf } from '../root.js';
import type { Run } from '../subcommands.js';

const TITLE = 'keepalived.conf, as keepalived-ts config dump --format json prints it';

/** `schema`: the JSON schema of the parsed configuration. */
export const run: Run = async () => {
  const tables = tablesOf(checkerBlocks(await loadCheckers()));
  const schema = schemaOf(root as unknown as Block, tables, TITLE);
  return { status: 0, out: `${JSON.stringify(schema, null, 2)}\n` };
};

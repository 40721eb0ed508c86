import { ssl } from '#checks/core/ssl-keywords.js';
import { virtualServer } from '#lvs/keywords/virtual-server.js';
import { virtualServerGroup } from '#lvs/keywords/virtual-server-group.js';
import { dump } from '#src/config/dump.js';
import { globalDefs } from '#src/config/global-defs.js';
import { type Block, block, type ConfigOf, nested, several } from '#src/config/schema.js';
import { Tables } from '#src/config/table.js';
import type { PrintStyle } from '#src/config/value-type.js';
import { vrrpBlocks } from '#vrrp/keywords/outermost.js';
import { rootScalars } from './root-scalars.js';

/** All that may stand at the outermost level of a keepalived.conf. */
export const root = block('', {
  doc: 'The outermost level.',
  keywords: {
    global_defs: nested(globalDefs).always(),
    ...vrrpBlocks,
    virtual_server_group: virtualServerGroup,
    virtual_server: several(virtualServer),
    SSL: nested(ssl).replacedWithError(),

    ...rootScalars,
  },
});

export type Config = ConfigOf<typeof root>;

/** The configuration in its normal form; see `dump`. */
export const dumpConfiguration = (
  config: Config,
  checkers: readonly Block[],
  style: PrintStyle = {},
): string => dump(root, config, tablesOf(checkers), style);

/** Tables are made once for a set of checkers: a reload and a dump need the same. */
export function tablesOf(checkers: readonly Block[]): Tables {
  const known = made.get(checkers) ?? new Tables({ checkers });
  made.set(checkers, known);
  return known;
}
const made = new WeakMap<readonly Block[], Tables>();

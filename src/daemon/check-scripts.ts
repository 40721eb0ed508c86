import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { placeOf } from '#src/config/places.js';
import type { Filling } from '#src/config/schema.js';
import type { ScriptCommand } from '#src/config/script-value.js';

/**
 * The checkers of a real server with their programs settled.
 *
 * Compat: one whose program can't or must not run is left out, and the server counts as up without
 * it. Words behind the program are lost; its user has a keyword of its own.
 */
export function settleCheckers(
  checkers: Filling[],
  settle: (command: ScriptCommand, ofUser: Span | undefined) => ScriptCommand | undefined,
): Filling[] {
  // Of a hundred thousand servers most are asked by no program.
  if (!checkers.some(({ config }) => (config as MiscConfig).misc_path)) return checkers;
  return checkers.flatMap((checker) => {
    const { keyword, config } = checker;
    const { misc_path, user: account } = config as MiscConfig;
    if (misc_path === undefined) return [checker];
    const [user, group] = account ?? [];
    const settled = settle({ ...misc_path, user, group }, account && placeOf(config, 'user'));
    return settled ? [{ keyword, config: { ...config, misc_path: settled } }] : [];
  });
}

/** What of a MISC_CHECK matters here; other checkers have none of it. */
interface MiscConfig {
  misc_path?: ScriptCommand;
  user?: readonly string[];
}

import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { checkerBlocks, loadCheckers } from '#checks/shell/registry.js';
import { FileLines } from '#src/config/file-lines.js';
import { Lexer } from '#src/config/lexer.js';
import { Limits } from '#src/config/limits.js';
import type { Surroundings } from '#src/config/predefined.js';
import { type Loaded, type LoadOptions, loadConfiguration } from '#src/daemon/load.js';
import { type Config, dumpConfiguration } from '#src/daemon/root.js';
import { filesOf } from './text-files.js';

/** The blocks of every checker there is. */
export const checkers = checkerBlocks(await loadCheckers());

/** The logical lines of a text, and what is said about them. */
export function lexText(
  text: string,
  report: Report,
  surroundings: Partial<Surroundings> = {},
): { lines: Lexer; limits: Limits } {
  const limits = new Limits(report);
  const lines = new Lexer({
    report,
    limits,
    surroundings: { configId: 'main', environment: {}, random: () => 0.5, ...surroundings },
    folder: () => '/etc/keepalived',
    include: () => undefined,
    setting: () => undefined,
  });
  lines.read(new FileLines('f', text, false, report));
  return { lines, limits };
}

/** The name that a test's only file has in diagnostics. */
export const FILE = 'test.conf';

export const loadText = (
  text: string,
  others: Readonly<Record<string, string>> = {},
  options: Pick<LoadOptions, 'surroundings' | 'checksIncludes' | 'numberOf'> = {},
): Loaded =>
  loadConfiguration(FILE, { files: filesOf({ [FILE]: text, ...others }), checkers, ...options });

export const dumpOf = (config: Config): string => dumpConfiguration(config, checkers);

/** A configuration without places, for comparing what was read. */
export function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (value === null || typeof value !== 'object' || !('constructor' in value)) return value;
  if (value.constructor !== Object) return String(value);
  const kept = Object.entries(value).filter(([key, v]) => key !== 'at' && v !== undefined);
  return Object.fromEntries(kept.map(([key, v]) => [key, withoutPlaces(v)]));
}

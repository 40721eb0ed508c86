import { checkerBlocks, loadCheckers } from '#checks/shell/registry.js';
import type { FileReader } from '#src/config/sources.js';
import {
  type Config,
  dumpConfiguration,
  type Loaded,
  loadConfiguration,
} from '#src/daemon/root.js';

/** The blocks of every checker there is. */
export const checkers = checkerBlocks(await loadCheckers());

/** Files in memory; a pattern names the files that begin with what stands before its `*`. */
export const filesOf = (files: Readonly<Record<string, string>>): FileReader => ({
  match: (pattern) =>
    Object.keys(files).filter((name) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    ),
  read: (file) => ({ text: files[file] ?? '' }),
});

/** The name that a test's only file has in diagnostics. */
export const FILE = 'test.conf';

export const loadText = (text: string, others: Readonly<Record<string, string>> = {}): Loaded =>
  loadConfiguration(FILE, { files: filesOf({ [FILE]: text, ...others }), checkers });

export const dumpOf = (config: Config): string => dumpConfiguration(config, checkers);

/** A configuration without places, for comparing what was read. */
export function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (value === null || typeof value !== 'object' || !('constructor' in value)) return value;
  if (value.constructor !== Object) return String(value);
  const kept = Object.entries(value).filter(([key, v]) => key !== 'at' && v !== undefined);
  return Object.fromEntries(kept.map(([key, v]) => [key, withoutPlaces(v)]));
}

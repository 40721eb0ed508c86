import type { Diagnostic, Span } from '@keepalived-ts/base/diagnostics.js';
import { Collector } from '#src/config/collector.js';
import { inOrder } from '#src/config/in-order.js';
import type { Lines } from '#src/config/lexer.js';
import { Limits } from '#src/config/limits.js';
import { parseConfig } from '#src/config/load.js';
import { placeOf } from '#src/config/places.js';
import type { Surroundings } from '#src/config/predefined.js';
import type { Block } from '#src/config/schema.js';
import { type FileReader, Sources } from '#src/config/sources.js';
import type { NumberOf } from '#src/config/value-type.js';
import { readings } from './readings.js';
import { type Config, root, tablesOf } from './root.js';

export interface Loaded {
  config: Config;
  diagnostics: Diagnostic[];
  /** The text of each file read, to quote from. */
  texts: ReadonlyMap<string, string>;
  /** keepalived has ended before all of it was read. */
  isEnded: boolean;
  /** Where, if that was the last of its processes: what it finds above is told. */
  endedAt?: Span;
}

export interface LoadOptions {
  files: FileReader;
  /** What may stand in a `real_server`: `checkerBlocks(await loadCheckers())`. */
  checkers: readonly Block[];
  /** What `@ID` and `${_...}` ask for; see `predefined.ts`. */
  surroundings?: Partial<Surroundings>;
  /** What this machine calls routing tables, protocols and the like; see `number-names.ts`. */
  numberOf?: NumberOf;
  /** -e: every problem of an `include` is a mistake. */
  checksIncludes?: boolean;
  /** Whether there is a network namespace of that name; there is any, unless given. */
  hasNamespace?: (name: string) => boolean;
}

const NO_LINES: Lines = { next: () => undefined };
const NOWHERE: Surroundings = { configId: '', environment: {}, random: () => 0 };

/**
 * Reads a configuration: every mistake is in the diagnostics, and nothing is thrown.
 *
 * Compat: keepalived's processes read the same files one after the other, each of them its own
 * blocks, and pass over those of the others by counting braces. That makes a difference only where
 * braces do not match their keywords, or where something ends it all; then the files are read
 * that way here, too.
 */
export function loadConfiguration(path: string, options: LoadOptions): Loaded {
  const whole = read(path, options);
  const lost = lostNamespace(whole.config, options);
  const isTorn = lost || whole.diagnostics.some(({ class: kind }) => TORN.has(kind));
  return whole.isComplete && isTorn ? inTurns(path, options, whole, lost) : whole;
}

/** Mistakes after which it matters who reads a line. */
const TORN: ReadonlySet<Diagnostic['class']> = new Set<Diagnostic['class']>([
  'unexpected-open',
  'missing-open',
  'extra-close',
  'missing-close',
  'missing-argument',
  'security',
]);

/** Each process of keepalived reads the files, up to the one that ends it all. */
function inTurns(
  path: string,
  options: LoadOptions,
  { config: whole, texts }: Loaded,
  lost: Diagnostic | undefined,
): Loaded {
  const collector = new Collector();
  let config = whole;
  let isEnded = false;
  let endedAt: Span | undefined;
  readings.forEach((only, i) => {
    const part = read(path, options, only);
    for (const diagnostic of part.diagnostics) {
      collector.report({ ...diagnostic, ...(isEnded && { unread: true }) });
      if (isEnded || diagnostic.class !== 'missing-argument') continue;
      isEnded = true;
      if (i === readings.length - 1) endedAt = diagnostic.at;
    }
    if (i === 0) {
      if (lost) collector.report(lost);
      // A file that must be there and is not: the parent goes no further.
      isEnded ||= lost !== undefined || part.diagnostics.some(({ class: k }) => k === 'security');
    }
    const fields = Object.entries(part.config).filter(([field]) => only.has(field));
    config = { ...config, ...Object.fromEntries(fields) };
  });
  const diagnostics = inOrder(collector.all(), texts);
  return { config, diagnostics, texts, isEnded, ...(endedAt && { endedAt }) };
}

/**
 * Whether keepalived comes to a mistake that is found when all is read. Compat: what it names a line
 * for it has met while reading, so only what stands behind the end is out of its reach.
 */
export function comesTo({ isEnded, endedAt }: Loaded, { at, ofBlock }: Diagnostic): boolean {
  if (!isEnded) return true;
  return !ofBlock && at !== undefined && at.file === endedAt?.file && at.line < endedAt.line;
}

/** The network namespace that is asked for and not there. */
function lostNamespace(config: Config, { hasNamespace }: LoadOptions): Diagnostic | undefined {
  const { net_namespace: name } = config;
  if (name === undefined || !hasNamespace || hasNamespace(name)) return undefined;
  const message = `there is no network namespace ${name}, so nothing in it can be examined`;
  const hint = 'keepalived ends its test here with exit code 0, whatever it has found';
  const at = placeOf(config, 'net_namespace');
  return { severity: 'warning', class: 'no-namespace', message, hint, at, ofBlock: true };
}

function read(
  path: string,
  options: LoadOptions,
  only?: ReadonlySet<string>,
): Loaded & { isComplete: boolean } {
  const collector = new Collector();
  const { report } = collector;
  const limits = new Limits(report);
  const sources = new Sources(path, options.files, {
    report,
    limits,
    surroundings: { ...NOWHERE, ...options.surroundings },
    checksIncludes: options.checksIncludes ?? false,
  });
  const tables = tablesOf(options.checkers);
  const { numberOf } = options;
  const parsed = parseConfig(sources, root, { report, limits, tables, numberOf, only });
  // What is too large is not run by, so nobody needs to make plans of the part that was read.
  const isComplete = !limits.passed;
  const config = isComplete ? parsed : parseConfig(NO_LINES, root, { report, limits, tables });
  const { texts } = sources;
  return {
    config,
    diagnostics: inOrder(collector.all(), texts),
    texts,
    isComplete,
    isEnded: false,
  };
}

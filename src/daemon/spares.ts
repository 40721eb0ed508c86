import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { CUSTOMARY_FILE, type Settings } from './command-line.js';
import { entries, SpareWorker } from './thread.js';

/** A worker ahead of its plan, for each part that is likely to run. */
export interface Spares {
  vrrp: SpareWorker | undefined;
  check: SpareWorker | undefined;
}

/** Sockets stay where they are opened, and threads where they are started. */
const MOVES = /^\s*net_namespace\b/m;
/** Of each part, what its configuration can't do without. */
const marks = { vrrp: /\bvrrp_instance\b/, check: /\bvirtual_server\b/ };

/**
 * The workers worth creating before the configuration is understood: one look at its first file.
 * What that look misses, as in included files, starts a little later. On one processor none is:
 * there they would only keep the parent from its reading.
 */
export function spareWorkers(
  { configFile, parts, namespace }: Settings,
  processors = availableParallelism(),
): Spares {
  if (processors < 2) return { vrrp: undefined, check: undefined };
  const text = textOf(configFile ?? CUSTOMARY_FILE);
  if (namespace === undefined && MOVES.test(text)) return { vrrp: undefined, check: undefined };
  const spare = (part: 'vrrp' | 'check'): SpareWorker | undefined =>
    parts[part] && marks[part].test(text) ? new SpareWorker(part, entries[part]) : undefined;
  return { vrrp: spare('vrrp'), check: spare('check') };
}

/** There is no use for them. */
export function dropSpares({ vrrp, check }: Spares): void {
  vrrp?.drop();
  check?.drop();
}

/** Nothing where it can't be read, or only once (a pipe): who reads it in earnest is to tell. */
function textOf(file: string): string {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}

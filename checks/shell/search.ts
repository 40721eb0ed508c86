import { createContext, Script } from 'node:vm';
import type { BodyPattern } from '../core/regex.js';

/**
 * How long a search may keep the thread, in milliseconds: a pattern that backtracks without end
 * must not hold up the other checks. keepalived bounds the steps of PCRE2 for the same reason.
 */
const LIMIT = 200;

const script = new Script(`(() => {
  const found = new RegExp(source, flags);
  found.lastIndex = from;
  const match = found.exec(text);
  return match !== null && match.index <= to;
})()`);

/** Searches a body; see `ProbeIo.search`. */
export function search(
  { source, flags, utf, from, to }: BodyPattern,
  body: Uint8Array,
): 'found' | 'missing' | 'limit' {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // Places count bytes: with UTF-8 they are moved to those of the text.
  const place = (at: number): number =>
    utf ? bytes.toString('utf8', 0, Math.min(at, bytes.length)).length : at;
  if (from > bytes.length) return 'missing';
  const text = bytes.toString(utf ? 'utf8' : 'latin1');
  const given = { source, flags, text, from: place(from), to: to < bytes.length ? place(to) : to };
  try {
    return script.runInContext(createContext(given), { timeout: LIMIT }) ? 'found' : 'missing';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'limit';
    throw error;
  }
}

import { isBlank, Line } from './line.js';

/** A line without its comment, and what is to be said about it. */
export interface Uncommented {
  line: Line;
  /** The `"` of a word that no other ends. */
  open?: number;
  /** An escaped `#` or `!` that keepalived takes for a comment after all. */
  lost?: number;
}

const COMMENT = /[#!"\\]/;

/**
 * Takes the comment off a line: all from a `#` or `!` outside double quotes.
 *
 * A backslash protects the next character, of `"` too; `\#` and `\!` lose it. keepalived strips
 * comments twice where its parent process does not read, which makes the bare `#` a comment
 * (config-language reference §2); `keepsEscaped` tells which it is.
 */
export function withoutComment(line: Line, keepsEscaped: boolean): Uncommented {
  const { text } = line;
  if (!COMMENT.test(text)) return { line };
  const parts: Line[] = [];
  let copied = 0;
  let quote = -1;
  let end = text.length;
  let lost: number | undefined;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      quote = quote < 0 ? i : -1;
    } else if (c === '\\') {
      const next = text[++i];
      if (quote >= 0 || (next !== '#' && next !== '!')) continue;
      if (!keepsEscaped) {
        lost = i - 1;
        end = i - 1;
        break;
      }
      parts.push(line.slice(copied, i - 1));
      copied = i;
    } else if (quote < 0 && (c === '#' || c === '!')) {
      end = i;
      break;
    }
  }
  const backslash = lastBackslash(text, copied, end);
  if (backslash === undefined) parts.push(line.slice(copied, end));
  else parts.push(line.slice(copied, backslash.from), line.slice(backslash.at, end));
  const [only, ...more] = parts;
  const left = only !== undefined && more.length === 0 ? only : Line.join(parts);
  const open = quote >= 0 ? { open: quote } : {};
  return { line: left, ...open, ...(lost !== undefined && { lost }) };
}

/** A backslash at the end of a line, and where the blanks before it begin, which are dropped. */
function lastBackslash(
  text: string,
  start: number,
  end: number,
): { at: number; from: number } | undefined {
  let at = end - 1;
  while (at >= start && isBlank(text.charCodeAt(at))) at--;
  if (at < start || text[at] !== '\\') return undefined;
  let from = at;
  while (from > start && isBlank(text.charCodeAt(from - 1))) from--;
  return from === at ? undefined : { at, from };
}

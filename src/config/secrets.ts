import { MASKED } from '@keepalived-ts/base/secret.js';
import { editDistance } from './nearest.js';

/*
 * Lines are quoted in logs and terminals, passwords are not. The keyword may be mistyped just
 * where the line is quoted for that very reason, so a word that looks like one counts.
 */

/** A name that says by itself that something secret follows. */
const TELLING = /^[\w-]*(?:passw|passph|pass$|_pas|secret)[\w-]*$/i;
const PASSWORD = 'auth_pass';
/** Of `auth_hmac`: `key ID SECRET`; the `key FILE` of SSL is no secret. */
const NUMBERED_KEY = /^\s*key\s+\d+\s+(?=\S)/;
/** `$ROUTER_PASS=...`, a definition. */
const DEFINITION = /^(\s*\$\w*(?:pass|secret|key)\w*=\s*)\S/i;
const WORD = /[^\s{}]+/g;

function isTelling(word: string): boolean {
  if (word === 'PASS' || word.length > 40) return false;
  if (TELLING.test(word) || /^auth[_-]?p/i.test(word)) return true;
  return Math.abs(word.length - PASSWORD.length) <= 2 && editDistance(word, PASSWORD) <= 2;
}

/** A line without what may be a secret: what stands behind its keyword is `***`. */
export function concealed(line: string): string {
  const numbered = NUMBERED_KEY.exec(line) ?? DEFINITION.exec(line);
  if (numbered) return `${line.slice(0, numbered[1]?.length ?? numbered[0].length)}${MASKED}`;
  for (const { 0: word, index } of line.matchAll(WORD)) {
    if (!isTelling(word)) continue;
    const [gap = ''] = /^\s*/.exec(line.slice(index + word.length)) ?? [];
    const start = index + word.length + gap.length;
    const rest = line.slice(start);
    if (rest !== '' && rest !== '{' && rest !== '}') return `${line.slice(0, start)}${MASKED}`;
  }
  return line;
}

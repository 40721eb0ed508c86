import type { Report } from '@keepalived-ts/base/diagnostics.js';
import type { Line } from './line.js';

const DEFINITION = /^\$([A-Za-z_][A-Za-z0-9_]*)=/;
const CONDITION = /^@\^?\S*/;
const LOOP = /^~(SEQx?|LST)\(/;
const PREDEFINED = /\$\{_(PWD|INSTANCE|RANDOM|ENV|HASH|BANG)[^}]*\}/;

/**
 * Says of each line that needs keepalived's preprocessor that it is not expanded here yet, and
 * takes the line out.
 *
 * A name that the file defines is not left as text either: a priority of `$PRIO` would silently
 * become the default. Names nobody defines are ordinary text (config-language reference §6).
 */
export function refusePreprocessor(lines: readonly Line[], report: Report): readonly Line[] {
  if (!lines.some((line) => /^[$@~]/.test(line.text) || line.text.includes('${_'))) return lines;
  const defined = new Set<string>();
  return lines.filter((line) => {
    const what = unsupported(line.text, defined);
    if (what === undefined) return true;
    report({
      severity: 'error',
      class: 'general',
      message: `${what} not supported yet; line ignored`,
      hint: 'write the line out until the preprocessor has come',
      at: line.at,
    });
    return false;
  });
}

function unsupported(text: string, defined: Set<string>): string | undefined {
  const [, name] = DEFINITION.exec(text) ?? [];
  if (name !== undefined) {
    defined.add(name);
    return `definitions such as $${name}= are`;
  }
  const loop = LOOP.exec(text);
  if (loop) return `~${loop[1]} is`;
  if (CONDITION.test(text)) return 'lines for one configuration id (@id) are';
  const predefined = PREDEFINED.exec(text);
  if (predefined) return `${predefined[0]} is`;
  for (const [, braced, bare] of text.matchAll(
    /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)(?=[ \t,)]|$))/g,
  )) {
    const used = braced ?? bare ?? '';
    if (defined.has(used)) return `the definition $${used} is`;
  }
  return undefined;
}

const DEFINITION = /^\$([A-Za-z_][A-Za-z0-9_]*)=/;
const CONDITION = /^@\^?\S*/;
const LOOP = /^~(SEQx?|LST)\(/;
const PREDEFINED = /\$\{_(PWD|INSTANCE|RANDOM|ENV|HASH|BANG)[^}]*\}/;
const USE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)(?=[ \t,)]|$))/g;

/**
 * Recognises the lines that need keepalived's preprocessor, which is not here yet.
 *
 * A name that the file defines is not left as text: a priority of `$PRIO` would silently become
 * the default. Names nobody defines are ordinary text (config-language reference §6).
 */
export class Preprocessor {
  private readonly defined = new Set<string>();

  /** What of a line, in words, is not supported; `undefined` for an ordinary line. */
  unsupported(line: string): string | undefined {
    const text = line.trimStart();
    const [, name] = DEFINITION.exec(text) ?? [];
    if (name !== undefined) {
      this.defined.add(name);
      return `definitions such as $${name}= are`;
    }
    const loop = LOOP.exec(text);
    if (loop) return `~${loop[1]} is`;
    if (CONDITION.test(text)) return 'lines for one configuration id (@id) are';
    const predefined = PREDEFINED.exec(text);
    if (predefined) return `${predefined[0]} is`;
    for (const [, braced, bare] of text.matchAll(USE)) {
      const used = braced ?? bare ?? '';
      if (this.defined.has(used)) return `the definition $${used} is`;
    }
    return undefined;
  }
}

/** Options that change what a pattern means. */
export interface PatternOptions {
  caseless: boolean;
  multiline: boolean;
  dotall: boolean;
  extended: boolean;
  dollarEndOnly: boolean;
  ungreedy: boolean;
  noCapture: boolean;
  utf: boolean;
}

/** Why a pattern can't be used, in words. */
export class PatternProblem {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

/** Sets of bytes that PCRE2 and JavaScript understand differently, as parts of a class. */
const SPACE = '\\t\\n\\v\\f\\r ';
const NOT_SPACE = '\\0-\\x08\\x0e-\\x1f!-\\uffff';
const HORIZONTAL = '\\t \\xa0';
const VERTICAL = '\\n\\v\\f\\r\\x85';
const sets: Readonly<Record<string, string>> = {
  d: '0-9',
  w: 'A-Za-z0-9_',
  s: SPACE,
  S: NOT_SPACE,
  h: HORIZONTAL,
  v: VERTICAL,
};
/** Their opposites, which a class can't hold. */
const opposites: Readonly<Record<string, string>> = { H: 'h', V: 'v' };

const posix: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  ascii: '\\0-\\x7f',
  blank: '\\t ',
  cntrl: '\\0-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: SPACE,
  upper: 'A-Z',
  word: 'A-Za-z0-9_',
  xdigit: '0-9A-Fa-f',
};

const controls: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

/** One character that means itself, in JavaScript's spelling. */
function literal(code: number): string {
  const c = String.fromCodePoint(code);
  if (/[\^$\\.*+?()[\]{}|/-]/.test(c)) return `\\${c}`;
  if (code >= 32 && code < 127) return c;
  return code > 255 ? c : `\\x${code.toString(16).padStart(2, '0')}`;
}

const refuse = (what: string): never => {
  throw new PatternProblem(`JavaScript has no equal of ${what}`);
};

/**
 * A pattern of PCRE2 (pcre2pattern(3)) as one of JavaScript that finds the same.
 *
 * Without the option utf it is about bytes, which both sides see as the characters 0 to 255.
 * Throws a `PatternProblem` at what JavaScript has no equal of.
 */
export function translate(
  pattern: string,
  options: PatternOptions,
): { source: string; caseless: boolean; utf: boolean } {
  const { utf } = options;
  const text = utf ? pattern : Buffer.from(pattern).toString('latin1');
  return new Translation(text, options).run();
}

class Translation {
  private readonly text: string;
  private readonly options: PatternOptions;
  private i = 0;
  private out = '';

  constructor(text: string, options: PatternOptions) {
    this.text = text;
    this.options = { ...options };
  }

  run(): { source: string; caseless: boolean; utf: boolean } {
    this.inlineOptions();
    while (this.i < this.text.length) this.item();
    const { caseless, utf } = this.options;
    // Case beyond ASCII is PCRE2's affair only with utf.
    if (caseless && !utf && /[\x80-\xff]/.test(this.text)) refuse('caseless beyond ASCII');
    return { source: this.out, caseless, utf };
  }

  /** `(?i)` and its like, where they hold for the whole pattern. */
  private inlineOptions(): void {
    const [all, letters] = /^\(\?([imsx]+)\)/.exec(this.text) ?? [];
    if (all === undefined || letters === undefined) return;
    this.i = all.length;
    if (letters.includes('i')) this.options.caseless = true;
    if (letters.includes('m')) this.options.multiline = true;
    if (letters.includes('s')) this.options.dotall = true;
    if (letters.includes('x')) this.options.extended = true;
  }

  private item(): void {
    const { multiline, dotall, extended, dollarEndOnly, noCapture } = this.options;
    const c = this.text[this.i] ?? '';
    const at = this.i++;
    if (extended && /\s/.test(c)) return;
    if (extended && c === '#') {
      const end = this.text.indexOf('\n', at);
      this.i = end < 0 ? this.text.length : end + 1;
    } else if (c === '\\') this.escape();
    else if (c === '[') this.characterClass();
    else if (c === '(') this.out += this.group(noCapture);
    else if (c === ')' || c === '|') this.out += c;
    else if (c === '.') this.out += dotall ? '[^]' : '[^\\n]';
    else if (c === '^') this.out += multiline ? '(?:(?<![^])|(?<=\\n)(?=[^]))' : '^';
    else if (c === '$') this.out += multiline ? '(?=\\n|$)' : dollarEndOnly ? '$' : '(?=\\n?$)';
    else if (c === '*' || c === '+' || c === '?') this.quantifier(c);
    else if (c === '{') this.braces(at);
    else this.out += literal(this.character(at));
  }

  /** The character at a place, which with utf may have two units. */
  private character(at: number): number {
    const code = this.text.codePointAt(at) ?? 0;
    if (code > 0xffff) this.i = at + 2;
    return code;
  }

  private braces(at: number): void {
    const [counts] = /^\{\d+(?:,\d*)?\}/.exec(this.text.slice(at)) ?? [];
    if (counts === undefined) this.out += '\\{';
    else {
      this.i = at + counts.length;
      this.quantifier(counts);
    }
  }

  private quantifier(counts: string): void {
    const next = this.text[this.i];
    if (next === '+') refuse('possessive quantifiers');
    const isLazy = next === '?';
    if (isLazy) this.i++;
    this.out += counts + (isLazy !== this.options.ungreedy ? '?' : '');
  }

  /** Behind a `(`: what opens the group. */
  private group(noCapture: boolean): string {
    const rest = this.text.slice(this.i);
    if (rest.startsWith('*')) return refuse(`(${/^\*[A-Za-z_:]*/.exec(rest)?.[0] ?? '*'}...)`);
    if (!rest.startsWith('?')) return noCapture ? '(?:' : '(';
    const [comment] = /^\?#[^)]*\)/.exec(rest) ?? [];
    if (comment !== undefined) {
      this.i += comment.length;
      return '';
    }
    const [plain] = /^\?(?:[:=!]|<[=!])/.exec(rest) ?? [];
    if (plain !== undefined) {
      this.i += plain.length;
      return `(${plain}`;
    }
    // A name only serves references, which we have none of.
    const [name] = /^\?(?:P?<\w+>|'\w+')/.exec(rest) ?? [];
    if (name === undefined) return refuse(`(${rest.slice(0, 2)}...)`);
    this.i += name.length;
    return '(';
  }

  /** Behind a `\` outside of a class. */
  private escape(): void {
    const c = this.text[this.i++];
    if (c === undefined) throw new PatternProblem('\\ at the end of the pattern');
    if (c === 'b' || c === 'B' || c === 'd' || c === 'D' || c === 'w' || c === 'W') {
      this.out += `\\${c}`;
    } else if (c === 'A') this.out += '(?<![^])';
    else if (c === 'z') this.out += '(?![^])';
    else if (c === 'Z') this.out += '(?=\\n?(?![^]))';
    else if (c === 'N') this.out += '[^\\n]';
    else if (c === 'R') this.out += '(?:\\r\\n|[\\n\\v\\f\\r\\x85])';
    else if (c === 'Q') this.verbatim();
    else if (c === 'E') return;
    else if (Object.hasOwn(sets, c)) this.out += `[${sets[c]}]`;
    else if (Object.hasOwn(opposites, c)) this.out += `[^${sets[opposites[c] ?? '']}]`;
    else if (/[1-9]/.test(c)) refuse('back references');
    else this.out += literal(this.escaped(c));
  }

  /** `\Q...\E`. */
  private verbatim(): void {
    const end = this.text.indexOf('\\E', this.i);
    const last = end < 0 ? this.text.length : end;
    while (this.i < last) this.out += literal(this.character(this.i++));
    if (end >= 0) this.i = end + 2;
  }

  /** The one character that `\` and `c` stand for. */
  private escaped(c: string): number {
    const rest = this.text.slice(this.i);
    const known = controls[c];
    if (known !== undefined) return known;
    if (c === '0') {
      const [octal = ''] = /^[0-7]{0,2}/.exec(rest) ?? [];
      this.i += octal.length;
      return Number.parseInt(octal || '0', 8);
    }
    if (c === 'x') {
      const [all = '', braced, plain = '0'] =
        /^(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{0,2}))/.exec(rest) ?? [];
      this.i += all.length;
      const code = Number.parseInt(braced ?? (plain || '0'), 16);
      if (code > (this.options.utf ? 0x10ffff : 0xff)) refuse(`\\x{${code.toString(16)}}`);
      return code;
    }
    if (/[A-Za-z0-9]/.test(c)) return refuse(`\\${c}`);
    return this.character(this.i - 1);
  }

  private characterClass(): void {
    let inside = '';
    const negated = this.text[this.i] === '^';
    if (negated) this.i++;
    for (let first = true; ; first = false) {
      const c = this.text[this.i];
      if (c === undefined) throw new PatternProblem('missing terminating ] for character class');
      if (c === ']' && !first) break;
      inside += this.member(c);
    }
    this.i++;
    this.out += `[${negated ? '^' : ''}${inside}]`;
  }

  /** One part of a class. */
  private member(c: string): string {
    const at = this.i++;
    const [all, negated, name = ''] = /^\[:(\^?)(\w+):\]/.exec(this.text.slice(at)) ?? [];
    if (all !== undefined) {
      if (negated || !Object.hasOwn(posix, name)) refuse(all);
      this.i = at + all.length;
      return posix[name] ?? '';
    }
    if (/^\[[.=]/.test(this.text.slice(at))) return refuse('collating elements');
    if (c === '-') return '-';
    if (c !== '\\') return literal(this.character(at));
    const next = this.text[this.i++] ?? '';
    if (next === 'b') return '\\x08';
    if (next === 'D' || next === 'W') return `\\${next}`;
    if (Object.hasOwn(sets, next)) return sets[next] ?? '';
    if (/[1-9QERNXHV]/.test(next)) return refuse(`\\${next} in a class`);
    return literal(this.escaped(next));
  }
}

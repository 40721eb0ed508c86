import { type PatternOptions, PatternProblem, translate } from './regex-syntax.js';

/** A search of a body, in JavaScript's terms. */
export interface BodyPattern {
  source: string;
  flags: string;
  /** The body is read as UTF-8, otherwise as bytes. */
  utf: boolean;
  /** Where the search begins, and the last place where a match may; in bytes. */
  from: number;
  to: number;
}

/** The names of keepalived's options, by what they set; see pcre2api(3). */
const effective: Readonly<Record<string, keyof PatternOptions>> = {
  caseless: 'caseless',
  multiline: 'multiline',
  dotall: 'dotall',
  extended: 'extended',
  dollar_endonly: 'dollarEndOnly',
  ungreedy: 'ungreedy',
  no_auto_capture: 'noCapture',
  utf: 'utf',
};
/** Those that only change how PCRE2 works, not what it finds. */
const harmless = new Set([
  'auto_callout',
  'dupnames',
  'never_ucp',
  'never_utf',
  'no_auto_possess',
  'no_dotstar_anchor',
  'no_start_optimize',
  'never_backslash_c',
  'alt_verbnames',
  'use_offset_limit',
]);
/** Those of which JavaScript has no equal. */
const strange = new Set([
  'allow_empty_class',
  'alt_bsux',
  'alt_circumflex',
  'firstline',
  'match_unset_backref',
  'ucp',
]);

/** What a `url` block says of the body. */
export interface PatternConfig {
  regex: string | undefined;
  regex_options: readonly (readonly string[])[];
  regex_min_offset: number | undefined;
  regex_max_offset: number | undefined;
}

/** Option names that mean nothing. Compat: they are passed over. */
export const unknownOptions = ({ regex_options }: PatternConfig): string[] =>
  regex_options
    .flat()
    .filter((name) => !Object.hasOwn(effective, name) && !harmless.has(name) && !strange.has(name));

/** The search that a `url` block asks for; `undefined` where it asks for none. */
export function bodyPattern(config: PatternConfig): BodyPattern | PatternProblem | undefined {
  const { regex, regex_options, regex_min_offset, regex_max_offset } = config;
  if (regex === undefined) return undefined;
  const names = regex_options.flat();
  const odd = names.find((name) => strange.has(name));
  if (odd !== undefined) return new PatternProblem(`JavaScript has no equal of option ${odd}`);
  const set = new Set(names.map((name) => effective[name]));
  const options: PatternOptions = {
    caseless: set.has('caseless'),
    multiline: set.has('multiline'),
    dotall: set.has('dotall'),
    extended: set.has('extended'),
    dollarEndOnly: set.has('dollarEndOnly'),
    ungreedy: set.has('ungreedy'),
    noCapture: set.has('noCapture'),
    utf: set.has('utf'),
  };
  const [from, to] = [regex_min_offset ?? 0, regex_max_offset ?? Number.MAX_SAFE_INTEGER];
  try {
    const { source, caseless, utf } = translate(regex, options);
    const flags = `g${caseless ? 'i' : ''}${utf ? 'u' : ''}`;
    new RegExp(source, flags);
    return { source, flags, utf, from, to };
  } catch (error) {
    if (error instanceof PatternProblem) return error;
    if (error instanceof SyntaxError) return new PatternProblem(error.message);
    throw error;
  }
}

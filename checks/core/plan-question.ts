import type { Filling } from '#src/config/schema.js';
import { commonKeywords } from './common-keywords.js';
import type { Checker, OptionsOf, Surroundings } from './define-checker.js';
import type { Question } from './plan.js';

type Options = OptionsOf<Record<never, never>>;

/** The values of the checker's own rows, and what follows from them. */
export function planQuestion(
  checker: Checker,
  { config }: Filling,
  surroundings: Surroundings,
): Question {
  const options: Record<string, unknown> = {};
  for (const name of Object.keys(checker.keywords)) {
    if (!(name in commonKeywords)) options[name] = withoutPlaces(config[name]);
  }
  const settled = options as Options;
  const { virtualhost, serviceHost, trackFile } = surroundings;
  const identity = checker.identity ? checker.identity(settled) : settled;
  return {
    options: settled,
    surroundings,
    round: checker.questions && {
      questions: checker.questions(settled),
      fast: checker.recoversFast?.(settled) ?? false,
    },
    identity: JSON.stringify([identity, virtualhost, serviceHost, trackFile]),
  };
}

/** Values of nested blocks without the places in the file, which would tell equal ones apart. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (value === null || typeof value !== 'object' || !('at' in value)) return value;
  const { at: _, ...rest } = value;
  return Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, withoutPlaces(v)]));
}

import type { Filling } from '#src/config/schema.js';
import { commonKeywords } from './common-keywords.js';
import type { Checker, OptionsOf, Surroundings } from './define-checker.js';
import type { Question } from './plan.js';
import type { Share } from './sharing.js';

type Options = OptionsOf<Record<never, never>>;

/** Gives the question of a checker, the same one where the same is asked. */
export type Questions = (
  checker: Checker,
  filling: Filling,
  surroundings: Surroundings,
) => Question;

/** What of a question is written; the rest follows from it. */
interface Asked {
  keyword: string;
  options: Options;
  surroundings: Surroundings;
}

export function questions(share: Share): Questions {
  const known = new Map<Asked, Question>();
  const own = new Map<Checker, readonly string[]>();
  return (checker, { config }, surroundings) => {
    const names = own.get(checker) ?? ownRows(checker);
    own.set(checker, names);
    const options: Record<string, unknown> = {};
    for (const name of names) options[name] = withoutPlaces(config[name]);
    const { keyword } = checker;
    const asked = share<Asked>({ keyword, options: options as Options, surroundings });
    const question = known.get(asked) ?? questionOf(checker, asked);
    known.set(asked, question);
    return question;
  };
}

const ownRows = ({ keywords }: Checker): string[] =>
  Object.keys(keywords).filter((name) => !(name in commonKeywords));

function questionOf(checker: Checker, { options, surroundings }: Asked): Question {
  const { virtualhost, serviceHost, trackFile } = surroundings;
  const identity = checker.identity ? checker.identity(options) : options;
  return {
    options,
    surroundings,
    round: checker.questions && {
      questions: checker.questions(options),
      fast: checker.recoversFast?.(options) ?? false,
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

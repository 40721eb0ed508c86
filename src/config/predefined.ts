/** What a configuration may ask of the world around it. */
export interface Surroundings {
  /** The value that `@ID` is compared with. */
  configId: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** At least 0, less than 1. */
  random(): number;
}

/** A predefined name's value, and what is wrong with how it was asked for. */
export interface Predefined {
  value: string;
  mistake?: string;
}

type Give = (parameters: readonly string[], from: Surroundings, folder: string) => Answer;
type Answer = Predefined | undefined;

/** Only without parameters: `${_PWD x}` is left as it is. */
const plain =
  (value: (from: Surroundings, folder: string) => string): Give =>
  (parameters, from, folder) =>
    parameters.length === 0 ? { value: value(from, folder) } : undefined;

const NAMES = new Map<string, Give>([
  ['_PWD', plain((_, folder) => folder)],
  ['_INSTANCE', plain(({ configId }) => configId)],
  ['_HASH', plain(() => '#')],
  ['_BANG', plain(() => '!')],
  ['_RANDOM', random],
  [
    '_ENV',
    ([name, ...more], { environment }) =>
      name !== undefined && more.length === 0 && /^\w+$/.test(name)
        ? { value: environment[name] ?? '' }
        : undefined,
  ],
]);

const LAST_RANDOM = 32_767;

/** `${_RANDOM [MIN [MAX]]}`. */
function random(parameters: readonly string[], from: Surroundings): Answer {
  if (parameters.length > 2 || !parameters.every((p) => /^\d{1,15}$/.test(p))) return undefined;
  const [least = 0, most = LAST_RANDOM] = parameters.map(Number);
  if (least > most) {
    return { value: String(least), mistake: `_RANDOM: ${least} is greater than ${most}` };
  }
  return { value: String(least + Math.floor(from.random() * (most - least + 1))) };
}

/** The value of a name that nobody has to define; `undefined` if it is none, or asked wrongly. */
export const predefined = (
  name: string,
  parameters: readonly string[],
  from: Surroundings,
  folder: string,
): Answer => NAMES.get(name)?.(parameters, from, folder);

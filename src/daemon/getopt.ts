import { type OptionName, type OptionRow, optionRows } from './options.js';

/** An option as it was given: `value` is what followed it. */
export interface Given {
  option: OptionName;
  value: string | undefined;
}

/** The words of a command line, told apart. `mistake` is of the first wrong one. */
export interface Words {
  given: Given[];
  surplus: string[];
  mistake?: { message: string; word: string };
}

type Row = OptionRow & { long: OptionName };

const byLetter = new Map(optionRows.map((row) => [row.short, row]));

/**
 * Splits arguments as getopt_long(3) does, which keepalived uses.
 *
 * Letters may be clustered (-lnD), an argument may be attached (-fFILE, --pid=FILE) or follow, an
 * optional one only be attached, long names may be cut short while they stay unambiguous, and
 * options may stand behind other words, up to `--`. yargs knows neither the second (`-gFILE` is
 * -g -F -I to it), nor the third, nor the fourth, and loading it takes 40 ms of each start; so
 * it only renders help (usage.ts).
 */
export function splitArguments(argv: readonly string[]): Words {
  const words: Words = { given: [], surplus: [] };
  const queue = [...argv];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      words.surplus.push(...queue);
      break;
    }
    const mistake = word.startsWith('--')
      ? longOption(word.slice(2), queue, words.given)
      : word.startsWith('-') && word !== '-'
        ? cluster(word.slice(1), queue, words.given)
        : void words.surplus.push(word);
    if (mistake) return { ...words, mistake: { message: mistake, word } };
  }
  return words;
}

function longOption(text: string, queue: string[], given: Given[]): string | undefined {
  const [, name = '', attached] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const row = rowNamed(name);
  if (typeof row === 'string') return row;
  if (row.argument === 'none' && attached !== undefined) {
    return `Option --${row.long} takes no parameter`;
  }
  return take(row, attached, `--${row.long}`, queue, given);
}

/** The row of a long name or of an unambiguous beginning of one; else what is wrong. */
function rowNamed(name: string): Row | string {
  const exact = optionRows.find((row) => row.long === name);
  if (exact) return exact;
  const candidates = optionRows.filter((row) => row.long.startsWith(name));
  const [first] = candidates;
  if (!first || name === '') return `Unknown option --${name}`;
  if (candidates.length === 1) return first;
  const names = candidates.map((row) => `--${row.long}`).join(' ');
  return `Option --${name} is ambiguous: ${names}`;
}

function cluster(letters: string, queue: string[], given: Given[]): string | undefined {
  for (let i = 0; i < letters.length; i++) {
    const letter = letters.charAt(i);
    const row = byLetter.get(letter);
    if (!row) return `Unknown option -${letter}`;
    if (row.argument === 'none') {
      given.push({ option: row.long, value: undefined });
      continue;
    }
    return take(row, letters.slice(i + 1) || undefined, `-${letter}`, queue, given);
  }
  return undefined;
}

function take(
  row: Row,
  attached: string | undefined,
  spelling: string,
  queue: string[],
  given: Given[],
): string | undefined {
  const value = attached ?? (row.argument === 'required' ? queue.shift() : undefined);
  if (row.argument === 'required' && value === undefined) {
    return `Missing parameter for option ${spelling}`;
  }
  given.push({ option: row.long, value });
  return undefined;
}

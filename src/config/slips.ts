import { firstWordOf, type Line, wordsOf } from './line.js';
import type { Table } from './table.js';

/** What people write by the habit of other languages, or what tools leave behind. */
const HABITS: readonly [first: RegExp, hint: string][] = [
  [/^(?:\/\/|\/\*|\*|--|<!--)/, 'a comment begins with # or !'],
  [/^;$/, 'no ; ends a line here'],
  [/^(?:<{7}|\|{7}|={7}|>{7})$/, 'the mark of a merge conflict: keep one side, and no marks'],
  [/^(?:cat|sudo|echo|if|fi|then|EOF)$/, 'a command of the shell; this file is read as it stands'],
];

/** Characters that look like a blank, or like nothing. */
const UNSEEN = /[\u00a0\u2000-\u200f\u202f\u3000\ufeff]/;

/** What slip of the pen makes a word one that the block does not know. */
export function slipIn(line: Line, table: Table): string | undefined {
  const word = firstWordOf(line);
  const habit = HABITS.find(([first]) => first.test(word));
  if (habit) return habit[1];
  const [unseen] = UNSEEN.exec(word) ?? [];
  if (unseen) {
    const code = unseen.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `the character U+${code} in it is no blank here: take it out, or write a space`;
  }
  return joined(line, word, table) ?? stuck(word, table);
}

/** `real server` for `real_server`. */
function joined(line: Line, word: string, table: Table): string | undefined {
  const next = wordsOf(line)[1]?.text;
  const meant = `${word}_${next}`;
  return next !== undefined && table.entries.has(meant) ? `did you mean '${meant}'?` : undefined;
}

/** `priority=100` for `priority 100`. */
function stuck(word: string, table: Table): string | undefined {
  let longest = '';
  for (const name of table.entries.keys()) {
    if (name.length > longest.length && word.startsWith(name)) longest = name;
  }
  const isWord = /^[a-zA-Z]?$/.test(word.charAt(longest.length));
  return longest === '' || isWord ? undefined : `a blank belongs behind '${longest}'`;
}

/*
 * What a line takes on a terminal. Columns of diagnostics count characters; carets have to stand
 * below glyphs, of which some take two cells and some none.
 */

/** Characters that take two cells (Unicode Standard Annex 11: W and F, in whole ranges). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
/** Characters that are drawn over the one before: combining marks, joiners. */
const NO_CELL = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** What would move the cursor, or turn the direction of the text around it (UAX 9). */
const HARMFUL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A file is not to move the cursor of the terminal that shows its mistakes. */
export const printable = (text: string): string => text.replace(HARMFUL, '\ufffd');

const cellsOf = (character: string): number =>
  WIDE.test(character) ? 2 : NO_CELL.test(character) ? 0 : 1;

/** Cells that a text takes. */
export const widthOf = (text: string): number =>
  Array.from(text, cellsOf).reduce((sum, cells) => sum + cells, 0);

/** As much room as a text takes; tabs stay, since only the terminal knows how wide they are. */
export const blank = (text: string): string =>
  Array.from(text, (c) => (c === '\t' ? c : ' '.repeat(cellsOf(c)))).join('');

/** At most `most` characters of a text that begin at `from`, no character cut in two. */
export function cut(text: string, from: number, most: number): { part: string; from: number } {
  const isTail = (i: number): boolean => /[\udc00-\udfff]/.test(text.charAt(i));
  const start = isTail(from) ? from - 1 : from;
  const end = isTail(start + most) ? start + most - 1 : start + most;
  return { part: text.slice(start, end), from: start };
}

import type { KeywordEntry } from './collect.js';

/** What holds where the keyword is not written, in words; empty if there is nothing to say. */
export function absence({ row }: KeywordEntry): string {
  if (row.isRequired) return 'required';
  if (row.otherwise !== '') return row.otherwise;
  const { type, hasDefault, defaultValue } = row;
  if (!type || row.kind !== 'value') return '';
  if (Array.isArray(defaultValue) && defaultValue.length === 0) return 'none';
  if (!hasDefault) return '';
  return type.print(defaultValue) || (defaultValue === false ? 'off' : '');
}

/** What the number counts. */
export const unitOf = ({ row }: KeywordEntry): string => row.unit || row.type?.unit || '';

/** What is remarkable about how often and where it may stand. */
export function manners({ row }: KeywordEntry): string[] {
  const said: string[] = [];
  if (row.isRepeatable || row.kind === 'blocks' || row.kind === 'slot')
    said.push('may be repeated');
  if (row.duplicates === 'first') said.push('the first one counts; a second one is an error');
  if (row.duplicates === 'last-with-error') said.push('a second one replaces it, with an error');
  if (row.follows) {
    const { field, one } = row.follows;
    said.push(`only after ${one ? `${field} ${one.join(' or ')}` : field}`);
  }
  if (row.undoes !== undefined)
    said.push(`the opposite of ${row.undoes}, of which the last one counts`);
  if (row.names) said.push(`names a ${row.names.block} that stands above it`);
  return said;
}

/** Other spellings of a row. */
export const spellings = (entry: KeywordEntry): string[] =>
  entry.row.aliases.map(({ name, deprecated }) => (deprecated ? `${name} (deprecated)` : name));

/** How far it is acted upon, in words. */
export function effectInWords({ effect, note }: KeywordEntry): string {
  switch (effect) {
    case 'full':
      return 'full';
    case 'none':
      return `none: ${note}`;
    case 'refused':
      return `not done yet, as the program says at load: ${note}`;
  }
}

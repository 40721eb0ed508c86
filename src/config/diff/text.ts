import { type KeywordChange, type ObjectChange, titleOf } from './diff.js';
import type { Shown } from './shown.js';

const MARKS = { added: '+', removed: '-', changed: '~', replaced: '±' } as const;

/**
 * A diff as people read it:
 *
 *     ~ vrrp_instance VI_1                      re-election
 *         priority 100 -> 150                   re-election
 *         + virtual_ipaddress 10.0.0.9/24       addresses move
 */
export function diffText(changes: readonly ObjectChange[]): string {
  const rows = changes.flatMap((change, i) => {
    const around = change.within.filter((title, depth) => title !== before(changes, i)[depth]);
    const titles = around.map((title, depth): Row => {
      const indent = change.within.length - around.length + depth;
      return [`${'  '.repeat(indent)}  ${title}`, ''];
    });
    return [...titles, ...objectRows(change)];
  });
  if (rows.length === 0) return '';
  const width = Math.min(60, Math.max(...rows.map(([left]) => left.length)) + 2);
  return rows
    .map(([left, right]) => `${left.padEnd(width)} ${right}`.trimEnd().concat('\n'))
    .join('');
}

type Row = readonly [left: string, right: string];

/** The titles that the reader has just seen above an object. */
function before(changes: readonly ObjectChange[], i: number): readonly string[] {
  const former = changes[i - 1];
  if (!former) return [];
  return [...former.within, titleOf(former.kind, former.name)];
}

function objectRows(change: ObjectChange): Row[] {
  const indent = '  '.repeat(change.within.length);
  const head: Row = [
    `${indent}${MARKS[change.change]} ${titleOf(change.kind, change.name) || 'outermost level'}`,
    meaningText(change.meanings),
  ];
  const rows = change.keywords.flatMap((keyword) =>
    keywordLines(keyword).map((line, i): Row => {
      return [
        `${indent}    ${line}`,
        i === 0 && change.keywords.length > 1 ? meaningText([keyword.meaning]) : '',
      ];
    }),
  );
  return [head, ...rows];
}

/** A keyword's change, as one line if its values are single ones. */
export function keywordLines({ keyword, old, new: next, isSecret }: KeywordChange): string[] {
  const line = (mark: string, value: Shown): string => `${mark} ${keyword} ${value}`.trimEnd();
  if (isSecret) return [`${keyword} *** -> *** (they differ)`];
  if (typeof old === 'string' && typeof next === 'string') return [`${keyword} ${old} -> ${next}`];
  const [from, to] = [lines(old), lines(next)];
  const gone = without(from, to).map((value) => line('-', value));
  const come = without(to, from).map((value) => line('+', value));
  return gone.length + come.length > 0 ? [...gone, ...come] : [`${keyword} in another order`];
}

const lines = (value: Shown | undefined): readonly string[] =>
  value === undefined ? [] : [value].flat();

/** What of a list is not in another; each one there stands for one here. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const rest = [...other];
  return list.filter((value) => {
    const i = rest.indexOf(value);
    if (i >= 0) rest.splice(i, 1);
    return i < 0;
  });
}

/** Keywords that one line of a log names. */
const MOST_NAMED = 6;

/** An object's change in one line, for a log. */
export function changeLine({
  kind,
  name,
  within,
  change,
  keywords,
  meanings,
}: ObjectChange): string {
  const title = [...within, titleOf(kind, name) || 'outermost level'].join(' / ');
  const details = keywords.flatMap(keywordLines);
  const more = details.length - MOST_NAMED;
  const named = [...details.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return `${title} ${change}${named && ` (${named})`}: ${meaningText(meanings)}`;
}

const meaningText = (meanings: readonly string[]): string =>
  meanings.length === 1 && meanings[0] === 'none' ? 'no effect on traffic' : meanings.join(', ');

import type { Span } from '@keepalived-ts/base/diagnostics.js';
import type { Word } from './value-type.js';

/** Where a character stands, and whether those behind it in the text stand behind it there, too. */
export interface Place {
  file: string;
  line: number;
  column: number;
  /** Of text that came out of a definition: the length of `$NAME`, where all of it stands. */
  use: number;
}

/** A part of a line's text whose characters stand side by side, from an offset on. */
export interface Piece {
  from: number;
  at: Place;
  /** Where it was written, if `at` is the use of a definition. */
  origin?: Place;
}

/**
 * A logical line: the words of one keyword or item, or a brace by itself.
 *
 * It keeps the text only; words are split when they are read, so that a configuration of many
 * thousand lines costs one small object a line.
 */
export class Line {
  readonly kind: 'text' | 'open' | 'close';
  /** Comment and surrounding blanks removed. */
  readonly text: string;
  readonly file: string;
  readonly line: number;
  /** Of the first character of `text`. */
  readonly column: number;
  /** Where `text` is not one stretch of the file: removed escapes and expansions leave pieces. */
  readonly pieces: readonly Piece[] | undefined;
  /** Whether the file was read byte by byte, not being UTF-8. */
  readonly latin1: boolean;

  constructor(
    kind: Line['kind'],
    text: string,
    file: string,
    line: number,
    column: number,
    pieces?: readonly Piece[],
    latin1 = false,
  ) {
    this.kind = kind;
    this.text = text;
    this.file = file;
    this.line = line;
    this.column = column;
    this.pieces = pieces;
    this.latin1 = latin1;
  }

  /** The place of a part of `text` in the file. */
  span(offset: number, length: number): Span {
    const { file, line, pieces } = this;
    if (!pieces) return { file, line, column: this.column + offset, length: Math.max(length, 1) };
    const last = offset + Math.max(length, 1) - 1;
    const begin = placeAt(pieceAt(pieces, offset), offset).at;
    const end = placeAt(pieceAt(pieces, last), last).at;
    const covered = end.column + Math.max(end.use, 1) - begin.column;
    const isOneLine = end.file === begin.file && end.line === begin.line && covered > 0;
    const span = {
      ...spanOf(begin),
      length: isOneLine ? covered : Math.max(begin.use, 1),
    };
    const from = pieces.findIndex((p, i) => {
      const until = pieces[i + 1]?.from ?? this.text.length;
      return (
        p.origin !== undefined && p.from <= last && (until > offset || i === pieces.length - 1)
      );
    });
    const piece = pieces[from];
    if (!piece?.origin) return span;
    const start = Math.max(offset, piece.from);
    const stop = Math.min(pieces[from + 1]?.from ?? last + 1, last + 1);
    const origin = spanOf(placeAt(piece, start).origin ?? piece.origin);
    return { ...span, origin: { ...origin, length: Math.max(origin.length, stop - start) } };
  }

  /** The whole line. */
  get at(): Span {
    return this.span(0, this.text.length);
  }

  /** A part of it, as a line that keeps its places. */
  slice(from: number, to: number = this.text.length, kind: Line['kind'] = 'text'): Line {
    const { file, line, column, latin1 } = this;
    const text = this.text.slice(from, to);
    if (!this.pieces) return new Line(kind, text, file, line, column + from, undefined, latin1);
    const pieces: Piece[] = [];
    this.pieces.forEach((piece, i, all) => {
      if (piece.from >= to && piece.from > from) return;
      const next = all[i + 1];
      if (next && next.from <= from) return;
      const start = Math.max(piece.from, from);
      pieces.push({ from: start - from, ...placeAt(piece, start) });
    });
    const first = pieces[0]?.at ?? this;
    return new Line(kind, text, first.file, first.line, first.column, pieces, latin1);
  }

  /** Without the blanks around it. */
  trimmed(): Line {
    const { text } = this;
    let end = text.length;
    while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
    let start = 0;
    while (start < end && isBlank(text.charCodeAt(start))) start++;
    return start === 0 && end === text.length ? this : this.slice(start, end);
  }

  /** The same text as what stands at a place where it is used: a definition's value. */
  usedAt(use: Place): Line {
    const { text, latin1 } = this;
    const pieces = this.parts().map(({ from, at, origin }) => ({
      from,
      at: use,
      origin: origin ?? at,
    }));
    return new Line('text', text, use.file, use.line, use.column, pieces, latin1);
  }

  /** A part of the text as a place that a definition's value can stand at. */
  placeOf(from: number, to: number): Place {
    const { file, line, column, length } = this.span(from, to - from);
    return { file, line, column, use: length };
  }

  /** Its pieces; a line as written is one. */
  parts(): readonly Piece[] {
    const { file, line, column } = this;
    return this.pieces ?? [{ from: 0, at: { file, line, column, use: 0 } }];
  }

  /** Several texts as one. */
  static join(lines: readonly Line[]): Line {
    const [first] = lines;
    if (first === undefined) return new Line('text', '', '', 0, 1);
    let text = '';
    const pieces: Piece[] = [];
    for (const line of lines) {
      const { length } = text;
      if (line.text === '') continue;
      for (const piece of line.parts()) pieces.push({ ...piece, from: piece.from + length });
      text += line.text;
    }
    const { file, line, column } = pieces[0]?.at ?? first;
    return new Line('text', text, file, line, column, pieces, first.latin1);
  }
}

/** The last piece that begins at or before an offset. */
function pieceAt(pieces: readonly Piece[], offset: number): Piece {
  let found = pieces[0] ?? NOWHERE;
  for (const piece of pieces) if (piece.from <= offset) found = piece;
  return found;
}
const NOWHERE: Piece = { from: 0, at: { file: '', line: 0, column: 1, use: 0 } };

/** The places of a character of a piece. */
function placeAt(piece: Piece, offset: number): Omit<Piece, 'from'> {
  const moved = (place: Place): Place =>
    place.use > 0 ? place : { ...place, column: place.column + offset - piece.from };
  return { at: moved(piece.at), ...(piece.origin && { origin: moved(piece.origin) }) };
}

const spanOf = ({ file, line, column, use }: Place): Span => ({
  file,
  line,
  column,
  length: Math.max(use, 1),
});

/** A word that works out its place only when asked for it. */
class PlacedWord implements Word {
  readonly text: string;
  readonly quoted: boolean;
  private readonly line: Line;
  private readonly offset: number;

  constructor(text: string, quoted: boolean, line: Line, offset: number) {
    this.text = text;
    this.quoted = quoted;
    this.line = line;
    this.offset = offset;
  }

  get at(): Span {
    return this.line.span(this.offset, this.text.length + (this.quoted ? 2 : 0));
  }

  get latin1(): boolean {
    return this.line.latin1;
  }
}

const QUOTE = 34;
/** What isspace(3) says in the C locale; a no-break space is part of a word. */
export const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/**
 * Splits a line as keepalived does for ordinary keywords: on blanks, and a `"` begins a word that
 * runs to the next `"`, even in the middle of one; without a next one it is no word. Single quotes
 * and backslashes mean nothing.
 */
export function wordsOf(line: Line): Word[] {
  const { text } = line;
  const out: Word[] = [];
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (isBlank(code)) {
      i++;
    } else if (code === QUOTE) {
      const end = text.indexOf('"', i + 1);
      if (end < 0) break;
      out.push(new PlacedWord(text.slice(i + 1, end), true, line, i));
      i = end + 1;
    } else {
      const start = i;
      while (i < text.length && !isBlank(text.charCodeAt(i)) && text.charCodeAt(i) !== QUOTE) i++;
      out.push(new PlacedWord(text.slice(start, i), false, line, start));
    }
  }
  return out;
}

/** The first word alone: what kind of line this is. */
export function firstWordOf(line: Line): string {
  const { text } = line;
  let end = 0;
  while (end < text.length && !isBlank(text.charCodeAt(end)) && text.charCodeAt(end) !== QUOTE)
    end++;
  if (end === 0) return wordsOf(line)[0]?.text ?? '';
  return end === text.length ? text : text.slice(0, end);
}

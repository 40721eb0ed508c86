/** `~SEQ` or `~LST` before its text: which variables take which values, turn by turn. */
export interface Loop {
  names: readonly string[];
  turns: number;
  /** The values of the variables in a turn, counted from 0. */
  values(turn: number): readonly string[];
  /** Where the text that is repeated begins. */
  end: number;
}

export interface LoopMistake {
  message: string;
  hint: string;
}

const HEAD = /^~(SEQx?|LST)[ \t]*\(/;
/** keepalived's buffer for what stands between the parentheses. */
const LONGEST_PARAMETERS = 63;
/** strtol(3) with base 0. */
const NUMBER = /^[+-]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;
const USAGE = {
  SEQ: '~SEQ(NAME, [START, [STEP,]] END) TEXT, where STEP leads from START to END',
  LST: '~LST(NAME, VALUE, ...) TEXT, or ~LST({NAME, NAME}, {VALUE, VALUE}, ...) TEXT',
};

/** The head of a line that is repeated, up to its `)`; `undefined` for any other line. */
export const loopHead = (text: string): string | undefined => {
  const [head] = HEAD.exec(text) ?? [];
  if (head === undefined) return undefined;
  const close = text.indexOf(')', head.length);
  return close < 0 ? text : text.slice(0, close + 1);
};

/** Reads the head of a repeated line, names in it being replaced already. */
export function parseLoop(head: string): Loop | LoopMistake {
  const [opening = '', kind] = HEAD.exec(head) ?? [];
  const closed = head.endsWith(')');
  const inside = head.slice(opening.length, closed ? -1 : undefined);
  if (kind === 'LST') {
    const list = closed ? parseList(inside) : undefined;
    return list ?? { message: `Invalid ~LST specification '${head}'`, hint: USAGE.LST };
  }
  if (!closed || inside.length > LONGEST_PARAMETERS) {
    const hint = closed ? `at most ${LONGEST_PARAMETERS} characters` : 'there is no )';
    return { message: `~${kind} parameters too long or open: '${head}'`, hint };
  }
  return parseSequence(inside, kind === 'SEQx', head.length);
}

function parseSequence(inside: string, hex: boolean, end: number): Loop | LoopMistake {
  const keyword = hex ? '~SEQx' : '~SEQ';
  const invalid = (what: string): LoopMistake => ({
    message: `Invalid ${keyword} ${what} '${inside}'`,
    hint: USAGE.SEQ,
  });
  const [name = '', ...texts] = inside.split(',').map((part) => part.trim());
  const numbers = texts.map(numberOf);
  if (name === '' || numbers.length < 1 || numbers.length > 3) return invalid('definition');
  if (!numbers.every((n) => n !== undefined)) return invalid('definition');
  const [start, step, last] = bounds(numbers);
  const turns = Math.floor((last - start) / step) + 1;
  if (step === 0 || !(turns >= 1)) return invalid('values');
  if (hex && (start < 0 || last < 0)) {
    return {
      message: `${keyword} is only valid for positive numbers '${inside}'`,
      hint: USAGE.SEQ,
    };
  }
  const values = (turn: number): string[] => [(start + turn * step).toString(hex ? 16 : 10)];
  return { names: [name], turns, values, end };
}

/** START, STEP and END of one to three numbers. */
function bounds(numbers: readonly number[]): [start: number, step: number, end: number] {
  const [first = 0, second = 0, third] = numbers;
  if (third !== undefined) return [first, second, third];
  if (numbers.length === 2) return [first, second < first ? -1 : 1, second];
  return [first < 0 ? -1 : 1, first < 1 ? -1 : 1, first];
}

function numberOf(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const negative = text.startsWith('-');
  const digits = text.replace(/^[+-]/, '');
  const isOctal = /^0[0-7]/.test(digits);
  const value = isOctal ? Number.parseInt(digits, 8) : Number(digits);
  return Number.isSafeInteger(value) ? (negative ? -value : value) : undefined;
}

/** What stands between commas that are not between braces. */
function groupsOf(inside: string): string[] {
  const cuts = [-1];
  let depth = 0;
  for (let i = 0; i < inside.length; i++) {
    const c = inside[i];
    if (c === '{') depth++;
    else if (c === '}') depth--;
    else if (c === ',' && depth === 0) cuts.push(i);
  }
  return cuts.map((cut, n) => inside.slice(cut + 1, cuts[n + 1]).trim());
}

/** A word, or words between braces; each may be empty. */
function wordsOf(group: string): string[] {
  const isSet = group.startsWith('{') && group.endsWith('}') && group.length > 1;
  return isSet
    ? group
        .slice(1, -1)
        .split(',')
        .map((word) => word.trim())
    : [group];
}

function parseList(inside: string): Loop | undefined {
  const groups = groupsOf(inside).map(wordsOf);
  if (groups.flat().some((word) => /[ \t{}]/.test(word))) return undefined;
  const [names = [], ...turns] = groups;
  if (turns.length === 0 || names.some((name) => name === '')) return undefined;
  if (turns.some((turn) => turn.length > names.length)) return undefined;
  return {
    names,
    turns: turns.length,
    values: (turn) => names.map((_, i) => turns[turn]?.[i] ?? ''),
    end: `~LST(${inside})`.length,
  };
}

/** How a glob pattern is answered; `list` gives the names in a folder, if it is there. */
export interface Folders {
  list(folder: string): readonly string[] | undefined;
  exists(path: string): boolean;
}

/** What a pattern matches. */
export interface Matches {
  files: readonly string[];
  /** The alternatives of its braces, or the pattern itself, that match nothing. */
  missing: readonly string[];
  /** Whether a plain name or a folder is not there, besides names that wildcards stand for. */
  lacks: boolean;
}

/** A pattern with more alternatives matches nothing; `{a,b}` many times over multiplies. */
const MOST_ALTERNATIVES = 1024;
/** Paths looked at for one alternative: `/*` many times over is the whole file system. */
const MOST_PATHS = 10_000;

/** glob(3) with GLOB_BRACE: the paths that exist, sorted within each brace alternative. */
export function glob(pattern: string, folders: Folders): Matches {
  const found = new Set<string>();
  const missing: string[] = [];
  let lacks = false;
  for (const alternative of braces(pattern) ?? []) {
    const { paths, lacks: isPart } = pathsOf(alternative, folders);
    for (const path of paths) found.add(path);
    if (paths.length === 0) missing.push(alternative);
    lacks ||= isPart;
  }
  if (found.size === 0 && missing.length === 0) missing.push(pattern);
  return { files: [...found], missing, lacks };
}

function pathsOf(alternative: string, folders: Folders): { paths: string[]; lacks: boolean } {
  const parts = alternative.split('/').filter((part) => part !== '');
  if (parts.length === 0) return { paths: [], lacks: true };
  let paths = [alternative.startsWith('/') ? '/' : ''];
  let lacks = false;
  for (const part of parts) {
    const further: string[] = [];
    for (const base of paths) {
      const found = step(base, part, folders);
      lacks ||= found === undefined;
      further.push(...(found ?? []));
      if (further.length > MOST_PATHS) return { paths: [], lacks };
    }
    // The name of a file need not be in each of the folders that a wildcard stands for.
    if (part === parts.at(-1) && !WILD.test(part)) lacks = further.length === 0;
    paths = further;
  }
  return { paths: paths.sort(), lacks };
}

/** What a part of a path stands for in a folder; `undefined` if that is not there. */
function step(base: string, part: string, folders: Folders): string[] | undefined {
  const join = (name: string): string =>
    base === '' ? name : base.endsWith('/') ? base + name : `${base}/${name}`;
  if (!WILD.test(part)) {
    const name = part.replace(/\\(.)/g, '$1');
    return folders.exists(join(name)) ? [join(name)] : undefined;
  }
  const wanted = tokensOf(part);
  return folders
    .list(base === '' ? '.' : base)
    ?.filter((name) => (part.startsWith('.') || !name.startsWith('.')) && matches(name, wanted))
    .map(join);
}

/** Whether glob(3) looks for names instead of taking the word for one. */
const WILD = /[*?[]/;

/** One character of a name: any, one of a set, or this one; `*` is any number of any. */
type Token = '*' | ((c: string) => boolean);

/** A path component: `*`, `?`, `[a-z]`, `[!a]`, `\x`. */
function tokensOf(part: string): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < part.length; i++) {
    const c = part.charAt(i);
    const end = c === '[' ? part.indexOf(']', i + (/^\[[!^]/.test(part.slice(i)) ? 3 : 2)) : -1;
    if (c === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (c === '?') {
      tokens.push(() => true);
    } else if (end > 0) {
      tokens.push(setOf(part.slice(i + 1, end)));
      i = end;
    } else {
      const literal = c === '\\' && i + 1 < part.length ? part.charAt(++i) : c;
      tokens.push((other) => other === literal);
    }
  }
  return tokens;
}

/** What stands between brackets; a range of a higher to a lower character is empty. */
function setOf(body: string): (c: string) => boolean {
  const isNot = /^[!^]/.test(body);
  const ranges: [string, string][] = [];
  for (let i = isNot ? 1 : 0; i < body.length; i++) {
    const low = body.charAt(i);
    const isRange = body[i + 1] === '-' && i + 2 < body.length;
    ranges.push([low, isRange ? body.charAt(i + 2) : low]);
    if (isRange) i += 2;
  }
  return (c) => ranges.some(([low, high]) => low <= c && c <= high) !== isNot;
}

/** Goes back to the last `*` only, so that its time is the product of the lengths at most. */
function matches(name: string, tokens: readonly Token[]): boolean {
  let [n, t] = [0, 0];
  let star = -1;
  let tried = 0;
  while (n < name.length) {
    const token = tokens[t];
    if (token === '*') {
      star = t++;
      tried = n;
    } else if (token?.(name.charAt(n))) {
      n++;
      t++;
    } else if (star >= 0) {
      t = star + 1;
      n = ++tried;
    } else {
      return false;
    }
  }
  return tokens.slice(t).every((token) => token === '*');
}

/** `a{b,c{d,e}}f` to `abf`, `acdf`, `acef`; nothing if there are too many. */
function braces(pattern: string): string[] | undefined {
  const done: string[] = [];
  const open = [pattern];
  for (let text = open.shift(); text !== undefined; text = open.shift()) {
    const alternatives = firstBrace(text);
    if (alternatives) open.unshift(...alternatives);
    else done.push(text);
    if (open.length + done.length > MOST_ALTERNATIVES) return undefined;
  }
  return done;
}

function firstBrace(text: string): string[] | undefined {
  const start = text.indexOf('{');
  if (start < 0) return undefined;
  const cuts = [start];
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '{') depth++;
    else if (c === ',' && depth === 1) cuts.push(i);
    else if (c === '}' && --depth === 0) {
      const [head, tail] = [text.slice(0, start), text.slice(i + 1)];
      return cuts.map((cut, n) => head + text.slice(cut + 1, cuts[n + 1] ?? i) + tail);
    }
  }
  return undefined;
}

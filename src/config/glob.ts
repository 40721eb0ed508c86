/** How a glob pattern is answered; `list` gives the names in a folder, none where there is none. */
export interface Folders {
  list(folder: string): readonly string[];
  exists(path: string): boolean;
}

/** A pattern with more alternatives matches nothing; `{a,b}` many times over multiplies. */
const MOST_ALTERNATIVES = 1024;

/** glob(3) with GLOB_BRACE: the paths that exist, sorted within each brace alternative. */
export function glob(pattern: string, folders: Folders): string[] {
  const found = braces(pattern).flatMap((alternative) => {
    const absolute = alternative.startsWith('/');
    const parts = alternative.split('/').filter((part) => part !== '');
    let paths = [absolute ? '/' : ''];
    for (const part of parts) {
      paths = paths.flatMap((base) => step(base, part, folders));
      if (paths.length === 0) break;
    }
    return parts.length > 0 ? paths.sort() : [];
  });
  return [...new Set(found)];
}

function step(base: string, part: string, folders: Folders): string[] {
  const join = (name: string): string =>
    base === '' ? name : base.endsWith('/') ? base + name : `${base}/${name}`;
  if (!/[*?[\\]/.test(part)) return folders.exists(join(part)) ? [join(part)] : [];
  const wanted = matcher(part);
  return folders
    .list(base === '' ? '.' : base)
    .filter((name) => (part.startsWith('.') || !name.startsWith('.')) && wanted.test(name))
    .map(join);
}

/** A path component as a regular expression: `*`, `?`, `[a-z]`, `[!a]`, `\x`. */
function matcher(part: string): RegExp {
  let source = '';
  for (let i = 0; i < part.length; i++) {
    const c = part.charAt(i);
    const end = c === '[' ? part.indexOf(']', i + 2) : -1;
    if (c === '*') source += '.*';
    else if (c === '?') source += '.';
    else if (end > 0) {
      const body = part
        .slice(i + 1, end)
        .replace(/^!/, '^')
        .replace(/[\\[\]]/g, '\\$&');
      source += `[${body}]`;
      i = end;
    } else if (c === '\\' && i + 1 < part.length) source += literal(part.charAt(++i));
    else source += literal(c);
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return NOTHING; // such as [z-a]
  }
}
const NOTHING = /(?!)/;
const literal = (c: string): string => c.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** `a{b,c{d,e}}f` to `abf`, `acdf`, `acef`. */
function braces(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let text = open.shift(); text !== undefined; text = open.shift()) {
    const alternatives = firstBrace(text);
    if (alternatives) open.unshift(...alternatives);
    else done.push(text);
    if (open.length + done.length > MOST_ALTERNATIVES) return [];
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

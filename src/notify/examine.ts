import type { Account } from './accounts.js';

/** What stands at a path, without following a link. */
export type FileFacts =
  | { kind: 'link'; target: string }
  | { kind: 'directory' | 'file' | 'other'; uid: number; gid: number; mode: number };

/** The file system, as far as scripts are examined; `systemFacts` is the real one. */
export type Look = (path: string) => FileFacts | undefined;

/** What is wrong with a script. A fatal finding means that it can't or must not run. */
export interface Finding {
  fatal: boolean;
  /** A weakness of permissions rather than a mistake. */
  security: boolean;
  message: string;
  hint?: string;
}

export interface Examined {
  /** The absolute path that is to be run. */
  path: string;
  findings: Finding[];
}

export interface Circumstances {
  account: Account;
  /** Folders that names without a slash are looked for in. */
  path: readonly string[];
  /** enable_script_security: what others could change does not run as root. */
  strict: boolean;
  look: Look;
}

const MOST_LINKS = 40;
const STICKY = 0o1000;
const SETUID = 0o4000;
const SETGID = 0o2000;

/**
 * Whether a script may be run: there, a plain file, executable by its user; and, when it would
 * run as root, not to be changed by anybody else, neither itself nor any directory on its way
 * (reference §10).
 *
 * Differs: keepalived refuses every symbolic link among the directories, so that /bin/x fails
 * where /bin is one; we follow links and examine every directory that leads there.
 */
export function examine(name: string, { account, path, strict, look }: Circumstances): Examined {
  if (!name.includes('/')) return search(name, { account, path, strict, look });
  if (!name.startsWith('/')) {
    return refused(name, `script ${name}: its path must be absolute`);
  }
  const way = walk(name, look);
  if (typeof way === 'string') {
    return refused(name, way.startsWith(`${name} `) ? `script ${way}` : `script ${name}: ${way}`);
  }
  const { directories, file } = way;
  if (file.kind !== 'file') return refused(name, `script ${name} is not a regular file`);
  const closed = directories.find(({ facts }) => !may(account, facts));
  if (closed) {
    const message = `script ${name}: user ${account.uid} may not enter ${closed.path}`;
    return refused(name, message, `chmod o+x ${closed.path}, or another user`);
  }
  if (!may(account, file)) {
    return refused(
      name,
      `script ${name} is not executable by user ${account.uid}`,
      `chmod +x ${name}`,
    );
  }
  const privileged =
    account.uid === 0 ||
    account.gid === 0 ||
    (file.uid === 0 && (file.mode & SETUID) !== 0) ||
    (file.gid === 0 && (file.mode & SETGID) !== 0);
  const weak = privileged ? [...directories, { path: name, facts: file }].flatMap(weakness) : [];
  const findings = weak.map(({ text, hint }) => ({
    fatal: strict,
    security: true,
    message: `script ${name}: ${text}${strict ? '; it will not be run' : ''}`,
    hint,
  }));
  return { path: name, findings };
}

const refused = (path: string, message: string, hint?: string): Examined => ({
  path,
  findings: [{ fatal: true, security: false, message, ...(hint && { hint }) }],
});

function search(name: string, circumstances: Circumstances): Examined {
  for (const folder of circumstances.path) {
    const found = examine(`${folder}/${name}`, circumstances);
    if (!found.findings.some((f) => f.fatal && !f.security)) return found;
  }
  return refused(name, `script ${name} is in no folder of PATH`, 'write its absolute path');
}

interface Step {
  path: string;
  facts: Exclude<FileFacts, { kind: 'link' }>;
}

/** Every directory on the way to a file, links followed; or why the way ends early. */
function walk(path: string, look: Look): { directories: Step[]; file: Step['facts'] } | string {
  const directories: Step[] = [];
  const left = path.split('/').filter((part) => part !== '' && part !== '.');
  const at: string[] = [];
  let links = 0;
  for (;;) {
    const here = `/${at.join('/')}`;
    const facts = look(here);
    if (!facts) return `${here} does not exist`;
    if (facts.kind === 'link') {
      if (++links > MOST_LINKS) return `too many symbolic links at ${here}`;
      const parts = facts.target.split('/').filter((part) => part !== '' && part !== '.');
      at.pop();
      if (facts.target.startsWith('/')) at.length = 0;
      left.unshift(...parts);
    } else if (left.length === 0) {
      return { directories, file: facts };
    } else if (facts.kind !== 'directory') {
      return `${here} is not a directory`;
    } else if (directories.at(-1)?.path !== here) {
      directories.push({ path: here, facts });
    }
    const next = left.shift();
    if (next === '..') at.pop();
    else if (next !== undefined) at.push(next);
  }
}

/** Execute permission; for a directory that of passing through. Root needs one of the bits. */
function may({ uid, gid }: Account, facts: Step['facts']): boolean {
  if (uid === 0) return facts.kind === 'directory' || (facts.mode & 0o111) !== 0;
  const bit = facts.uid === uid ? 0o100 : facts.gid === gid ? 0o010 : 0o001;
  return (facts.mode & bit) !== 0;
}

/** Why others than root could replace or change what stands there, and how to mend it. */
function weakness({ path, facts }: Step): { text: string; hint: string }[] {
  const { uid, gid, mode, kind } = facts;
  if (uid !== 0) return [{ text: `${path} is owned by user ${uid}`, hint: `chown root ${path}` }];
  // In a sticky directory only the owner of an entry can replace it.
  if (kind === 'directory' && mode & STICKY) return [];
  const now = `mode ${mode.toString(8).padStart(4, '0')}`;
  if (mode & 0o002) {
    return [{ text: `${path} is writable by others (${now})`, hint: `chmod o-w ${path}` }];
  }
  if (mode & 0o020 && gid !== 0) {
    return [{ text: `${path} is writable by group ${gid} (${now})`, hint: `chmod g-w ${path}` }];
  }
  return [];
}

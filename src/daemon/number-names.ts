import { readdirSync, readFileSync } from 'node:fs';
import type { NumberOf } from '#src/config/value-type.js';

/** Where iproute2 keeps the names of each kind of number, and protocols(5) those of IP. */
const FILES: Readonly<Record<string, string>> = {
  table: 'rt_tables',
  protocol: 'rt_protos',
  scope: 'rt_scopes',
  dsfield: 'rt_dsfield',
  realm: 'rt_realms',
  group: 'group',
};
/** The administrator's folder comes first; the other is the distribution's. */
const FOLDERS = ['/etc/iproute2', '/usr/share/iproute2'];
const PROTOCOLS = '/etc/protocols';

/** The names that this machine has for numbers; each file is read when one of its names is met. */
export function systemNumbers(read: (file: string) => string = textOf): NumberOf {
  const known = new Map<string, ReadonlyMap<string, number>>();
  return (kind, name) => {
    const names = known.get(kind) ?? namesOf(kind, read);
    known.set(kind, names);
    return names.get(name);
  };
}

function namesOf(kind: string, read: (file: string) => string): ReadonlyMap<string, number> {
  if (kind === 'ipproto') return new Map(linesOf(read(PROTOCOLS)).map(([name, n]) => [name, n]));
  const file = FILES[kind];
  const names = new Map<string, number>();
  if (file === undefined) return names;
  for (const folder of FOLDERS.toReversed()) {
    // iproute2 also reads what packages drop into rt_tables.d.
    for (const path of [`${folder}/${file}`, ...confsIn(`${folder}/${file}.d`)]) {
      for (const [name, number] of linesOf(read(path), 1)) names.set(name, number);
    }
  }
  return names;
}

/** Lines `NUMBER NAME` (the name second) or `NAME NUMBER`; `#` begins a comment. */
function linesOf(text: string, nameAt: 0 | 1 = 0): [name: string, number: number][] {
  return text.split('\n').flatMap((line): [string, number][] => {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    const [name, number] = [words[nameAt], words[1 - nameAt]];
    const isNumber = /^(?:\d+|0x[\da-fA-F]+)$/.test(number ?? '');
    return name !== undefined && isNumber ? [[name, Number(number)]] : [];
  });
}

function confsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.conf'));
    return names.toSorted().map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

/** A machine without the file has no such names. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

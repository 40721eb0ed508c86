import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Imports may point to a part of a lower rank, or stay inside the part (house style). */
const ranks: Record<string, number> = {
  'src/base': 0,
  'src/raw-socket': 1,
  'src/files': 1,
  'src/netlink': 2,
  // Message types only; the notify part tells programs' outcomes in them.
  'src/ipc': 2,
  'src/config': 3,
  'src/log': 3,
  'src/notify': 3,
  'src/snmp': 3,

  'lvs/ipvs-netlink': 3,
  lvs: 4,
  vrrp: 5,
  checks: 5,
  'src/daemon': 6,
  examples: 7,
};

/** What a package of its own may know, whatever its rank. */
const packages = ['src/base', 'src/raw-socket', 'src/netlink', 'lvs/ipvs-netlink'];

/** node: modules that only compute; the rest can touch the world. */
const harmless = new Set(['node:crypto', 'node:util', 'node:buffer', 'node:assert']);

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (['node_modules', 'dist', 'build'].includes(entry.name)) return [];
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

function partOf(file: string): string {
  const known = Object.keys(ranks).filter((part) => file.startsWith(`${part}/`));
  const [longest] = known.sort((a, b) => b.length - a.length);
  if (longest === undefined) throw new Error(`${file} belongs to no part: add it to the ranks`);
  return longest;
}

function resolveImport(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier));
  if (specifier.startsWith('#')) return specifier.slice(1);
  const own = /^@keepalived-ts\/([a-z-]+)\/(.*)$/.exec(specifier);
  if (own) return `${packages.find((p) => p.endsWith(`/${own[1]}`))}/${own[2]}`;
  return specifier;
}

const files = ['src', 'vrrp', 'lvs', 'checks', 'examples'].flatMap(sources);
const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map((m) => ({
    from: file,
    to: resolveImport(file, m[2] ?? m[3] ?? m[4] ?? ''),
    typeOnly: m[1] !== undefined,
  }));
});
const ours = imports.filter((i) => Object.keys(ranks).some((part) => i.to.startsWith(`${part}/`)));
const line = (i: Import): string => `${i.from} -> ${i.to}`;

describe('architecture', () => {
  it('has files to look at', () => {
    expect(files.length).toBeGreaterThan(30);
    expect(ours.length).toBeGreaterThan(50);
  });

  it('no import points right: base <- raw-socket <- netlink <- ... <- vrrp | checks <- daemon', () => {
    const wrong = ours.filter((i) => {
      const [from, to] = [partOf(i.from), partOf(i.to)];
      return from !== to && (ranks[to] ?? 0) >= (ranks[from] ?? 0);
    });
    expect(wrong.map(line)).toEqual([]);
  });

  it('keywords, wire and core import no shell and nothing that touches the world', () => {
    const pure = imports.filter((i) => /^(vrrp|lvs|checks)\/(keywords|wire|core)\//.test(i.from));
    const wrong = pure.filter(
      (i) =>
        i.to.includes('/shell/') ||
        i.to.startsWith('src/daemon/') ||
        (i.to.startsWith('node:') && !harmless.has(i.to)) ||
        (!i.typeOnly && /^(src\/(raw-socket|netlink)|lvs\/ipvs-netlink\/client)/.test(i.to)),
    );
    expect(wrong.map(line)).toEqual([]);
  });

  it('checks sees of lvs the plan, the table, the reconciler and the director only', () => {
    const wrong = ours.filter(
      (i) => i.from.startsWith('checks/') && i.to.startsWith('lvs/ipvs-netlink/') && !i.typeOnly,
    );
    expect(wrong.map(line)).toEqual([]);
  });

  it('the packages that others can use on their own know only packages', () => {
    const wrong = ours.filter(
      (i) => packages.includes(partOf(i.from)) && !packages.includes(partOf(i.to)),
    );
    expect(wrong.map(line)).toEqual([]);
  });

  it('no part is imported through a path that leaves its folder', () => {
    const wrong = files.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/from '(\.\.\/[^']+)'/g)]
        .filter((m) => partOf(file) !== partOf(relative('.', join(dirname(file), m[1] ?? ''))))
        .map((m) => `${file} -> ${m[1]}`),
    );
    expect(wrong).toEqual([]);
  });

  it('the clock is made once, in the daemon', () => {
    const users = files.filter(
      (file) =>
        !file.startsWith('src/base/') &&
        /\b(Date\.now|performance\.now|new Date\(\))/.test(readFileSync(join(root, file), 'utf8')),
    );
    const core = users.filter((file) => /\/(core|wire|keywords)\//.test(file));
    expect(core).toEqual([]);
  });
});

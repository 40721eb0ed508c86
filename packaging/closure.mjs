import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';

/** What a module loads by name: `from "x"`, `import("x")`, `require("x")`. */
const LOADS =
  /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|require\w*\(\s*)["']((?:@[\w.-]+\/)?\w[\w./:-]*)["']/g;

/**
 * The npm packages that modules of a folder load and those that they depend on in turn, as
 * folders. Packages of ours are left out, since they are part of the bundle.
 */
export function closure(folder, modules) {
  const found = new Set();
  const names = new Set();
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!file.endsWith('.js')) continue;
    for (const [, path] of readFileSync(join(folder, file), 'utf8').matchAll(LOADS)) {
      if (!isBuiltin(path) && !path.startsWith('@keepalived-ts/')) names.add(nameOf(path));
    }
  }
  for (const name of names) visit(name, dirname(modules), found);
  return found;
}

function visit(name, from, found) {
  const folder = resolved(name, from);
  if (!folder) throw new Error(`package: ${name}, which ${from} needs, is not installed`);
  if (found.has(folder)) return;
  found.add(folder);
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  for (const next of Object.keys(dependencies)) visit(next, folder, found);
  for (const next of Object.keys(optionalDependencies)) {
    if (resolved(next, folder)) visit(next, folder, found);
  }
}

/** Looks in node_modules of each folder upwards, as Node does. */
function resolved(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

const nameOf = (path) =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');

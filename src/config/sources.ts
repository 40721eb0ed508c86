import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { Collector } from './collector.js';
import { Lexer } from './lexer.js';
import type { Line } from './line.js';

/** What reading a configuration needs from outside; see `files.ts` for the real one. */
export interface FileReader {
  /** The files a path or glob pattern names, seen from the file that includes them. */
  match(pattern: string, includedBy: string | undefined): readonly string[];
  /** The text of a regular file, or in words why it cannot be had. */
  read(file: string, most: number): { text: string } | { refusal: string; missing: boolean };
}

export interface Sources {
  lines: readonly Line[];
  diagnostics: Diagnostic[];
  /** The text of every file read, for the diagnostics that quote them. */
  texts: ReadonlyMap<string, string>;
}

/** All files together; keepalived has no limit, but neither has it a page of 50 MB to refuse. */
export const MOST_BYTES = 16 * 1024 * 1024;
const DEEPEST_INCLUDE = 32;

/** Text to logical lines, includes spliced in. Never throws; says what it could not read. */
export function readSources(path: string, reader: FileReader): Sources {
  const collector = new Collector();
  const { report } = collector;
  const texts = new Map<string, string>();
  const open: string[] = [];
  let left = MOST_BYTES;

  const lexer = new Lexer({
    report,
    include(line) {
      const [keyword = '', ...rest] = line.text.split(/\s+/);
      const pattern = line.text.slice(keyword.length).trim();
      if (rest.length === 0) return;
      const including = open.at(-1);
      const files = reader.match(pattern, including);
      const fail = (message: string): void => {
        const severity = keyword === 'include' ? 'warning' : 'error';
        const kind = keyword === 'include' ? 'advice' : 'security';
        report({ severity, class: kind, message, at: line.at });
      };
      if (files.length === 0) fail(`no file matches ${pattern}`);
      for (const file of files) {
        const refusal = take(file);
        if (refusal) fail(`${file} not included: ${refusal.refusal}`);
      }
    },
  });

  function take(file: string): { refusal: string; missing: boolean } | undefined {
    if (open.includes(file)) return { refusal: 'it includes itself', missing: false };
    if (open.length >= DEEPEST_INCLUDE) return { refusal: 'nested too deeply', missing: false };
    const got = reader.read(file, left);
    if ('refusal' in got) return got;
    left -= Math.min(got.text.length, left);
    texts.set(file, got.text);
    open.push(file);
    lexer.add(file, got.text);
    open.pop();
    return undefined;
  }

  const roots = reader.match(path, undefined);
  if (roots.length > 1) {
    const message = `${path} names ${roots.length} files; all are read, in order`;
    report({ severity: 'warning', class: 'general', message });
  }
  if (roots.length === 0) {
    const message = `Unable to find configuration file ${path}`;
    report({ severity: 'error', class: 'file-missing', message });
  }
  for (const file of roots) {
    const refusal = take(file);
    if (!refusal) continue;
    const kind = refusal.missing ? 'file-missing' : 'fatal';
    const message = `Unable to read configuration file ${file}: ${refusal.refusal}`;
    report({ severity: 'error', class: kind, message });
  }
  lexer.finish();
  return { lines: lexer.lines, diagnostics: collector.all(), texts };
}

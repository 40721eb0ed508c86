import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { describe, expect, it } from 'vitest';
import { planChecks } from '#checks/core/plan.js';
import { loadCheckers } from '#checks/shell/registry.js';
import { readableSecrets } from '#src/daemon/readable-secrets.js';
import { secured } from '#src/daemon/scripts.js';
import { advice, explanations } from '#src/daemon/traps.js';
import { Accounts } from '#src/notify/accounts.js';
import type { Look } from '#src/notify/examine.js';
import { FILE, loadText } from '#test/support/config.js';
import { planVrrp } from '#vrrp/core/plan.js';

const checkers = await loadCheckers();

/** A machine where everybody is somebody, and all files are there but one. */
const accounts = new Accounts(undefined, { uid: 0, gid: 0 }, (_, name) =>
  name === 'nobody-here' ? undefined : `${name}:x:34:34`,
);
const look: Look = (path) => {
  if (path.includes('not-there')) return undefined;
  if (path === '/bin/sh') return { kind: 'link', target: 'dash' };
  const kind = ['/', '/bin', '/etc', '/etc/keepalived'].includes(path) ? 'directory' : 'file';
  return { kind, uid: 0, gid: 0, mode: 0o755 };
};

/** Everything that is said of a configuration: all stages that -t goes through. */
function saidOf(text: string, about?: string): Diagnostic[] {
  const { config, diagnostics } = loadText(text);
  const all = [...diagnostics];
  const report = (diagnostic: Diagnostic): void => void all.push(diagnostic);
  const settled = secured(config, { accounts, path: ['/bin'], look }, report);
  planVrrp(settled, report);
  planChecks(settled, report, checkers);
  advice(config, report);
  readableSecrets(config, () => (about === 'secret-readable-by-all' ? 0o644 : undefined), report);
  // Of no interest: what the machine has to say, and what we do not do of an example's keywords.
  return all.filter(
    ({ class: kind, code }) =>
      kind !== 'security' && (code !== 'not-acted-upon' || about === 'not-acted-upon'),
  );
}

const page = readFileSync(join(import.meta.dirname, '../../docs/warnings.md'), 'utf8');
const [intro = '', ...sections] = page.split(/^### /m);
const blocksOf = (text: string): { label: string; text: string }[] =>
  [...text.matchAll(/^([^\n]+)\n\n```conf\n(.*?)^```$/gms)].map(([, label = '', block = '']) => ({
    label,
    text: block,
  }));

/** The configurations that an example "in `vrrp_instance`" stands in; see the page. */
const frames = (blocksOf(intro)[0]?.text ?? '').split('\n\n');

/** The outermost statements of a block's text: a line, or a line and what its braces hold. */
const statements = (text: string): string[] =>
  [...text.matchAll(/^\S[^\n{]*(?:\{\n(?:[ \t].*\n)*\})?\n/gm)].map(([whole]) => whole);
const keywordOf = (statement: string): string => /^\S+/.exec(statement)?.[0] ?? '';

function wholeOf({ label, text }: { label: string; text: string }): string {
  const within = /, in `(\w+)`/.exec(label)?.[1];
  if (within === undefined) return text;
  const frame = frames.find((candidate) => candidate.startsWith(within)) ?? '';
  const [head = '', ...rest] = frame.trimEnd().split('\n');
  const body = rest.slice(0, -1).map((line) => `${line.slice(2)}\n`);
  const replaced = new Set(statements(text).map(keywordOf));
  const kept = statements(body.join('')).filter((s) => !replaced.has(keywordOf(s)));
  return `${head}\n${text}${kept.join('')}}\n`;
}

const chapters = sections.map((section) => {
  const [code = ''] = section.split('\n');
  const text = section.split(/^## /m)[0] ?? '';
  return { code, text: text.replaceAll(/\s+/g, ' '), examples: blocksOf(text) };
});

describe('docs/warnings.md', () => {
  it('explains every code there is, and no other', () => {
    expect(chapters.map(({ code }) => code).sort()).toEqual(Object.keys(explanations).sort());
    expect(Object.keys(explanations).length).toBeGreaterThanOrEqual(40);
  });

  it.each(chapters)('$code: says why it bites and what to do', ({ code, text }) => {
    expect(text).toContain(explanations[code]?.why);
    expect(text).toContain(explanations[code]?.remedy);
  });

  it('its frames are clean', () => {
    expect(frames.map((frame) => saidOf(frame))).toEqual([[], []]);
  });

  const examples = chapters.flatMap(({ code, examples: list }) =>
    list.map((example, i) => ({ code, example, i })),
  );

  it.each(examples.filter(({ example }) => example.label.startsWith('Caught')))(
    '$code: what is caught gets this code only',
    ({ code, example }) => {
      const said = saidOf(wholeOf(example), code);
      expect(new Set(said.map((d) => d.code))).toEqual(new Set([code]));
      expect(said.every(({ at }) => at?.file === FILE)).toBe(true);
    },
  );

  it.each(examples.filter(({ example }) => example.label.startsWith('Better')))(
    '$code: what is better gets none',
    ({ example }) => expect(saidOf(wholeOf(example))).toEqual([]),
  );
});

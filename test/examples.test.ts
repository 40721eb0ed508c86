import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isUsable } from '#src/config/exit-code.js';
import { loadText } from './support/config.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const program = (...argv: string[]) =>
  spawnSync(process.execPath, ['dist/program/cli.js', ...argv], { cwd: root, encoding: 'utf8' });

/** The fenced blocks of a text in Markdown, without their fences. */
const blocks = (markdown: string): string[] =>
  [...markdown.matchAll(/^```\w*\n(.*?)^```$/gms)].map((m) => m[1] ?? '');

describe('examples', () => {
  const files = readdirSync(join(root, 'examples/conf')).filter((name) => name !== 'mistakes.conf');

  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(7);
  });

  it.each([...files.map((name) => `conf/${name}`), 'tour/director-1.conf', 'tour/director-2.conf'])(
    '%s loads without a remark',
    (name) => {
      const { diagnostics, config } = loadText(read(`examples/${name}`));
      expect(diagnostics).toEqual([]);
      expect(isUsable(diagnostics)).toBe(true);
      expect(config.vrrp_instance.length + config.virtual_server.length).toBeGreaterThan(0);
    },
  );
});

describe('tutorials', () => {
  const tutorials = readdirSync(join(root, 'examples/tutorials'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.conf'));

  it.each(tutorials)('%s loads without a mistake', (name) => {
    const { diagnostics } = loadText(read(`examples/tutorials/${name}`));
    expect(diagnostics.filter(({ class: kind }) => kind !== 'advice')).toEqual([]);
  });
});

describe('README', () => {
  const readme = read('README.md');

  it('shows what the program says of examples/conf/mistakes.conf', () => {
    const { stderr, status } = program('-t', '-f', 'examples/conf/mistakes.conf');
    expect(status).toBe(5);
    expect(blocks(readme)).toContain(stderr);
    expect(blocks(readme)).toContain(read('examples/conf/mistakes.conf'));
  });

  it('names only commands that package.json has, and options that the program has', () => {
    const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
    const named = [...readme.matchAll(/(?:`|^)npm (?:run )?([a-z:]+)/gm)].map((m) => m[1] ?? '');
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
    const help = program('-h').stderr;
    const sentence = /The command line is keepalived's: (.*?)\.\.\.;/s.exec(readme)?.[1] ?? '';
    const options = [...sentence.matchAll(/-{1,2}[A-Za-z]+/g)].map((m) => m[0]);
    expect(options.length).toBeGreaterThan(8);
    expect(options.filter((option) => !help.includes(option))).toEqual([]);
  });
});

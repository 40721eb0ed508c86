import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('the example of the README prints what the README says (on dist/, npx tsc -b)', () => {
  const readme = readFileSync(`${root}src/raw-socket/README.md`, 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const printed = /^It prints `(.*)`\.$/m.exec(readme)?.[1];
  const argv = ['--input-type=module', '-e', example];
  const { stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe(`${printed}\n`);
});

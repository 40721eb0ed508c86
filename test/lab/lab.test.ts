import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInUml } from '../../packaging/lab/uml.mjs';
import { Lab, noLab } from '../support/lab.js';

describe.skipIf(noLab)('the kernel lab', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot();
  });
  afterAll(() => lab?.close());

  it('runs a script and brings back its output and exit status', async () => {
    expect(await lab.run('echo out; echo err >&2; exit 3')).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('has another kernel than the host, and the same files', async () => {
    const [kernel, folder] = (await lab.output('cat /proc/version; ls package.json')).split('\n');
    expect(kernel).toMatch(/^Linux version \d/);
    expect(folder).toBe('package.json');
    expect(await lab.output('ls /sys/class/net/')).toContain('lo');
  });

  it('ends a script that overruns its time, and only that', async () => {
    expect((await lab.run('sleep 100', 1)).code).toBe(124);
    expect(await lab.output('echo alive')).toBe('alive\n');
  });

  it('loads the modules that IPVS asks for', async () => {
    const shown = await lab.output('ipvsadm -A -t 10.9.0.1:80 -s sed && ipvsadm -Sn; ipvsadm -C');
    expect(shown).toBe('-A -t 10.9.0.1:80 -s sed\n');
  });

  it('has network namespaces', async () => {
    expect(await lab.output('ip netns add t && ip netns exec t echo in; ip netns del t')).toBe(
      'in\n',
    );
  });

  it('runs Node', async () => {
    expect(await lab.output('node -p process.version')).toBe(`${process.version}\n`);
  });

  it('runs scripts in the order in which they were given', async () => {
    const results = await Promise.all([1, 2, 3].map((n) => lab.output(`echo ${n}`)));
    expect(results).toEqual(['1\n', '2\n', '3\n']);
  });

  it('streams the output of a script and leaves no folder behind', async () => {
    const chunks: string[] = [];
    const output = (chunk: string): unknown => chunks.push(chunk);
    const script = 'echo one; sleep 1; echo $LAB_DIRECTORY >&2; exit 5';
    expect(await runInUml(script, { output })).toBe(5);
    const [one, folder = ''] = chunks.join('').split('\n');
    expect(one).toBe('one');
    expect(chunks.length).toBeGreaterThan(1);
    expect(basename(folder)).toMatch(/^lab-/);
    expect(existsSync(folder)).toBe(false);
  });
});

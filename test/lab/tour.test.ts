import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { noLab } from '../support/lab.js';
import { until } from '../support/wait.js';

const program = fileURLToPath(new URL('../../dist/examples/tour/main.js', import.meta.url));

interface Tour {
  output: string;
  status: number | null;
}

/** Runs the tour as `npm start` does; SIGINT when the text of `interruptAt` appears. */
function tour(interruptAt?: string): Promise<Tour> {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let interrupted = false;
  const read = (chunk: string): void => {
    output += chunk;
    if (interruptAt === undefined || interrupted || !output.includes(interruptAt)) return;
    interrupted = true;
    child.kill('SIGINT');
  };
  child.stdout.setEncoding('utf8').on('data', read);
  child.stderr.setEncoding('utf8').on('data', read);
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ output, status }));
  });
}

/** Pids of processes whose command line holds the text. */
function processes(text: string): number[] {
  const commandLine = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(text))
    .map(Number);
}

/** Times, counts and the spaces before them differ from run to run. */
const plain = (text: string): string => text.replace(/ +\d[\d.]*(?![\d.]*:)(?= |$)/gm, ' #');

/** The lines of the README's account of the tour, without their times. */
function shownInReadme(): string[] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const block = /^```\n( +\d+\.\d s {2}A LAN.*?)^```$/ms.exec(readme)?.[1] ?? '';
  const lines = block.split('\n').map((line) => line.replace(/^ *(\d+\.\d s)? */, ''));
  const told = lines.filter((line) => line !== '' && line !== '...' && !/^answers/.test(line));
  expect(told.length).toBeGreaterThan(15);
  return told.map(plain);
}

describe.skipIf(noLab)(`the tour of npm start${noLab ? ` (skipped: ${noLab})` : ''}`, () => {
  it('shows failover, health checks and the sorry server, and loses few requests', async () => {
    const { output, status } = await tour();
    expect(status, output).toBe(0);
    const scenes = [
      'director-1 holds 10.77.0.100',
      'web-2 has left the table',
      'web-2 is in the table and answers again',
      'director-2 holds 10.77.0.100',
      'the sorry server answers',
      'everything is cleaned up',
    ];
    expect(scenes.filter((scene) => !output.includes(scene))).toEqual([]);
    const missing = shownInReadme().filter((line) => !plain(output).includes(line));
    expect(missing, 'lines of the README that the tour did not print').toEqual([]);
    const [, answered, lost] = /Summary: (\d+) requests answered, (\d+) lost/.exec(output) ?? [];
    expect(Number(answered)).toBeGreaterThan(Number(lost));
  });

  it('leaves no process and no namespace behind after Ctrl-C', async () => {
    const before = readdirSync('/run', { withFileTypes: true }).map((entry) => entry.name);
    const { status } = await tour('director-1 starts');
    expect(status).toBe(130);
    await until('all processes are gone', () => {
      return [...processes('--inside-lab'), ...processes('dist/examples/tour')].length === 0;
    });
    expect(readdirSync('/run', { withFileTypes: true }).map((entry) => entry.name)).toEqual(before);
  });
});

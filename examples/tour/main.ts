/**
 * `npm start`: the whole job in front of your eyes. Two directors, two web servers, a sorry
 * server and a client in network namespaces; servers and a director die and come back.
 *
 * Needs root and IPVS. Where the kernel has no ip_vs, the tour runs inside User Mode Linux.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { labMissing, runInUml } from '#packaging/lab/uml.mjs';
import { Narrator } from './narrator.js';
import { Story } from './story.js';

/** Asking for the table makes the kernel load ip_vs, where it has it. */
function kernelHasIpvs(): boolean {
  return spawnSync('ipvsadm', ['-Ln'], { stdio: 'ignore' }).status === 0;
}

function findProgram(name: string): string | undefined {
  return ['/usr/sbin', '/usr/local/sbin', '/sbin']
    .map((folder) => `${folder}/${name}`)
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

async function tour(): Promise<number> {
  const narrator = new Narrator();
  const story = new Story(narrator, findProgram('keepalived'));
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => reject(new Error(`ended by ${signal}`)));
    }
  });
  try {
    const { answered, lost } = await Promise.race([story.run(), interrupted]);
    narrator.chapter(`Summary: ${answered} requests answered, ${lost} lost`);
    narrator.say('lost are those that a dying server or director had already been given,');
    narrator.say('until the next check, or the next master, took its place');
    return 0;
  } catch (error) {
    narrator.chapter(`The tour ends here: ${error instanceof Error ? error.message : error}`);
    return 1;
  } finally {
    await story.cleanUp();
    narrator.say('everything is cleaned up');
  }
}

if (process.getuid?.() !== 0) {
  console.error('npm start makes network namespaces and an IPVS table: please run it as root.');
  process.exit(1);
}
if (kernelHasIpvs()) process.exit(await tour());
const insideLab = process.argv.includes('--inside-lab');
const missing = insideLab ? 'it failed to load too' : labMissing();
if (missing !== undefined) {
  console.error(`This kernel has no IPVS, and for a kernel of our own ${missing}.`);
  process.exit(1);
}
console.log(
  'This kernel has no IPVS (ip_vs): the tour runs inside User Mode Linux, which boots now.',
);
const plain = process.stdout.isTTY ? '' : 'export NO_COLOR=1; ';
const program = `${process.execPath} ${fileURLToPath(import.meta.url)} --inside-lab`;
process.exit(await runInUml(`${plain}exec ${program}`));

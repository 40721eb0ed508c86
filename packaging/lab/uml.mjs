/**
 * A real kernel for tests and demonstrations: User Mode Linux on the host's own file system.
 *
 * It boots in a few seconds as an ordinary process, has IPVS where the host's kernel has none, and
 * sees the host's files, so there is no image to build. Needs Debian's package user-mode-linux.
 * Plain JavaScript, for it also runs on a fresh clone before anything is installed or built.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KERNEL = '/usr/bin/linux.uml';
const MODULES = '/usr/lib/uml/modules';
const PROJECT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const INIT = fileURLToPath(new URL('./init.sh', import.meta.url));
/** What begins each line that init.sh means for us and not for the reader. */
const MARK = '\x1e';
const BOOT_SECONDS = 60;

/**
 * The kernel hands every system call of its programs from one process of the host to another; on one
 * processor that takes a third of the time.
 */
const aProcessor = () =>
  /^Cpus_allowed_list:.*?(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';

/**
 * @typedef {object} Result
 * @property {number} code exit status; 128 + signal when a signal ended it
 * @property {string} stdout
 * @property {string} stderr
 */

/** Why there can be no lab here, or `undefined`. @returns {string | undefined} */
export function labMissing() {
  if (process.getuid?.() !== 0) return 'the kernel lab needs root';
  if (!existsSync(KERNEL) || !existsSync(MODULES)) {
    return 'the kernel lab needs the package user-mode-linux';
  }
  return undefined;
}

/**
 * Boots a kernel. It ends with `close()`, and at the latest with this process.
 *
 * @param {{ memory?: string }} [options]
 * @returns {Promise<UserModeLinux>}
 */
export async function bootUml({ memory = '1024M' } = {}) {
  const missing = labMissing();
  if (missing !== undefined) throw new Error(missing);
  const lab = new UserModeLinux(memory);
  try {
    await lab.ready;
  } catch (error) {
    await lab.close();
    throw error;
  }
  return lab;
}

/**
 * Boots a kernel, runs one script in it with its output streamed to ours as it comes, and
 * ends it, also when this process is told to stop.
 *
 * @param {string} script for bash, run in the project's folder
 * @param {{ memory?: string, seconds?: number, output?: (chunk: string) => void }} [options]
 * @returns {Promise<number>} its exit status
 */
export async function runInUml(script, { memory, seconds, output } = {}) {
  const lab = await bootUml({ memory });
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    lab.kill();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await lab.stream(script, output ?? ((chunk) => process.stdout.write(chunk)), seconds);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await lab.close();
  }
}

export class UserModeLinux {
  /** A host folder that both sides see; removed at the end. */
  directory;
  /** Settles when the kernel takes jobs. @type {Promise<void>} */
  ready;
  #child;
  /** @type {Promise<void>} */
  #ended;
  #next = 0;
  /** What the console said outside of jobs, for error messages. */
  #console = '';
  #pending = '';
  /** @type {((chunk: string) => void) | undefined} */
  #live;
  /** Who waits for a line of init.sh. @type {Map<string, { resolve: (words: string[]) => void, reject: (e: Error) => void }>} */
  #waiting = new Map();
  #queue = Promise.resolve();
  #killAtExit = () => this.kill();

  /** @param {string} memory */
  constructor(memory) {
    mkdirSync(join(PROJECT, 'build'), { recursive: true });
    this.directory = mkdtempSync(join(PROJECT, 'build', 'lab-'));
    this.#child = spawn(
      'taskset',
      [
        ...['--cpu-list', aProcessor(), KERNEL],
        `mem=${memory}`,
        'root=/dev/root',
        'rootfstype=hostfs',
        'rootflags=/',
        'rw',
        `init=${INIT}`,
        'con=null',
        'con0=fd:0,fd:1',
        'quiet',
        `uml_dir=${this.directory}/`,
        `LAB_DIRECTORY=${this.directory}`,
        `LAB_PROJECT=${PROJECT}`,
      ],
      // A process group of its own: Ctrl-C is ours to answer, and one kill reaches all of it.
      { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
    );
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => this.#fail(error, resolve));
      this.#child.once('close', () => this.#fail(new Error('the kernel ended'), resolve));
    });
    this.#child.stdout.setEncoding('utf8').on('data', (chunk) => this.#read(chunk));
    this.#child.stderr.setEncoding('utf8').on('data', (chunk) => this.#remember(chunk));
    this.#child.stdin.on('error', () => {});
    process.once('exit', this.#killAtExit);
    this.ready = this.#answer('ready', BOOT_SECONDS).then(() => {});
    this.ready.catch(() => {});
  }

  /**
   * Runs a bash script in the project's folder. Scripts run one after the other.
   *
   * @param {string} script
   * @param {{ seconds?: number }} [options]
   * @returns {Promise<Result>}
   */
  run(script, { seconds = 60 } = {}) {
    return this.#inTurn(async () => {
      const id = await this.#job(script, '', seconds);
      const code = await this.#answer(`done ${id}`, seconds + 15);
      const text = (/** @type {string} */ suffix) =>
        readFileSync(join(this.directory, id + suffix), 'utf8');
      return { code: Number(code[0]), stdout: text('.out'), stderr: text('.err') };
    });
  }

  /**
   * Runs a script whose output, both streams in one, is handed on as it comes.
   *
   * @param {string} script
   * @param {(chunk: string) => void} output
   * @param {number} [seconds]
   * @returns {Promise<number>}
   */
  stream(script, output, seconds = 600) {
    return this.#inTurn(async () => {
      this.#live = output;
      try {
        const id = await this.#job(script, ' live', seconds);
        const code = await this.#answer(`done ${id}`, seconds + 15);
        return Number(code[0]);
      } finally {
        this.#live = undefined;
      }
    });
  }

  /** Ends the kernel and everything in it, now. */
  kill() {
    process.off('exit', this.#killAtExit);
    if (this.#child.pid !== undefined && this.#child.exitCode === null) {
      try {
        process.kill(-this.#child.pid, 'SIGKILL');
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
      }
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Ends the kernel and waits until it is gone. */
  async close() {
    this.kill();
    await this.#ended;
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** @template T @param {() => Promise<T>} task @returns {Promise<T>} */
  #inTurn(task) {
    const result = this.#queue.then(task);
    this.#queue = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  /** Writes a job down and tells init.sh. The time-out runs inside, where it ends the job alone. */
  async #job(
    /** @type {string} */ script,
    /** @type {string} */ mode,
    /** @type {number} */ seconds,
  ) {
    const id = `job${++this.#next}`;
    const quoted = `'${script.replaceAll("'", "'\\''")}'`;
    writeFileSync(
      join(this.directory, `${id}.sh`),
      `exec timeout --kill-after=5 ${seconds} bash -c ${quoted}\n`,
    );
    this.#child.stdin.write(`${id}${mode}\n`);
    return id;
  }

  /** The words of the line of init.sh that begins so. @returns {Promise<string[]>} */
  #answer(/** @type {string} */ key, /** @type {number} */ seconds) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(key);
        this.kill();
        reject(new Error(`the kernel lab gave no '${key}' in ${seconds} s\n${this.#console}`));
      }, seconds * 1000);
      this.#waiting.set(key, {
        resolve: (words) => {
          clearTimeout(timer);
          resolve(words);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
    });
  }

  /** Parts the console into lines for us and text for the reader. */
  #read(/** @type {string} */ chunk) {
    let rest = this.#pending + chunk;
    this.#pending = '';
    for (;;) {
      const mark = rest.indexOf(MARK);
      if (mark < 0) return this.#text(rest);
      const end = rest.indexOf('\n', mark);
      this.#text(rest.slice(0, mark));
      if (end < 0) {
        this.#pending = rest.slice(mark);
        return;
      }
      this.#line(rest.slice(mark + 1, end));
      rest = rest.slice(end + 1);
    }
  }

  #line(/** @type {string} */ line) {
    for (const [key, waiter] of this.#waiting) {
      if (line !== key && !line.startsWith(`${key} `)) continue;
      this.#waiting.delete(key);
      waiter.resolve(line.slice(key.length + 1).split(' '));
      return;
    }
  }

  #text(/** @type {string} */ text) {
    if (text === '') return;
    if (this.#live) this.#live(text);
    else this.#remember(text);
  }

  #remember(/** @type {string} */ text) {
    this.#console = (this.#console + text).slice(-4000);
  }

  #fail(/** @type {Error} */ error, /** @type {() => void} */ ended) {
    for (const { reject } of this.#waiting.values()) {
      reject(new Error(`${error.message}\n${this.#console}`));
    }
    this.#waiting.clear();
    ended();
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Host, type Network, VIP } from './network.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const cli = here('../../program/cli.js');
/** The configurations stand beside the sources; the build does not copy them. */
const conf = (host: Host): string => here(`../../../examples/tour/${host}.conf`);

/** Lines of a director's log that belong to the story. */
const telling = /Entering|service|sorry|quorum|alive servers/;

/** The processes of the tour, each in its host's namespace. */
export class Actors {
  readonly #network: Network;
  readonly #running = new Map<string, ChildProcess>();
  readonly answers = new Map<string, number>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** Resolves when the server listens. */
  async startServer(host: Host): Promise<void> {
    const child = this.#start(host, host, process.execPath, [here('./web-server.js'), host]);
    const output = child.stdout;
    if (output) await new Promise((resolve) => output.once('data', resolve));
  }

  startClient(): void {
    const child = this.#start('client', 'client', process.execPath, [here('./client.js'), VIP]);
    if (!child.stdout) return;
    createInterface(child.stdout).on('line', (name) => {
      this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
    });
  }

  /** Ours, or with `program` Debian's keepalived: the same file and the same options. */
  startDirector(host: Host, program: string | undefined, tell: (line: string) => void): void {
    const files = ['-p', '-r', '-c'].flatMap((option) => [
      option,
      `/run/tour-${host}${option}.pid`,
    ]);
    const options = ['-n', '-l', '-D', '-G', '-f', conf(host), ...files];
    const argv = program ? [program, ...options] : [process.execPath, cli, ...options];
    const [command = '', ...args] = argv;
    const child = this.#start(host, host, command, args);
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on('line', (line) => {
        if (telling.test(line)) tell(line.replace(/^\w{3} \w{3} +\d+ [\d:]+ \d{4}: /, ''));
      });
    }
  }

  /** SIGKILL to the process and all its children, then waits for its end. */
  async kill(name: string): Promise<void> {
    const child = this.#running.get(name);
    this.#running.delete(name);
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  }

  async killAll(): Promise<void> {
    for (const name of [...this.#running.keys()]) await this.kill(name);
  }

  #start(name: string, host: Host, command: string, args: string[]): ChildProcess {
    const argv = ['netns', 'exec', this.#network.namespace(host), command, ...args];
    // A process group of its own, so that `kill` reaches what the program started.
    const child = spawn('ip', argv, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#running.set(name, child);
    return child;
  }
}

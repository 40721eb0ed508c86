import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { NetNode } from '../support/netns.js';
import { Running, run } from '../support/process.js';
import { family } from '../support/processes.js';
import { until } from '../support/wait.js';

export type Program = 'ours' | 'debian';

/** How each program is started in the foreground; all files stand where they stand by default. */
export const commandOf: Record<Program, readonly string[]> = {
  ours: [process.execPath, resolve('dist/program/cli.js')],
  debian: ['keepalived'],
};

/**
 * What becomes process 1: it gives the machine its own /proc, /run and /etc/keepalived, and then
 * only reaps what others leave. What stands in `bin` is found as if installed.
 */
const init = (name: string, directory: string): string => `
  mount --make-rprivate / && mount -t proc proc /proc && mount -t tmpfs tmpfs /run &&
  mount --bind ${directory}/etc /etc/keepalived && mount --bind ${directory}/bin /usr/local/sbin &&
  mount --bind ${directory}/log /var/log && hostname ${name} && echo ready || exit 1
  while :; do sleep 1000 & wait; done`;

/**
 * A node of a LAN grown to a machine of its own: its processes, its files under /etc/keepalived,
 * /run and /var/log and its host name are its own, so a configuration runs in it unchanged.
 */
export class Machine {
  readonly node: NetNode;
  /** What runs as keepalived here. */
  program: Program = 'ours';
  readonly directory: string;
  private readonly first: number;
  private daemon: Running | undefined;
  /** What the daemons of this machine logged, one after the other. */
  private past = '';

  private constructor(node: NetNode, first: number) {
    this.node = node;
    this.directory = node.directory;
    this.first = first;
  }

  static async boot(node: NetNode): Promise<Machine> {
    for (const folder of ['etc', 'bin', 'log']) mkdirSync(join(node.directory, folder));
    const spaces = ['--mount', '--pid', '--uts', '--fork', '--kill-child'];
    const script = init(node.name, node.directory);
    const holder = node.spawn(['unshare', ...spaces, 'sh', '-c', script]);
    const ready = (): boolean => holder.output.includes('ready');
    await until(`${node.name} is up`, ready, { within: 60_000 }).catch((error: Error) => {
      throw new Error(`${error.message}\n${holder.output}`);
    });
    const [, first = 0] = family(holder.pid);
    return new Machine(node, first);
  }

  get name(): string {
    return this.node.name;
  }

  /** The command that runs `argv` inside. */
  command(argv: readonly string[]): string[] {
    const spaces = ['--net', '--mount', '--pid', '--uts'];
    return ['nsenter', '--target', `${this.first}`, ...spaces, '--', ...argv];
  }

  /** What a shell in it prints, without the last line end. */
  async shell(command: string): Promise<string> {
    // With a socket for its input bash takes itself for a remote shell, and reads ~/.bashrc.
    const shell = ['bash', '--norc', '-c', `{ ${command}\n} 2>&1; exit 0`];
    return (await run(this.command(shell))).trimEnd();
  }

  /** Starts a program that stays; it ends with the LAN at the latest. */
  spawn(argv: readonly string[]): Running {
    const child = new Running(`${this.name}: ${argv.join(' ')}`, this.command(argv));
    this.node.lan.running.add(child);
    return child;
  }

  /** Writes a file into /etc/keepalived, executable if it is a program. */
  install(name: string, text: string): void {
    this.write(join('etc', name), text);
  }

  /** Puts a program where every search path has it. */
  provide(name: string, text: string): void {
    this.write(join('bin', name), text);
  }

  private write(path: string, text: string): void {
    const whole = join(this.directory, path);
    writeFileSync(whole, text);
    chmodSync(whole, text.startsWith('#!') ? 0o755 : 0o644);
  }

  /** Changes the program, and ends what still runs of the one before. */
  async cast(program: Program): Promise<void> {
    if (this.daemon?.running) await this.stop();
    this.program = program;
    this.past = '';
    this.daemon = undefined;
  }

  async start(...options: readonly string[]): Promise<void> {
    if (this.daemon?.running) throw new Error(`${this.name} runs already`);
    this.past = this.log();
    const [program = '', ...rest] = commandOf[this.program];
    if (this.program === 'ours' && !existsSync(rest[0] ?? '')) {
      throw new Error('dist/ is missing: npm run build');
    }
    this.daemon = this.spawn([program, ...rest, '-n', '-l', '-D', ...options]);
    await until(`the daemon of ${this.name} is there`, () => this.pids().length > 0, {
      within: 60_000,
    });
  }

  /** The pids of the daemon and its children, as seen from outside. */
  private pids(): number[] {
    return this.daemon?.running ? family(this.daemon.pid).slice(1) : [];
  }

  /** SIGTERM, as `systemctl stop` does; gives the exit status. */
  async stop(): Promise<number | null | undefined> {
    this.signal('SIGTERM');
    return this.daemon?.ended();
  }

  signal(signal: NodeJS.Signals): void {
    const [main] = this.pids();
    if (main === undefined) throw new Error(`no daemon runs on ${this.name}:\n${this.log()}`);
    process.kill(main, signal);
  }

  /** SIGKILL for the whole daemon: it says good-bye to nobody, and its addresses stay. */
  async crash(): Promise<void> {
    // Stopped first, or a parent starts its children again, or they notice its death and speak.
    this.signal('SIGSTOP');
    for (const pid of this.pids().reverse()) process.kill(pid, 'SIGKILL');
    const { daemon } = this;
    await until('nsenter, which stops with its child, has gone', () => {
      daemon?.signal('SIGCONT');
      return !daemon?.running;
    });
  }

  log(): string {
    return this.past + (this.daemon?.output ?? '');
  }
}

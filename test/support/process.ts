import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a program to its end; a status other than 0 throws with its standard error. */
export async function run(argv: readonly string[], stdin?: string): Promise<string> {
  const [program = '', ...rest] = argv;
  const pending = execute(program, rest, { maxBuffer: 1 << 28 });
  if (stdin !== undefined) pending.child.stdin?.end(stdin);
  return (await pending).stdout;
}

/** A program that runs beside the test, its output kept as text (but for `bytes`: its stdout). */
export class Running {
  readonly child: ChildProcess;
  readonly name: string;
  output = '';
  private readonly gone: Promise<void>;

  constructor(
    name: string,
    argv: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    bytes?: (chunk: Buffer) => void,
  ) {
    const [program = '', ...rest] = argv;
    this.name = name;
    this.child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    const keep = (text: string): void => {
      this.output += text;
    };
    this.child.stderr?.setEncoding('utf8').on('data', keep);
    if (bytes) this.child.stdout?.on('data', bytes);
    else this.child.stdout?.setEncoding('utf8').on('data', keep);
    this.gone = new Promise((resolve) => {
      this.child.once('close', () => resolve());
      this.child.once('error', (error) => {
        this.output += `${error.message}\n`;
        resolve();
      });
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} did not start: ${this.output}`);
    return this.child.pid;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.child.kill(signal);
  }

  /** Waits for the end of the program and of its output. */
  async ended(): Promise<number | null> {
    await this.gone;
    return this.child.exitCode;
  }

  /** Asks it to end, and forces it when it does not within `grace` ms. Gives its exit status. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', grace = 8_000): Promise<number | null> {
    this.signal(signal);
    const force = setTimeout(() => this.signal('SIGKILL'), grace);
    const status = await this.ended();
    clearTimeout(force);
    return status;
  }
}

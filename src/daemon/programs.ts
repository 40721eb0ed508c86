import type { EventOf, Log } from '@keepalived-ts/base/events.js';
import { type Clock, type Duration, systemAlarm } from '@keepalived-ts/base/time.js';
import type { Command, FromWorker, ProgramOutcome } from '#src/ipc/messages.js';
import type { Accounts } from '#src/notify/accounts.js';
import { programEnvironment } from '#src/notify/program.js';
import { Runner } from '#src/notify/runner.js';
import { type ScriptNews, Scripts } from '#src/notify/scripts.js';
import type { daemonEvents } from './events.js';
import type { Calls } from './notices.js';

/** The news of scripts are the daemon's events of the same name. */
type ProgramEvent = Extract<
  EventOf<typeof daemonEvents>,
  { event: `program-${ScriptNews['news']}` }
>;
type Request = Extract<FromWorker, { type: 'run-program' }>;

/** All programs of the configuration: those that workers ask for, and those for notices. */
export class Programs {
  private readonly runner = new Runner(programEnvironment(process.env));
  private readonly scripts: Scripts;
  private accounts: Accounts | undefined;
  /** What workers wait for, by owner and ticket. */
  private readonly asked = new Map<string, AbortController>();

  constructor(clock: Clock, log: Log<typeof daemonEvents>) {
    this.scripts = new Scripts({
      runner: this.runner,
      clock,
      alarm: () => systemAlarm(clock),
      tell: ({ news, ...fields }) => log({ event: `program-${news}`, ...fields } as ProgramEvent),
    });
  }

  /** Goes by another configuration. */
  renew(accounts: Accounts): void {
    this.accounts = accounts;
  }

  async run(owner: string, request: Request): Promise<ProgramOutcome> {
    const { ticket, argv, user, group, timeout } = request;
    const account = this.accounts?.resolve(user, group) ?? 'no configuration';
    if (typeof account === 'string') return { result: 'failed', reason: account };
    const abort = new AbortController();
    const key = `${owner} ${ticket}`;
    this.asked.set(key, abort);
    const program = { argv, account, timeout };
    const outcome = await this.runner.run(owner, program, { signal: abort.signal });
    this.asked.delete(key);
    return outcome;
  }

  /** Runs a program of our own, once, and waits for it; one that nobody can run has been told. */
  async once(command: Command, timeout: Duration): Promise<ProgramOutcome | undefined> {
    const account = this.accounts?.resolve(command.user, command.group);
    if (typeof account !== 'object') return undefined;
    return this.runner.run('parent', { argv: command.argv, account, timeout });
  }

  /** Ends a program that its worker has no use for any more. */
  end(owner: string, ticket: number): void {
    this.asked.get(`${owner} ${ticket}`)?.abort();
  }

  /** Runs the programs of a change after those that its object has been given before. */
  enqueue({ commands, ...change }: Calls): void {
    const programs = commands.flatMap(({ argv, user, group }) => {
      const account = this.accounts?.resolve(user, group);
      // A command whose account does not exist has been dropped with its reason; see scripts.ts.
      return typeof account === 'object' ? [{ argv, account }] : [];
    });
    if (programs.length > 0) this.scripts.enqueue({ ...change, programs });
  }

  /** A worker is gone: what it waited for is ended. */
  cancel(owner: string): void {
    this.runner.cancel(owner);
  }

  finish(): Promise<void> {
    return this.scripts.drain();
  }
}

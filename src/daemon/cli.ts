#!/usr/bin/env node
import { basename } from 'node:path';
import { readCommand } from './command-line.js';

/*
 * The program. What a command does not need is not loaded: -v and -h read no configuration, and
 * the process that puts the daemon into the background ends without ever knowing what VRRP is.
 */

const argv = process.argv.slice(2);

/** Ends only when what was printed has reached the pipe. */
const write = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((written) => stream.write(text, () => written()));
const print = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  write(stream, `${text}\n`);

async function run(): Promise<number> {
  const [first] = argv;
  // Compat: keepalived does the work of genhash, called by that name or with its own option.
  if (first === '-T' || first === '--genhash') return subcommand(['genhash', ...argv.slice(1)]);
  if (basename(process.argv[1] ?? '') === 'genhash') return subcommand(['genhash', ...argv]);
  if (first !== undefined && !first.startsWith('-')) return subcommand(argv);
  const command = readCommand(argv);
  switch (command.do) {
    case 'help': {
      const { helpText } = await import('./usage.js');
      await print(process.stderr, await helpText());
      return 0;
    }
    case 'version': {
      const { versionText } = await import('./version.js');
      await print(process.stderr, versionText());
      return 0;
    }
    case 'print':
      await print(process.stdout, command.text);
      return 0;
    case 'complain':
      await print(process.stderr, command.message);
      return 1;
    case 'test': {
      const { testConfiguration } = await import('./config-test.js');
      return testConfiguration(command);
    }
    case 'run': {
      const { launcher, detach } = await import('./detach.js');
      const caller = launcher();
      if (!command.settings.foreground && !caller) return detach();
      const { Signals } = await import('./signals.js');
      const signals = new Signals(command.settings.ignoreInterrupt);
      const { namespace } = command.settings;
      if (namespace !== undefined) {
        const refusal = await enter(namespace);
        if (refusal !== undefined) {
          await print(process.stderr, refusal);
          return 1;
        }
      }
      const { spareWorkers } = await import('./spares.js');
      const spares = spareWorkers(command.settings);
      const { runDaemon } = await import('./main.js');
      return runDaemon(command, { caller, signals, spares });
    }
  }
}

/** Moves into a network namespace before there is any thread; gives why it can't. */
async function enter(namespace: string): Promise<string | undefined> {
  const { enterNetwork } = await import('@keepalived-ts/raw-socket/thread.js');
  try {
    enterNetwork(namespace);
    return undefined;
  } catch (error) {
    return `Unable to enter network namespace ${namespace}: ${(error as Error).message}`;
  }
}

async function subcommand(words: readonly string[]): Promise<number> {
  const { runSubcommand } = await import('./subcommands.js');
  const { status, out, err } = await runSubcommand(words);
  if (out !== undefined) await write(process.stdout, out);
  if (err !== undefined) await write(process.stderr, err);
  return status;
}

void run().then((status) => {
  // Threads or sockets that outlive their use must not keep a command that is done.
  process.exit(status);
});

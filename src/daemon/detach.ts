import { spawn } from 'node:child_process';

/** Tells the detached process what it is; taken from its environment before it does anything. */
const MARK = 'KEEPALIVED_TS_DETACHED';

/** From the detached process to the one that was called. */
type Word = { say: string } | { ready: true };

/**
 * Goes into the background: Node can't fork, so the program is started again in a session of
 * its own with nothing but /dev/null open. The caller waits until the daemon is ready or has
 * failed and ends with its status, so `systemctl start` and scripts learn how it went.
 *
 * Differs: keepalived's caller always succeeds; mistakes in the file are then only in syslog.
 */
export function detach(): Promise<number> {
  const [node = '', ...argv] = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(node, argv, {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, [MARK]: '1' },
  });
  return new Promise((end) => {
    child.on('error', (e) => {
      process.stderr.write(`keepalived-ts: cannot run ${node}: ${e.message}\n`);
      end(1);
    });
    child.on('message', (word: Word) => {
      if ('say' in word) process.stderr.write(`${word.say}\n`);
      else end(0);
    });
    child.on('exit', (code) => end(code ?? 1));
  });
}

/** What the detached process has to tell the one that was called. */
export interface Launcher {
  say(text: string): void;
  /** Lets it go: from now on we are on our own. */
  ready(): void;
}

/** The launcher of this process, if it is a detached one. */
export function launcher(): Launcher | undefined {
  if (process.env[MARK] === undefined) return undefined;
  delete process.env[MARK];
  // The launcher may be killed while it waits.
  process.on('disconnect', () => undefined);
  const tell = (word: Word, then = (): void => undefined): void => {
    if (process.connected) process.send?.(word, then);
  };
  return {
    say: (text) => tell({ say: text }),
    ready: () =>
      tell({ ready: true }, () => {
        if (process.connected) process.disconnect();
      }),
  };
}

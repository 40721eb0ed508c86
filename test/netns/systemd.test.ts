import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sockaddrUn } from '@keepalived-ts/raw-socket/address.js';
import { AF_UNIX, SOCK_DGRAM } from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noNamespaces } from '../support/netns.js';
import { Running } from '../support/process.js';
import { family } from '../support/processes.js';
import { text } from '../support/raw-sockets.js';
import { until } from '../support/wait.js';

const cli = fileURLToPath(new URL('../../dist/program/cli.js', import.meta.url));

/** A shell that is process 1 of a PID namespace, called `systemd` or otherwise. */
describe.skipIf(noNamespaces)('a daemon started by process 1', () => {
  let directory: string;
  let socket: RawSocket;
  let first: Running | undefined;

  beforeEach(() => {
    states = [];
    directory = mkdtempSync(join(tmpdir(), 'kt-notify-'));
    socket = RawSocket.open(AF_UNIX, SOCK_DGRAM, 0);
    socket.bind(sockaddrUn(join(directory, 'notify')));
    writeFileSync(join(directory, 'k.conf'), 'global_defs {\n  router_id a\n}\n');
  });
  afterEach(async () => {
    await first?.stop('SIGKILL');
    socket.close();
    rmSync(directory, { recursive: true });
  });

  /** Starts it and gives the daemon's pid as seen from here. */
  async function start(name: string): Promise<number> {
    const shell = join(directory, name);
    symlinkSync('/bin/bash', shell);
    const files = `-f ${directory}/k.conf -p ${directory}/k.pid`;
    const script = `${process.execPath} ${cli} -n -l -D ${files} & wait`;
    const isolated = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', shell];
    first = new Running(name, [...isolated, '-c', script], {
      NOTIFY_SOCKET: join(directory, 'notify'),
    });
    const running = first;
    await until('it has started', () => running.output.includes('Startup complete'));
    const [, , daemon] = family(running.pid);
    if (daemon === undefined) throw new Error(running.output);
    return daemon;
  }

  let states: string[] = [];
  /** Everything told so far. */
  const heard = (): string[] => {
    const news = socket.receive().map(text);
    states.push(...news.map((state) => state.replace(/MONOTONIC_USEC=\d+/, 'MONOTONIC_USEC=...')));
    return states;
  };

  it('tells systemd when it is ready, reloads and stops', async () => {
    const daemon = await start('systemd');
    await until('it is ready', () => heard().length === 1);
    process.kill(daemon, 'SIGHUP');
    await until('it has reloaded', () => heard().length === 3);
    process.kill(daemon, 'SIGTERM');
    await first?.ended();
    expect(heard()).toEqual([
      expect.stringMatching(/^READY=1\nMAINPID=\d+$/),
      'RELOADING=1\nMONOTONIC_USEC=...',
      expect.stringMatching(/^READY=1\n/),
      'STOPPING=1',
    ]);
  });

  it('tells nobody else', async () => {
    const daemon = await start('init');
    process.kill(daemon, 'SIGTERM');
    await first?.ended();
    expect(heard()).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { KernelError } from '@keepalived-ts/base/errors.js';
import { sockaddrUn } from '@keepalived-ts/raw-socket/address.js';
import { AF_UNIX, SOCK_DGRAM } from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';

/** Whoever started the daemon and waits to hear how it goes: systemd, or nobody. */
export interface ServiceManager {
  ready(): void;
  reloading(): void;
  stopping(): void;
  /** The daemon ends because a restart would not help; the exit code says why. */
  hopeless(exitCode: number): void;
}

/** Why a process ended for good, as sd_notify(3) wants it. Compat: the same two as keepalived. */
const errors: Readonly<Record<number, number>> = {
  2: constants.errno.EINVAL,
  4: constants.errno.EPERM,
};

/**
 * The socket to tell, if it is meant for us. NOTIFY_SOCKET is inherited by all that a service
 * starts, so only a child of systemd itself may believe it. Compat: keepalived's conditions.
 */
export function notifySocket(
  { NOTIFY_SOCKET: path }: NodeJS.ProcessEnv,
  parent: number,
  nameOfFirst: () => string,
): string | undefined {
  if (!path || !/^[/@]./.test(path) || parent !== 1) return undefined;
  return nameOfFirst() === 'systemd' ? path : undefined;
}

/** The name of process 1. */
const nameOfFirst = (): string => {
  try {
    return readFileSync('/proc/1/comm', 'utf8').trim();
  } catch {
    return ''; // no /proc: no systemd either
  }
};

/** The service manager of this process. Programs that we run must not find its socket. */
export function serviceManager(trouble: (reason: string) => void): ServiceManager {
  const path = notifySocket(process.env, process.ppid, nameOfFirst);
  delete process.env.NOTIFY_SOCKET;
  const line = path === undefined ? undefined : new NotifyLine(path, trouble);
  return speaker(
    (state) => line?.send(state),
    process.pid,
    () => process.hrtime.bigint(),
  );
}

/** The words of sd_notify(3). `monotonic` is CLOCK_MONOTONIC in nanoseconds. */
export const speaker = (
  send: (state: string) => void,
  pid: number,
  monotonic: () => bigint,
): ServiceManager => ({
  ready: () => send(`READY=1\nMAINPID=${pid}`),
  // The time lets a unit of Type=notify-reload tell this reload from an earlier one.
  reloading: () => send(`RELOADING=1\nMONOTONIC_USEC=${monotonic() / 1_000n}`),
  stopping: () => send('STOPPING=1'),
  hopeless: (exitCode) => {
    const errno = errors[exitCode];
    if (errno !== undefined) send(`ERRNO=${errno}`);
  },
});

/** Datagrams to systemd, in order; what a full queue does not take waits. */
export class NotifyLine {
  private waiting: Uint8Array[] = [];
  private socket: RawSocket | undefined;
  private readonly path: string;
  private readonly trouble: (reason: string) => void;

  constructor(path: string, trouble: (reason: string) => void) {
    this.path = path;
    this.trouble = trouble;
  }

  send(state: string): void {
    this.waiting.push(Buffer.from(state));
    if (this.waiting.length === 1) this.flush();
  }

  private flush(): void {
    try {
      this.socket ??= this.connected();
      const { sent, error } = this.socket.send(this.waiting.map((data) => ({ data })));
      this.waiting.splice(0, sent);
      if (error?.code === 'EAGAIN') this.socket.onWritable(() => this.flush());
      else if (error) throw error;
    } catch (e) {
      this.trouble((e as KernelError).message);
      this.waiting = [];
      this.socket?.close();
      this.socket = undefined;
    }
  }

  private connected(): RawSocket {
    const socket = RawSocket.open(AF_UNIX, SOCK_DGRAM, 0);
    socket.unref();
    socket.connect(sockaddrUn(this.path));
    return socket;
  }
}

import { closeSync, openSync } from 'node:fs';
import { CLONE_NEWNET, MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT } from './constants.js';
import { checked, kernelError } from './errors.js';
import { native } from './native.js';

/*
 * What Linux keeps per thread and Node does not reach. A thread id of 0 is the calling thread.
 *
 * A thread inherits all of it from the one that starts it. libuv starts its pool, which file and
 * DNS calls run on, with the first such call: see that it is not made by a thread changed here.
 */

/** The kernel's id of this thread, as in /proc/self/task. */
export const threadId = (): number => native.threadId();

/**
 * Moves this thread into a namespace; what it opens from now on lives there. setns(2)
 *
 * `type` is one of CLONE_NEW*, or 0 for whatever the file is. The file is a descriptor or a path
 * as /run/netns/NAME.
 */
export function setns(file: number | string, type: number): void {
  const fd = typeof file === 'number' ? file : openSync(file, 'r');
  try {
    checked('setns', native.setns(fd, type));
  } finally {
    if (fd !== file) closeSync(fd);
  }
}

/**
 * Does something in another network namespace than the thread's own: sockets that it opens live
 * there for good. `name` is as ip-netns(8) has it, or '' for that of the first process.
 */
export function inNetwork<T>(name: string, act: () => T): T {
  const own = openSync('/proc/thread-self/ns/net', 'r');
  try {
    enterNetwork(name);
    return act();
  } finally {
    setns(own, CLONE_NEWNET);
    closeSync(own);
  }
}

/** Moves this thread, and those that it starts, into a network namespace. Throws KernelError. */
export function enterNetwork(name: string): void {
  const file = name === '' ? '/proc/1/ns/net' : `/run/netns/${name}`;
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException;
    throw kernelError(`open ${file}`, -errno);
  }
  try {
    setns(fd, CLONE_NEWNET);
  } finally {
    closeSync(fd);
  }
}

/** `policy` is one of SCHED_*, or'ed with SCHED_RESET_ON_FORK if children shall not inherit it. */
export function setScheduler(policy: number, priority: number, thread = 0): void {
  checked('sched_setscheduler', native.setScheduler(thread, policy, priority));
}

/** From -20 (goes first) to 19. */
export function setNice(nice: number, thread = 0): void {
  checked('setpriority', native.setNice(thread, nice));
}

/** The CPUs the thread may run on, by number. */
export function setAffinity(cpus: readonly number[], thread = 0): void {
  const mask = new Uint8Array(Math.floor(Math.max(0, ...cpus) / 8) + 1);
  for (const cpu of cpus) mask[cpu >> 3] = (mask[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  checked('sched_setaffinity', native.setAffinity(thread, mask));
}

/** The name of this thread in ps and top: 15 bytes of it. */
export function setThreadName(name: string): void {
  checked('prctl', native.setName(Buffer.from(name)));
}

/**
 * Keeps the memory of the whole process from being swapped out. mlockall(2)
 *
 * By default a page is locked when it is first used: V8 reserves far more than it ever touches,
 * and MCL_FUTURE alone would fill all of it. Not for long: V8 ends
 * the process when it gives back pages by madvise(2), which locked ones refuse.
 */
export function lockMemory(flags: number = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT): void {
  checked('mlockall', native.lockMemory(flags));
}

/**
 * How long, in microseconds, a thread of this process may compute in real time without waiting
 * for anything: then SIGXCPU comes. 0 is no limit. RLIMIT_RTTIME of getrlimit(2)
 */
export function limitRealTime(limit: number): void {
  checked('setrlimit', native.limitRealTime(Math.min(limit, 2 ** 31 - 1)));
}

/**
 * Ends the process at once. `process.exit` waits for what Node's pool of threads is at: a write to
 * a pipe that nobody empties, or the search for a name while the DNS is away. _exit(2)
 */
export function endProcess(status: number): never {
  return native.endProcess(status);
}

export function unlockMemory(): void {
  checked('munlockall', native.lockMemory(0));
}

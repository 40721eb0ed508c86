import { closeSync, openSync } from 'node:fs';
import { MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT } from './constants.js';
import { checked } from './errors.js';
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
 * and MCL_FUTURE alone would fill all of it.
 */
export function lockMemory(flags: number = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT): void {
  checked('mlockall', native.lockMemory(flags));
}

export function unlockMemory(): void {
  checked('munlockall', native.lockMemory(0));
}

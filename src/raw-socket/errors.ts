import { constants } from 'node:os';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { native } from './native.js';

/** Those of <asm-generic/errno.h> that os.constants lacks and that a socket or netlink may answer. */
const MORE: readonly (readonly [string, number])[] = [
  ['EPFNOSUPPORT', 96],
  ['ESOCKTNOSUPPORT', 94],
  ['ETOOMANYREFS', 109],
  ['ESHUTDOWN', 108],
  ['EHOSTDOWN', 112],
  ['EREMOTEIO', 121],
  ['EUSERS', 87],
  ['ENONET', 64],
  ['ENOTUNIQ', 76],
  ['ERFKILL', 132],
  ['EKEYREJECTED', 129],
  ['ENOKEY', 126],
];

/** Names by number; the first of two names stays (EAGAIN, not EWOULDBLOCK). */
const names = new Map<number, string>();
for (const [name, number] of [...Object.entries(constants.errno), ...MORE]) {
  if (!names.has(number) && name !== 'EOPNOTSUPP') names.set(number, name);
}
names.set(constants.errno.EOPNOTSUPP, 'EOPNOTSUPP');

/** The name of an errno, as in <errno.h>. */
export const errorName = (errno: number): string => names.get(errno) ?? `errno ${errno}`;

/** A KernelError for a positive errno, with the kernel's own words if it gave any, else libc's. */
export const kernelError = (operation: string, errno: number, words?: string): KernelError =>
  new KernelError(operation, errno, errorName(errno), words || native.errorText(errno));

/** Passes a result of the addon on, or throws its -errno. */
export function checked(operation: string, result: number): number {
  if (result < 0) throw kernelError(operation, -result);
  return result;
}

import { constants } from 'node:os';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { native } from './native.js';

/** What os.constants lacks and a socket or netlink may answer: <asm-generic/errno.h>. */
const MORE = {
  ENONET: 64,
  ENOPKG: 65,
  ENOTUNIQ: 76,
  EBADFD: 77,
  EUSERS: 87,
  ESOCKTNOSUPPORT: 94,
  EPFNOSUPPORT: 96,
  ESHUTDOWN: 108,
  ETOOMANYREFS: 109,
  EHOSTDOWN: 112,
  EREMOTEIO: 121,
  ENOKEY: 126,
  EKEYREJECTED: 129,
  ERFKILL: 132,
  /** Of the kernel's own <linux/errno.h>; some netlink families let it out. */
  ENOTSUPP: 524,
};

/** Of two names for one number the usual one: EAGAIN and EOPNOTSUPP. */
const { EAGAIN, EOPNOTSUPP } = constants.errno;
const names = new Map(
  Object.entries({ ...constants.errno, ...MORE }).map(([name, number]) => [number, name]),
);
names.set(EAGAIN, 'EAGAIN').set(EOPNOTSUPP, 'EOPNOTSUPP');

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

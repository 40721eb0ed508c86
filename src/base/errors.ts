/**
 * The kernel refused something: what we asked, the errno by number and name, and the kernel's own
 * words where it gave any (NLMSGERR_ATTR_MSG of <linux/netlink.h>).
 */
export class KernelError extends Error {
  override readonly name = 'KernelError';
  readonly operation: string;
  readonly errno: number;
  readonly code: string;
  readonly detail: string | undefined;

  constructor(operation: string, errno: number, code: string, detail?: string) {
    super(`${operation}: ${code}${detail ? ` (${detail})` : ''}`);
    this.operation = operation;
    this.errno = errno;
    this.code = code;
    this.detail = detail;
  }
}

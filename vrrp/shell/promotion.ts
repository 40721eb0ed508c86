import type { KernelError } from '@keepalived-ts/base/errors.js';
import { IPV4_DEVCONF_PROMOTE_SECONDARIES, setLink } from '@keepalived-ts/netlink/route/link.js';
import type { Link } from '../core/types.js';
import type { Requests } from './requests.js';

export interface PromotionParts {
  requests: Pick<Requests, 'add'>;
  linkOf(name: string): Link | undefined;
  /** Whether an interface promotes by itself. */
  promotes(name: string): boolean;
  refused(operation: string, error: KernelError): void;
}

/**
 * promote_secondaries of interfaces: without it, a subnet's other addresses go with its first one.
 *
 * Set by netlink, since this thread touches no files. What was off before is off again when it is
 * no longer wanted.
 */
export class Promotion {
  private readonly parts: PromotionParts;
  private wanted: ReadonlySet<string> = new Set();
  /** The interfaces, by number, that we have set. */
  private readonly changed = new Map<string, number>();

  constructor(parts: PromotionParts) {
    this.parts = parts;
  }

  want(interfaces: readonly string[]): void {
    this.wanted = new Set(interfaces);
    for (const name of this.wanted) this.settle(name);
    for (const [name, index] of this.changed) {
      if (this.wanted.has(name)) continue;
      this.changed.delete(name);
      if (this.parts.linkOf(name)?.index === index) this.set(name, index, 0);
    }
  }

  /** An interface changed: it may be a new one. */
  settle(name: string): void {
    const link = this.parts.linkOf(name);
    if (!link || !this.wanted.has(name) || this.parts.promotes(name)) return;
    if (this.changed.get(name) === link.index) return;
    this.changed.set(name, link.index);
    this.set(name, link.index, 1);
  }

  private set(name: string, index: number, value: number): void {
    const request = setLink(index, { inet: { [IPV4_DEVCONF_PROMOTE_SECONDARIES]: value } });
    this.parts.requests.add(request, (outcome) => {
      if (!outcome.ok) this.parts.refused(`promote_secondaries of ${name}`, outcome.error);
    });
  }
}

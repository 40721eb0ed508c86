import type { KernelError } from '@keepalived-ts/base/errors.js';
import { type Link, setLink, settingOf } from '@keepalived-ts/netlink/route/link.js';
import type { Requests } from './requests.js';

export interface LinkSettingsParts {
  /** What they are called where one is refused. */
  what: string;
  /** The values wanted, by their IPV4_DEVCONF_* number. */
  values: Readonly<Record<number, number>>;
  requests: Pick<Requests, 'add'>;
  kernelLink(name: string): Link | undefined;
  refused(operation: string, error: KernelError): void;
}

interface Changed {
  index: number;
  former: Readonly<Record<number, number>>;
}

/**
 * Settings of IPv4 that interfaces have for as long as they are wanted there.
 *
 * Set by netlink, since this thread touches no files. What was otherwise before is so again when
 * it is no longer wanted.
 */
export class LinkSettings {
  private readonly parts: LinkSettingsParts;
  private wanted: ReadonlySet<string> = new Set();
  /** What we have set, by the name of the interface. */
  private readonly changed = new Map<string, Changed>();

  constructor(parts: LinkSettingsParts) {
    this.parts = parts;
  }

  want(interfaces: readonly string[]): void {
    this.wanted = new Set(interfaces);
    for (const name of this.wanted) this.settle(name);
    for (const [name, { index, former }] of this.changed) {
      if (this.wanted.has(name)) continue;
      this.changed.delete(name);
      if (this.parts.kernelLink(name)?.index === index) this.set(name, index, former);
    }
  }

  /** An interface changed: it may be a new one. */
  settle(name: string): void {
    const link = this.parts.kernelLink(name);
    if (!link || !this.wanted.has(name) || this.changed.get(name)?.index === link.index) return;
    const different = Object.entries(this.parts.values).flatMap(([key, value]) => {
      const number = Number(key);
      const now = settingOf(link, number) ?? 0;
      return now === value ? [] : [{ number, value, now }];
    });
    if (different.length === 0) return;
    const former = Object.fromEntries(different.map(({ number, now }) => [number, now]));
    this.changed.set(name, { index: link.index, former });
    const values = Object.fromEntries(different.map(({ number, value }) => [number, value]));
    this.set(name, link.index, values);
  }

  private set(name: string, index: number, inet: Readonly<Record<number, number>>): void {
    this.parts.requests.add(setLink(index, { inet }), (outcome) => {
      if (!outcome.ok) this.parts.refused(`${this.parts.what} of ${name}`, outcome.error);
    });
  }
}

import type { KernelError } from '@keepalived-ts/base/errors.js';
import { type Link, setLink, settingOf } from '@keepalived-ts/netlink/route/link.js';
import type { Heirloom } from '#src/ipc/heirloom.js';
import type { FormerSettings } from '#src/ipc/messages.js';
import type { Requests } from './requests.js';

type Values = Readonly<Record<number, number>>;

export interface LinkSettingsParts {
  /** What they are called where one is refused. */
  what: string;
  /** The values wanted, by their IPV4_DEVCONF_* number. */
  values: Values;
  heirloom: Heirloom<FormerSettings>;
  requests: Pick<Requests, 'add'>;
  kernelLink(name: string): Link | undefined;
  refused(operation: string, error: KernelError): void;
}

/**
 * Settings of IPv4 that interfaces have for as long as they are wanted there.
 *
 * Set by netlink, since this thread touches no files. What was otherwise before is so again when
 * it is no longer wanted, also where a thread that died has set it.
 */
export class LinkSettings {
  private readonly parts: LinkSettingsParts;
  private wanted: ReadonlySet<string> = new Set();
  /** What was, where we have set something else. */
  private readonly changed: Map<string, { index: number; former: Values }>;
  /** What a thread that died has set, or was about to. */
  private readonly inherited: Set<string>;

  constructor(parts: LinkSettingsParts) {
    this.parts = parts;
    this.changed = new Map(parts.heirloom.found);
    this.inherited = new Set(this.changed.keys());
  }

  want(interfaces: readonly string[]): void {
    this.wanted = new Set(interfaces);
    for (const name of this.wanted) this.settle(name);
    const unwanted = [...this.changed].filter(([name]) => !this.wanted.has(name));
    for (const [name, { index, former }] of unwanted) {
      this.changed.delete(name);
      if (this.parts.kernelLink(name)?.index === index) this.set(name, index, former);
    }
    if (unwanted.length > 0) this.leave();
  }

  /** An interface changed: it may be a new one. */
  settle(name: string): void {
    const link = this.parts.kernelLink(name);
    if (!link || !this.wanted.has(name)) return;
    const known = this.changed.get(name);
    const isKnown = known?.index === link.index;
    if (isKnown && !this.inherited.delete(name)) return;
    const different = Object.entries(this.parts.values).flatMap(([key, value]) => {
      const number = Number(key);
      const now = settingOf(link, number) ?? 0;
      return now === value ? [] : [{ number, value, now }];
    });
    if (different.length === 0) return;
    const found = Object.fromEntries(different.map(({ number, now }) => [number, now]));
    this.changed.set(name, {
      index: link.index,
      former: { ...found, ...(isKnown && known.former) },
    });
    this.leave();
    const values = Object.fromEntries(different.map(({ number, value }) => [number, value]));
    this.set(name, link.index, values);
  }

  private leave(): void {
    this.parts.heirloom.leave(this.changed.size > 0 ? new Map(this.changed) : undefined);
  }

  private set(name: string, index: number, inet: Values): void {
    this.parts.requests.add(setLink(index, { inet }), (outcome) => {
      if (!outcome.ok) this.parts.refused(`${this.parts.what} of ${name}`, outcome.error);
    });
  }
}

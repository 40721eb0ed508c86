import { KernelError } from '@keepalived-ts/base/errors.js';
import type { Outcome } from '@keepalived-ts/netlink/client.js';
import { entryKey } from '../core/entries.js';
import type { PlannedRoute, PlannedRule } from '../core/planned.js';
import type { EntryKind } from './entry-kinds.js';
import type { Requests } from './requests.js';

/** How often an entry is tried again that the kernel refused. */
const RETRY_MS = 1_000;
/** Answers to a removal that say that there was nothing to remove. */
const GONE: readonly string[] = ['ESRCH', 'ENOENT', 'ENODEV'];

export interface EntriesParts<P> {
  requests: Pick<Requests, 'add' | 'flush'>;
  /** The kernel refused an entry of an instance, or its removal. */
  refused(instance: string, operation: string, error: KernelError): void;
  /** Somebody else removed a tracked entry. */
  lost(instance: string, entry: P): void;
}

interface Held<P, V> {
  entry: P;
  /** Who wants it; with the last one it goes. */
  owners: Set<string>;
  /** As the kernel was last asked for it. */
  value: V | undefined;
  state: 'asked' | 'there' | 'refused' | 'taken';
  /** Why it was refused, so that the same is not said every second. */
  reason: string;
}

/**
 * The routes, or the rules, that routers have put into the kernel.
 *
 * What the kernel refuses is told once and tried again every second while it is wanted. Nothing is
 * removed that somebody else has set: what equals it in all but its protocol is another entry for
 * the kernel, and one that was refused is not ours.
 */
export class Entries<P extends PlannedRoute | PlannedRule, V> {
  private readonly kind: EntryKind<P, V>;
  private readonly parts: EntriesParts<P>;
  private readonly held = new Map<string, Held<P, V>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(kind: EntryKind<P, V>, parts: EntriesParts<P>) {
    this.kind = kind;
    this.parts = parts;
  }

  add(instance: string, entries: readonly P[]): void {
    for (const entry of entries) {
      const key = entryKey(entry);
      const held: Held<P, V> = this.held.get(key) ?? {
        entry,
        owners: new Set(),
        value: undefined,
        state: 'asked',
        reason: '',
      };
      held.owners.add(instance);
      held.entry = entry;
      this.held.set(key, held);
      this.ask(held);
    }
  }

  remove(instance: string, entries: readonly P[]): void {
    for (const entry of entries) {
      const key = entryKey(entry);
      const held = this.held.get(key);
      if (!held) {
        this.clear(entry);
        continue;
      }
      held.owners.delete(instance);
      if (held.owners.size > 0) continue;
      this.held.delete(key);
      if (held.value === undefined || held.state === 'refused' || held.state === 'taken') continue;
      const operation = `remove ${this.kind.text(entry)}`;
      this.parts.requests.add(this.kind.remove(held.value), (outcome) => {
        if (outcome.ok || GONE.includes(outcome.error.code)) return;
        this.parts.refused(instance, operation, outcome.error);
      });
    }
  }

  /** The kernel drops routes without a word when an interface goes down: all are set again. */
  restore(): void {
    for (const held of this.held.values()) if (held.state === 'there') this.ask(held);
  }

  /** Told by the kernel that one is gone, by somebody else's doing. */
  gone(told: V): void {
    for (const held of this.held.values()) {
      if (held.value !== undefined && this.kind.isSame(held.value, told)) this.take(held);
    }
  }

  /** Reads all that the kernel has: what is missing of ours has been removed. */
  async compare(read: () => Promise<readonly V[]>): Promise<void> {
    const before = [...this.held].filter(([, held]) => held.state === 'there');
    const all = await read();
    for (const [key, held] of before) {
      const { value } = held;
      if (value === undefined || this.held.get(key) !== held) continue;
      if (!all.some((told) => this.kind.isSame(value, told))) this.take(held);
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.held.clear();
  }

  /** Nobody minds an untracked one: it is set again with the next interface that comes. */
  private take(held: Held<P, V>): void {
    if (held.state !== 'there' || !held.entry.tracked) return;
    held.state = 'taken';
    for (const owner of [...held.owners]) this.parts.lost(owner, held.entry);
  }

  /** What nobody holds here may be left of a crashed run. */
  private clear(entry: P): void {
    if (this.kind.isForeign(entry)) return;
    const value = this.valueOf(entry);
    if (!(value instanceof KernelError))
      this.parts.requests.add(this.kind.remove(value), () => undefined);
  }

  private ask(held: Held<P, V>): void {
    const value = this.valueOf(held.entry);
    if (value instanceof KernelError) {
      this.refuse(held, value);
      return;
    }
    if (held.state !== 'there') held.state = 'asked';
    held.value = value;
    this.parts.requests.add(this.kind.add(value, held.entry), (outcome) =>
      this.answer(held, outcome),
    );
  }

  private valueOf(entry: P): V | KernelError {
    try {
      return this.kind.value(entry);
    } catch (error) {
      if (error instanceof KernelError) return error;
      throw error;
    }
  }

  private answer(held: Held<P, V>, outcome: Outcome): void {
    if (this.held.get(entryKey(held.entry)) !== held) return;
    const isThere = held.state === 'there' || this.kind.isAdopted(held.entry);
    if (outcome.ok || (isThere && outcome.error.code === 'EEXIST')) held.state = 'there';
    else this.refuse(held, outcome.error);
  }

  private refuse(held: Held<P, V>, error: KernelError): void {
    const isNews = held.reason !== error.message;
    held.state = 'refused';
    held.reason = error.message;
    this.timer ??= setTimeout(() => this.retry(), RETRY_MS);
    if (!isNews) return;
    const operation = `add ${this.kind.text(held.entry)}`;
    for (const owner of [...held.owners]) this.parts.refused(owner, operation, error);
  }

  private retry(): void {
    this.timer = undefined;
    for (const held of this.held.values()) if (held.state === 'refused') this.ask(held);
    void this.parts.requests.flush();
  }
}

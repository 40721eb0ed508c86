import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';
import { nearest } from './nearest.js';

interface Mention {
  value: unknown;
  /** The list the value stands in; an unknown name is taken out of it. */
  from: unknown[];
  at: Span;
  /** The block that mentions it, as messages name it. */
  owner: string;
  keyword: string;
}

type Entry =
  | { kind: 'declared'; block: string; name: string; isLeftOut: boolean }
  | ({ kind: 'mentioned'; mention: Mention } & Named);

interface Named {
  block: string;
  field: string;
  /** An unknown name goes, and the value stays; otherwise the value goes. */
  isOptional: boolean;
}

/**
 * The names that a configuration declares and mentions, in the order they stand in.
 *
 * Order matters: a `track_script` finds only a `vrrp_script` above it (config-language §4).
 */
export class LinkBook {
  private readonly entries: Entry[] = [];

  /** `isLeftOut`: for want of something. Who names it is not told off, and goes without it. */
  declare(block: string, name: string, isLeftOut = false): void {
    this.entries.push({ kind: 'declared', block, name, isLeftOut });
  }

  mention(names: Named, mention: Mention): void {
    if (names.isOptional && fieldsOf(mention.value)[names.field] === undefined) return;
    this.entries.push({ kind: 'mentioned', ...names, mention });
  }

  /** Takes out every mention of a name that was not declared before it, and says so. */
  resolve(report: Report): void {
    const later = new Set(
      this.entries.flatMap((e) => (e.kind === 'declared' ? [keyOf(e.block, e.name)] : [])),
    );
    const known = new Map<string, Extract<Entry, { kind: 'declared' }>>();
    for (const entry of this.entries) {
      if (entry.kind === 'declared') {
        const key = keyOf(entry.block, entry.name);
        if (known.get(key)?.isLeftOut ?? true) known.set(key, entry);
        continue;
      }
      const { block, field, mention, isOptional } = entry;
      const name = String(fieldsOf(mention.value)[field]);
      const declared = known.get(keyOf(block, name));
      if (declared && !declared.isLeftOut) continue;
      if (isOptional) fieldsOf(mention.value)[field] = undefined;
      else mention.from.splice(mention.from.indexOf(mention.value), 1);
      if (declared) continue;
      report({
        severity: 'error',
        class: 'general',
        message:
          `${mention.owner} ${isOptional ? field : mention.keyword.replace('_', ' ')} ${name} not found, ignoring...`.trim(),
        hint: this.hintFor(block, name, later.has(keyOf(block, name))),
        at: mention.at,
      });
    }
  }

  private hintFor(block: string, name: string, isLater: boolean): string {
    if (isLater) return `the ${block} must stand before the block that names it`;
    const there = this.entries.flatMap((e) =>
      e.kind === 'declared' && e.block === block ? [e.name] : [],
    );
    // Looking through very many names for each of very many mistakes would take its time.
    const meant = there.length > MOST_NAMES ? undefined : nearest(name, there);
    const end = meant === undefined ? '' : `; did you mean '${meant}'?`;
    return `there is no ${block} '${name}'${end}`;
  }
}

const MOST_NAMES = 200;

const fieldsOf = (value: unknown) => value as Record<string, unknown>;
const keyOf = (block: string, name: string): string => `${block} ${name}`;

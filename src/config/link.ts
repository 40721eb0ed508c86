import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';

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
  | { kind: 'declared'; block: string; name: string }
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

  declare(block: string, name: string): void {
    this.entries.push({ kind: 'declared', block, name });
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
    const known = new Set<string>();
    for (const entry of this.entries) {
      if (entry.kind === 'declared') {
        known.add(keyOf(entry.block, entry.name));
        continue;
      }
      const { block, field, mention, isOptional } = entry;
      const name = String(fieldsOf(mention.value)[field]);
      if (known.has(keyOf(block, name))) continue;
      if (isOptional) fieldsOf(mention.value)[field] = undefined;
      else mention.from.splice(mention.from.indexOf(mention.value), 1);
      report({
        severity: 'error',
        class: 'general',
        message:
          `${mention.owner} ${isOptional ? field : mention.keyword.replace('_', ' ')} ${name} not found, ignoring...`.trim(),
        hint: later.has(keyOf(block, name))
          ? `the ${block} must stand before the block that names it`
          : `there is no ${block} '${name}'`,
        at: mention.at,
      });
    }
  }
}

const fieldsOf = (value: unknown) => value as Record<string, unknown>;
const keyOf = (block: string, name: string): string => `${block} ${name}`;

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
  | { kind: 'mentioned'; block: string; field: string; mention: Mention };

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

  mention(names: { block: string; field: string }, mention: Mention): void {
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
      const { block, field, mention } = entry;
      const name = String((mention.value as Record<string, unknown>)[field]);
      if (known.has(keyOf(block, name))) continue;
      mention.from.splice(mention.from.indexOf(mention.value), 1);
      report({
        severity: 'error',
        class: 'general',
        message:
          `${mention.owner} ${mention.keyword.replace('_', ' ')} ${name} not found, ignoring...`.trim(),
        hint: later.has(keyOf(block, name))
          ? `the ${block} must stand before the block that names it`
          : `there is no ${block} '${name}'`,
        at: mention.at,
      });
    }
  }
}

const keyOf = (block: string, name: string): string => `${block} ${name}`;

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Samples of one figure, ours and Debian's keepalived's, taken in the same run. */
export interface Figure {
  name: string;
  unit: string;
  ours: number[];
  keepalived: number[];
}

export const median = (samples: readonly number[]): number => {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
};

const digits = (n: number): string => (Math.abs(n) >= 100 ? n.toFixed(0) : n.toFixed(2));

const spread = (samples: readonly number[]): string =>
  samples.length === 0
    ? '-'
    : `${digits(median(samples))} (${digits(Math.min(...samples))}-${digits(Math.max(...samples))})`;

/** Prints the figures as a table and writes them as JSON into bench-results/. */
export function report(name: string, figures: readonly Figure[]): void {
  const rows = figures.map(({ name, unit, ours, keepalived }) => [
    `${name} [${unit}]`,
    spread(ours),
    spread(keepalived),
    (median(ours) / median(keepalived)).toFixed(2),
    String(ours.length),
  ]);
  const head = ['median (min-max)', 'ours', 'keepalived', 'ratio', 'n'];
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((r) => (r[i] ?? '').length)));
  const line = (cells: string[]): string =>
    cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  console.log(`\n${[line(head), ...rows.map(line)].join('\n')}\n`);
  const folder = fileURLToPath(new URL('../../bench-results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const summary = figures.map((f) => ({
    ...f,
    median: { ours: median(f.ours), keepalived: median(f.keepalived) },
    ratio: median(f.ours) / median(f.keepalived),
  }));
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(summary, null, 2)}\n`);
}

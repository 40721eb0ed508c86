import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { manual } from '#src/config/reference/manual.js';
import { chapters } from '#src/daemon/chapters.js';
import { introduction, preprocessing, scripts } from '#src/daemon/manual-text.js';
import { loadText } from '#test/support/config.js';
import { places } from '#test/support/language.js';

const file = fileURLToPath(new URL('../../../docs/keywords.md', import.meta.url));
const text = manual(places, chapters);

describe('docs/keywords.md', () => {
  it('is fresh (npm run accept rewrites it)', async () => {
    await expect(text).toMatchFileSnapshot(file);
  });

  it('has every keyword in its index', () => {
    const index = text.slice(text.indexOf('## Index'));
    const named = places.flatMap(({ keywords }) => keywords.filter(({ isNamed }) => isNamed));
    const missing = named.filter(({ name }) => !index.includes(`\n- \`${name}\`: `));
    expect(missing.map(({ block, name }) => `${block}/${name}`)).toEqual([]);
  });

  it('links to places that exist', () => {
    const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map((m) => m[1]));
    for (const [, title = ''] of text.matchAll(/^#+ ([^<\n]+)$/gm)) {
      anchors.add(
        title
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      );
    }
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map((m) => m[1] ?? '');
    expect(links.length).toBeGreaterThan(500);
    const dead = links.filter((link) =>
      link.startsWith('#') ? !anchors.has(link.slice(1)) : !existsSync(join(dirname(file), link)),
    );
    expect([...new Set(dead)]).toEqual([]);
  });

  it('shows configurations that are read without a mistake', () => {
    const shown = [introduction, preprocessing, scripts].flatMap((part) =>
      [...part.matchAll(/^```\n(.*?)^```$/gms)].map((m) => m[1] ?? ''),
    );
    expect(shown.length).toBeGreaterThan(1);
    for (const conf of shown) expect(loadText(conf).diagnostics).toEqual([]);
    const { vrrp_instance, virtual_server } = loadText(shown[0] ?? '').config;
    expect(vrrp_instance.map(({ priority }) => priority)).toEqual([100]);
    expect(virtual_server[0]?.real_server.map(({ server }) => server.address)).toEqual([
      '10.0.0.11',
      '10.0.0.12',
      '10.0.0.13',
    ]);
  });

  it('has no anchor twice', () => {
    const ids = [...text.matchAll(/<a id="([^"]+)">/g)].map((m) => m[1]);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});

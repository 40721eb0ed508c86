import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dumpJson } from '#src/config/dump-json.js';
import { isUsable } from '#src/config/exit-code.js';
import { run } from '#src/daemon/commands/schema.js';
import { root, tablesOf } from '#src/daemon/root.js';
import { checkers, loadText } from '#test/support/config.js';
import { runs } from '#test/support/fuzz.js';
import { violations } from '#test/support/json-schema.js';
import { anyConfiguration, normalFormOf } from '#test/support/normal-form.js';

const { out = '' } = await run({ options: {}, operands: [] });
const schema: unknown = JSON.parse(out);

describe('configurations of every keyword', () => {
  it('have a normal form that, read again, is equal', () =>
    fc.assert(
      fc.property(anyConfiguration, (text) => void normalFormOf(text)),
      runs(800),
    ));

  it('have a dump in JSON that the schema describes', () =>
    fc.assert(
      fc.property(anyConfiguration, (text) => {
        const { config, diagnostics } = loadText(text);
        if (!isUsable(diagnostics)) return;
        const json = dumpJson(root, config, tablesOf(checkers));
        expect(violations(schema, JSON.parse(JSON.stringify(json)))).toEqual([]);
      }),
      runs(300),
    ));
});

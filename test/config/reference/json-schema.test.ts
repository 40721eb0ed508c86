import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dumpJson } from '#src/config/dump-json.js';
import { isUsable } from '#src/config/exit-code.js';
import { run } from '#src/daemon/commands/schema.js';
import { root, tablesOf } from '#src/daemon/root.js';
import { checkers, loadText } from '#test/support/config.js';
import { violations } from '#test/support/json-schema.js';

const folder = fileURLToPath(new URL('../../..', import.meta.url));
const { out: printed = '' } = await run({ options: {}, operands: [] });
const schema: unknown = JSON.parse(printed);

const filesIn = (path: string): string[] =>
  existsSync(join(folder, path))
    ? readdirSync(join(folder, path)).flatMap((f) => (f.endsWith('.conf') ? [join(path, f)] : []))
    : [];
/** Files of the public, where they lie beside the checkout. */
const corpus = filesIn('../shared/corpus');

const jsonOf = (text: string): unknown =>
  JSON.parse(JSON.stringify(dumpJson(root, loadText(text).config, tablesOf(checkers))));

describe('docs/keepalived.schema.json', () => {
  it('is fresh (npm run accept rewrites it)', async () => {
    await expect(printed).toMatchFileSnapshot(join(folder, 'docs/keepalived.schema.json'));
  });

  const examples = [...filesIn('examples/conf'), ...filesIn('examples/tour')];
  /** A configuration that nothing can run by is not dumped. */
  const wrongIn = (file: string): string[] => {
    const text = readFileSync(join(folder, file), 'utf8');
    if (!isUsable(loadText(text).diagnostics)) return [];
    return violations(schema, jsonOf(text)).map((complaint) => `${file} ${complaint}`);
  };

  it('describes the dump of every example', () => {
    expect(examples.length).toBeGreaterThan(8);
    expect(examples.flatMap(wrongIn)).toEqual([]);
  });

  it.skipIf(corpus.length === 0)('describes the dump of every file of ../shared/corpus', () => {
    expect(corpus.flatMap(wrongIn)).toEqual([]);
  });

  it('finds what is wrong', () => {
    const instance = 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 51\n}\n';
    const dump = jsonOf(instance) as { vrrp_instance: [Record<string, unknown>] };
    expect(violations(schema, dump)).toEqual([]);
    const [first] = dump.vrrp_instance;
    first.priority = 256;
    first.advert_int = '1';
    first.unheard_of = true;
    delete first.name;
    expect(violations(schema, dump).toSorted()).toEqual([
      '$.vrrp_instance[0].advert_int: "1" is no number',
      '$.vrrp_instance[0].priority: 256 > 255',
      '$.vrrp_instance[0]: no name',
      '$.vrrp_instance[0]: unheard_of is not in the schema',
    ]);
  });
});

describe('the JSON of a configuration', () => {
  const text = `vrrp_instance V {
  interface eth0
  virtual_router_id 51
  advert_int 0.25
  authentication {
    auth_type PASS
    auth_pass s3cret
  }
  virtual_ipaddress {
    10.0.0.1/24 label eth0:1
  }
}
virtual_server 10.0.0.1 80 {
  real_server 10.0.0.2 80 {
    TCP_CHECK {
      connect_port 81
    }
  }
}
`;

  it('has numbers as numbers, times in seconds, addresses as objects, and names checkers', () => {
    expect(jsonOf(text)).toMatchObject({
      vrrp_instance: [
        {
          name: 'V',
          virtual_router_id: 51,
          advert_int: 0.25,
          nopreempt: false,
          virtual_ipaddress: [{ address: '10.0.0.1', prefix: 24, label: 'eth0:1' }],
        },
      ],
      virtual_server: [
        { real_server: [{ checkers: [{ keyword: 'TCP_CHECK', connect_port: 81 }] }] },
      ],
    });
  });

  it('keeps secrets unless it is asked for them', () => {
    const { config } = loadText(text);
    const passOf = (secrets: boolean): unknown =>
      (
        dumpJson(root, config, tablesOf(checkers), { secrets }).vrrp_instance as {
          authentication: { auth_pass: string };
        }[]
      )[0]?.authentication.auth_pass;
    expect(passOf(false)).toBe('***');
    expect(passOf(true)).toBe('s3cret');
  });
});

import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { expect, test } from 'vitest';
import { unknownMailServer } from '#src/daemon/mail-server.js';
import { loadText } from '#test/support/config.js';

async function saidOf(host: string): Promise<Diagnostic[]> {
  const said: Diagnostic[] = [];
  const { config } = loadText(`global_defs {\n  smtp_server ${host}\n}\n`);
  await unknownMailServer(config, (diagnostic) => said.push(diagnostic));
  return said;
}

test('a mail server that cannot be looked up is told of at its line (RFC 6761: .invalid)', async () => {
  expect(await saidOf('mail.invalid 587')).toMatchObject([
    { severity: 'error', message: 'Invalid smtp server mail.invalid 587', at: { line: 2 } },
  ]);
});

test.each(['192.0.2.25', '2001:db8::25', 'localhost'])('%s is known', async (host) => {
  expect(await saidOf(host)).toEqual([]);
});

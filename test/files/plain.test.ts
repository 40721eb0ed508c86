import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mailSettings } from '#src/daemon/mail-settings.js';
import { tlsCredentials } from '#src/daemon/tls-files.js';
import { loadText } from '../support/config.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plain-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('certificates are not read from a pipe, which may keep the daemon waiting for ever', async () => {
  const fifo = join(folder, 'fifo');
  spawnSync('mkfifo', [fifo]);
  // Whoever waits for it all the same fails, and does not hang.
  const writer = spawn('sh', ['-c', 'while sleep 1; do echo >"$1"; done', 'sh', fifo]);
  const { config } = loadText(`
    global_defs {
      smtp_server 192.0.2.1
      notification_email { a@example.com }
      smtp_tls_ca ${fifo}
    }
    SSL { ca ${fifo} }`);
  const said: string[] = [];
  const report = ({ message }: { message: string }): void => void said.push(message);
  mailSettings(config.global_defs, report);
  await tlsCredentials(config.SSL, report);
  writer.kill();
  expect(said).toEqual([
    `smtp_tls_ca: ${fifo} is not a regular file`,
    `SSL: ${fifo} is not a regular file - SSL_GET will show no certificate`,
  ]);
});

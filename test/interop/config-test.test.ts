import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const KEEPALIVED = ['/usr/sbin/keepalived', '/usr/local/sbin/keepalived'].find(existsSync);
const isRoot = process.getuid?.() === 0;
const OURS = join(import.meta.dirname, '../../dist/src/daemon/cli.js');

const missing = [
  ...(KEEPALIVED === undefined ? ['keepalived is not installed'] : []),
  ...(isRoot ? [] : ['not root']),
];

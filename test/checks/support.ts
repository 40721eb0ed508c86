import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { milliseconds } from '@keepalived-ts/base/time.js';
import type { Target } from '#checks/core/define-checker.js';

export const nowhere: Span = { file: 'test', line: 1, column: 1, length: 1 };

/** A target on loopback, asked for at most `patience` milliseconds. */
export const loopback = (port: number, patience = 500): Target => ({
  address: ip('127.0.0.1'),
  port,
  bindTo: undefined,
  bindPort: undefined,
  connectTimeout: milliseconds(patience),
});

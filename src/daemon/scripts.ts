import type { Report } from '@keepalived-ts/base/diagnostics.js';
import type { Accounts } from '#src/notify/accounts.js';
import type { Config } from './root.js';

export function secured(config: Config, _accounts: Accounts, _report: Report): Config {
  return config;
}

import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { checkerTraps } from '#checks/traps/checkers.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import { serviceTraps, syncTraps } from '#lvs/traps/services.js';
import { advise, type Explanation, type Traps } from '#src/config/traps.js';
import { addressTraps } from '#vrrp/traps/addresses.js';
import { authenticationTraps } from '#vrrp/traps/authentication.js';
import { electionTraps } from '#vrrp/traps/election.js';
import { scriptTraps } from '#vrrp/traps/scripts.js';
import { syncGroupTraps } from '#vrrp/traps/sync-groups.js';
import { mailTraps } from './mail-traps.js';
import { readableSecretRemark } from './readable-secrets.js';
import { remarks } from './remarks.js';
import type { Config } from './root.js';

/** Those that look at the configuration as a whole. */
const traps: Traps<Config> = {
  ...electionTraps,
  ...authenticationTraps,
  ...addressTraps,
  ...scriptTraps,
  ...syncGroupTraps,
  ...syncTraps,
};

/** Those that a virtual server is caught in alone. */
const trapsOfService: Traps<VirtualServerConfig> = { ...serviceTraps, ...checkerTraps };

/** Every code that a diagnostic may have. */
export const explanations: Readonly<Record<string, Explanation>> = {
  ...traps,
  ...trapsOfService,
  ...mailTraps,
  ...readableSecretRemark,
  ...remarks,
};

/** Advice on what keepalived lets pass; it sees the configuration as it was written. */
export function advice(config: Config, report: Report): void {
  advise(traps, [config], report);
  advise(trapsOfService, config.virtual_server, report);
  advise(mailTraps, [config], report);
}

import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { checkerTraps } from '#checks/traps/checkers.js';
import { serviceTraps } from '#lvs/traps/services.js';
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

/** Every trap there is, those of the parts and those that concern several. */
export const traps: Traps<Config> = {
  ...electionTraps,
  ...authenticationTraps,
  ...addressTraps,
  ...scriptTraps,
  ...syncGroupTraps,
  ...serviceTraps,
  ...checkerTraps,
  ...mailTraps,
};

/** Every code that a diagnostic may have. */
export const explanations: Readonly<Record<string, Explanation>> = {
  ...traps,
  ...readableSecretRemark,
  ...remarks,
};

/** Advice on what keepalived lets pass; it sees the configuration as it was written. */
export const advice = (config: Config, report: Report): void => advise(traps, config, report);

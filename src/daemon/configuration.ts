import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Diagnostic, Report } from '@keepalived-ts/base/diagnostics.js';
import type { Checkers } from '#checks/core/define-checker.js';
import {
  type CheckConfig,
  type CheckPlan,
  examineChecks,
  planChecks,
  type TlsCredentials,
} from '#checks/core/plan.js';
import { checkerBlocks, loadCheckers } from '#checks/shell/registry.js';
import { planSync, type SyncPlan } from '#lvs/core/sync-daemons.js';
import { Collector } from '#src/config/collector.js';
import { systemFiles, systemSurroundings } from '#src/config/files.js';
import { inOrder } from '#src/config/in-order.js';
import { Accounts } from '#src/notify/accounts.js';
import { privateFile } from '#src/notify/private-file.js';
import { systemFacts } from '#src/notify/system-facts.js';
import { planVrrp } from '#vrrp/core/plan.js';
import { isEmpty } from '#vrrp/core/statics.js';
import type { VrrpPlan } from '#vrrp/core/types.js';
import type { TrackFileConfig } from '#vrrp/keywords/track-file.js';
import type { Settings } from './command-line.js';
import type { Compared } from './config-diff.js';
import { withHmacKeys } from './hmac-keys.js';
import { missingInterfaces, presentInterfaces } from './interfaces.js';
import { comesTo, loadConfiguration } from './load.js';
import { type NotifySettings, notifySettings } from './notify-settings.js';
import { systemNumbers } from './number-names.js';
import { pidFolder } from './pid-files.js';
import {
  type Identity,
  identityOf,
  type ProcessSettings,
  processSettings,
} from './process-settings.js';
import { readableSecrets } from './readable-secrets.js';
import { type ReloadSettings, reloadSettings } from './reload-settings.js';
import { secured } from './scripts.js';
import type { Plans } from './supervisor.js';
import { tlsCredentials } from './tls-files.js';
import { advice } from './traps.js';

/** A configuration ready to be used, and everything that is to be said about it. */
export interface Prepared<V = VrrpPlan, C = CheckPlan> {
  plans: Plans<V, C>;
  notify: NotifySettings;
  sync: SyncPlan | undefined;
  accounts: Accounts;
  /** What a reload compares this configuration with another by. */
  compared: Compared;
  reload: ReloadSettings;
  /** What the files of the `SSL` block hold: other certificates in the same files are a change. */
  credentials: TlsCredentials | undefined;
  /** Files to be made, if need be, before somebody looks at them. */
  trackFiles: readonly TrackFileConfig[];
  identity: Identity;
  process: ProcessSettings;
  diagnostics: readonly Diagnostic[];
  /** The text of the files read, for diagnostics that quote them. */
  texts: ReadonlyMap<string, string>;
}

/** Makes a plan of the checks, or looks for mistakes only; tells how many services there are. */
type Planner<C> = (
  config: CheckConfig,
  report: Report,
  checkers: Checkers,
) => { plan: C; services: number };

/** Reads the configuration and settles it, through all stages up to the plans of the workers. */
export const prepare = (
  file: string,
  settings: Settings,
  identified?: (identity: Identity) => void,
): Promise<Prepared> =>
  settle(
    file,
    settings,
    (...given) => {
      const plan = planChecks(...given);
      return { plan, services: plan.services.length };
    },
    identified,
  );

/** Finds the same mistakes, and makes no plan of checks, which would take a third of the memory. */
export const examine = (file: string, settings: Settings): Promise<Prepared<VrrpPlan, undefined>> =>
  settle(file, settings, (...given) => ({ plan: undefined, services: examineChecks(...given) }));

/** `identified` is told who we are before anything is looked at that depends on it: interfaces. */
async function settle<C>(
  file: string,
  settings: Settings,
  planner: Planner<C>,
  identified?: (identity: Identity) => void,
): Promise<Prepared<VrrpPlan, C>> {
  const checkers = await loadCheckers();
  const blocks = checkerBlocks(checkers);
  const loaded = loadConfiguration(file, {
    files: systemFiles,
    checkers: blocks,
    surroundings: systemSurroundings(settings.configId),
    numberOf: systemNumbers(),
    checksIncludes: settings.checksIncludes,
    hasNamespace: (name) => existsSync(join('/run/netns', name)),
  });
  const collector = new Collector(loaded.diagnostics);
  // Compat: what is found when all is read is not looked for when reading has ended early.
  const report = (diagnostic: Diagnostic): void =>
    collector.report(comesTo(loaded, diagnostic) ? diagnostic : { unread: true, ...diagnostic });
  // Compat: keepalived names no line for what it finds when all is read.
  const reportOfBlock = (diagnostic: Diagnostic): void => report({ ofBlock: true, ...diagnostic });
  const { global_defs } = loaded.config;
  const identity = identityOf(loaded.config, settings);
  identified?.(identity);
  const self = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  const { script_user } = global_defs;
  const words = script_user && [
    script_user.user,
    ...(script_user.group ? [script_user.group] : []),
  ];
  const accounts = new Accounts(words, self);
  const path = (process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin').split(':');
  const skipsVrrp = missingInterfaces(loaded.config, presentInterfaces(), report);
  const rules = { accounts, path, look: systemFacts, skipsVrrp };
  const config = secured(loaded.config, rules, reportOfBlock);
  const tls = await tlsCredentials(config.SSL, report);
  const keyed = withHmacKeys(config, privateFile, reportOfBlock);
  const vrrp = planVrrp(keyed, reportOfBlock);
  const check = planner({ ...keyed, tls }, reportOfBlock, checkers);
  advice(loaded.config, report);
  readableSecrets(loaded.config, modeOf, report);
  const wants = settings.parts;
  const hasWork = vrrp.instances.length > 0 || !isEmpty(vrrp.statics);
  const runsChecks = wants.check && (wants.always || check.services > 0);
  const plans = {
    vrrp: wants.vrrp && (wants.always || hasWork) ? vrrp : undefined,
    check: runsChecks ? check.plan : undefined,
  };
  const parts = { vrrp: plans.vrrp !== undefined, lvs: runsChecks };
  const runs = { instances: plans.vrrp?.instances ?? [], services: parts.lvs };
  return {
    plans,
    notify: notifySettings(config, accounts, parts, report),
    sync: planSync(config, runs, reportOfBlock),
    accounts,
    // With its keys: a reload with another one in the same file is one that changes something.
    compared: { config: keyed, vrrp, checkers: blocks },
    reload: reloadSettings(global_defs, pidFolder(identity)),
    credentials: tls,
    trackFiles: config.track_file,
    identity,
    process: processSettings(loaded.config, settings),
    diagnostics: inOrder(collector.all(), loaded.texts),
    texts: loaded.texts,
  };
}

/** The mode of a file that is in use: what lies elsewhere than in /etc is a draft or a copy. */
const modeOf = (file: string): number | undefined =>
  resolve(file).startsWith('/etc/') ? statSync(file, { throwIfNoEntry: false })?.mode : undefined;

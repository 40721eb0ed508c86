import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';
import type { RealServerConfig } from '#lvs/keywords/real-server.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import { endOf, placeOf } from '#src/config/places.js';
import type { ScriptCommand } from '#src/config/script-value.js';
import type { Accounts } from '#src/notify/accounts.js';
import { examine, type Look } from '#src/notify/examine.js';
import { needsBash, redirection, shellWord } from '#src/notify/shell.js';
import { settleCheckers } from './check-scripts.js';
import type { Config } from './root.js';

const instanceScripts = [
  'notify',
  'notify_master',
  'notify_backup',
  'notify_fault',
  'notify_stop',
] as const;
const ownScripts = [...instanceScripts, 'notify_master_rx_lower_pri'] as const;
const globalScripts = [
  'notify_fifo_script',
  'vrrp_notify_fifo_script',
  'lvs_notify_fifo_script',
  'startup_script',
  'shutdown_script',
] as const;
const serviceScripts = ['quorum_up', 'quorum_down'] as const;
const serverScripts = ['notify_up', 'notify_down'] as const;

/** The code of a script that there is nobody to run as. */
const NOBODY = 'script-without-user';

type Settle = (command: ScriptCommand) => ScriptCommand | undefined;

/** A block with its commands settled; those that may not run are left out. */
function settleCommands<K extends string, B extends { [N in K]?: ScriptCommand | undefined }>(
  block: B,
  names: readonly K[],
  settle: Settle,
): B {
  // Of a hundred thousand servers hardly one has a script of its own.
  if (names.every((name) => block[name] === undefined)) return block;
  const settled: Partial<Record<K, ScriptCommand | undefined>> = {};
  for (const name of names) {
    const command = block[name];
    if (command) settled[name] = settle(command);
  }
  return { ...block, ...settled };
}

export interface ScriptRules {
  accounts: Accounts;
  /** The folders of PATH. */
  path: readonly string[];
  look: Look;
  /** Compat: where an interface is missing keepalived does not get as far as VRRP's scripts. */
  skipsVrrp?: boolean;
}

/**
 * The configuration without the scripts that can't or must not run, and a diagnostic for each.
 *
 * Compat: a vrrp_script that is dropped is not tracked either, so a missing script does not put
 * the instance into FAULT.
 */
export function secured(config: Config, rules: ScriptRules, report: Report): Config {
  const strict = config.global_defs.enable_script_security;
  const { script_user } = config.global_defs;
  const account = script_user && rules.accounts.resolve(undefined, undefined);
  if (script_user && typeof account === 'string') {
    const message = `Error setting global script uid/gid: ${account}`;
    const { at } = script_user;
    report({ severity: 'error', class: 'general', message, at, ofBlock: false, unread: false });
  }
  let scripts = 0;
  // Compat: a missing script is a mistake of a vrrp_script; a notify script may come later.
  const settleAs =
    (missing: 'general' | 'advice', tell = report): Settle =>
    (command) => {
      const settled = settleCommand(command, strict, rules, missing, tell);
      // Compat: what only opens a file is not a script that is executed.
      if (settled && !redirection(command.argv)) scripts++;
      return settled;
    };
  const settle = settleAs('advice');
  // Compat: a MISC_CHECK that nobody can run is a mistake, one that is missing is not.
  const settleCheck = (command: ScriptCommand, ofUser: Span | undefined) =>
    settleAs('advice', (diagnostic) => {
      const mistake = {
        severity: 'error',
        class: 'general',
        ...(ofUser && { at: ofUser }),
      } as const;
      report(diagnostic.code === NOBODY ? { ...diagnostic, ...mistake } : diagnostic);
    })(command);
  /** Compat: scripts that nobody can run are not even known to those that track them. */
  const unknown = new Set<string>();
  const vrrp_script = config.vrrp_script.flatMap((block) => {
    const [user, group] = block.user ?? [];
    const settleTracked = settleAs('general', (diagnostic) => {
      const ofUser = diagnostic.code === NOBODY;
      if (ofUser) unknown.add(block.name);
      const at = block.user ? placeOf(block, 'user') : endOf(block);
      report(ofUser ? { ...diagnostic, at } : diagnostic);
    });
    // Compat: words behind the command are lost, not its user; that one has a keyword of its own.
    const script = settleTracked({ ...block.script, user, group });
    return script ? [{ ...block, script }] : [];
  });
  for (const vr of [...config.vrrp_instance, ...config.vrrp_sync_group]) {
    for (const { script, at } of vr.track_script) {
      if (!unknown.has(script)) continue;
      const message = `(${vr.name}) track script ${script} not found, ignoring...`;
      const hint = `nobody can run ${script}`;
      report({ severity: 'error', class: 'general', message, hint, at, ofBlock: false });
    }
  }
  const kept = new Set(vrrp_script.map(({ name }) => name));
  const dropped = new Set(config.vrrp_script.map(({ name }) => name).filter((n) => !kept.has(n)));
  const trackable = <T extends { script: string }>(lines: readonly T[]): T[] =>
    lines.filter(({ script }) => !dropped.has(script));
  const vrrp_sync_group = config.vrrp_sync_group.map((group) => ({
    ...settleCommands(group, instanceScripts, settle),
    track_script: trackable(group.track_script),
  }));
  const vrrp_instance = config.vrrp_instance.map((vr) => ({
    ...settleCommands(vr, ownScripts, settle),
    notify_deleted: settleDeletion(vr.notify_deleted, settle),
    track_script: trackable(vr.track_script),
  }));
  const ofVrrp = scripts;
  const global_defs = settleCommands(config.global_defs, globalScripts, settle);
  const settleServer = (rs: RealServerConfig): RealServerConfig => {
    const checkers = settleCheckers(rs.checkers, settleCheck);
    const settled = settleCommands(rs, serverScripts, settle);
    return checkers === rs.checkers ? settled : { ...settled, checkers };
  };
  // Compat: of a virtual server that is ignored no script is looked at.
  const isServed = servedBy(config);
  const virtual_server = config.virtual_server.map((vs) => {
    if (!isServed(vs)) return vs;
    const service = settleCommands(vs, serviceScripts, settle);
    const real_server = vs.real_server.map(settleServer);
    const isSame = real_server.every((rs, i) => rs === vs.real_server[i]);
    return isSame ? service : { ...service, real_server };
  });
  // Compat: scripts of a part that does not run are not executed.
  const runs = {
    vrrp: vrrp_instance.length > 0 && !rules.skipsVrrp,
    lvs: virtual_server.some(isServed),
  };
  const idle = [
    !runs.vrrp && global_defs.vrrp_notify_fifo_script,
    !runs.lvs && global_defs.lvs_notify_fifo_script,
    !runs.vrrp && !runs.lvs && global_defs.notify_fifo_script,
  ].filter(Boolean);
  const executed = scripts - idle.length - (runs.vrrp ? 0 : ofVrrp);
  if (executed > 0 && !strict) {
    report({
      severity: 'warning',
      class: 'security',
      message: 'SECURITY VIOLATION - scripts are being executed but script_security not enabled.',
      hint: 'enable_script_security in global_defs refuses scripts that others could change',
    });
  }
  return { ...config, global_defs, vrrp_script, vrrp_sync_group, vrrp_instance, virtual_server };
}

/** Which virtual servers there are anything to do for: with real servers, and not of no group. */
function servedBy(config: Config): (vs: VirtualServerConfig) => boolean {
  const lists = config.virtual_server_group.filter(({ items }) => items.length > 0);
  const groups = new Set(lists.map(({ name }) => name));
  return ({ service, real_server }) =>
    real_server.length > 0 && (service.kind !== 'group' || groups.has(service.group));
}

/** The keyword alone has its meaning, also when its script may not run. */
const settleDeletion = (
  deleted: ScriptCommand | 'no-script' | undefined,
  settle: Settle,
): ScriptCommand | 'no-script' | undefined =>
  typeof deleted === 'object' ? (settle(deleted) ?? 'no-script') : deleted;

function settleCommand(
  command: ScriptCommand,
  strict: boolean,
  { accounts, path, look }: ScriptRules,
  missing: 'general' | 'advice',
  report: Report,
): ScriptCommand | undefined {
  const { at, user, group } = command;
  const [name = '', ...rest] = command.argv;
  const account = accounts.resolve(user, group);
  const severity = missing === 'advice' ? 'warning' : 'error';
  const mistake = { severity, class: missing, code: NOBODY, at, ofBlock: false } as const;
  if (typeof account === 'string') {
    const message = `script ${name}: ${account}; it will not be run`;
    const hint = 'arguments stand within the quotes, with the command';
    report({ ...mistake, message, hint });
    return undefined;
  }
  if (strict && user === undefined && accounts.isOwn) {
    const message = `script ${name}: nobody to run it as; it will not be run`;
    const hint = 'set script_user, or create the user keepalived_script';
    report({ ...mistake, message, hint });
    return undefined;
  }
  const shell = redirection(command.argv);
  if (shell) {
    const remark = needsBash(name, look);
    if (remark) report({ severity: 'warning', class: 'advice', ...remark, at });
    return { ...command, argv: shell };
  }
  const word = shellWord(command.argv);
  if (word !== undefined) {
    const code = 'script-without-shell';
    const message = `script ${name}: no shell is between, so it has '${word}' for an argument`;
    const hint = `"/bin/sh -c '...'", with all of it between the single quotes`;
    report({ severity: 'warning', class: 'advice', code, message, hint, at });
  }
  const { path: file, findings } = examine(name, { account, path, strict, look });
  for (const { fatal, security, message, hint } of findings) {
    report({
      severity: 'warning',
      class: security ? 'security' : missing,
      ...(!security && { code: 'script-missing' }),
      message: fatal && !security ? `${message}; it will not be run` : message,
      ...(hint && { hint }),
      at,
    });
  }
  return findings.some(({ fatal }) => fatal) ? undefined : { ...command, argv: [file, ...rest] };
}

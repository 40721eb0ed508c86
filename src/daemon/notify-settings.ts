import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { type Duration, seconds } from '@keepalived-ts/base/time.js';
import type { Fifo } from '#src/config/global-defs/notify.js';
import type { ScriptCommand } from '#src/config/script-value.js';
import type { Command } from '#src/ipc/messages.js';
import type { Accounts } from '#src/notify/accounts.js';
import type { Scope } from '#src/notify/fifo-line.js';
import type { FifoSettings } from '#src/notify/fifos.js';
import type { Program } from '#src/notify/program.js';
import type { SmtpSettings } from '#src/notify/smtp.js';
import { type AlertRules, alertRules } from './alerts.js';
import { mailSettings } from './mail-settings.js';
import { type NoticeBoard, noticeBoard } from './notices.js';
import type { Config } from './root.js';

/** A program to run once, and how long that may take. */
export interface Errand {
  command: Command;
  timeout: Duration;
}

/** Who is told of changes, and how. */
export interface NotifySettings {
  board: NoticeBoard;
  fifos: readonly FifoSettings[];
  /** How mail is sent; undefined: not at all. */
  mail: SmtpSettings | undefined;
  alerts: AlertRules;
  /** Run once, before everything and after it. */
  startup: Errand | undefined;
  shutdown: Errand | undefined;
  /** fifo_write_vrrp_states_on_reload */
  statesOnReload: boolean;
}

/** Which parts run: nothing is told of the others. */
type Parts = Readonly<Record<Scope, boolean>>;

/** Settles all that is to be told, once the scripts are; see `secured`. */
export function notifySettings(
  config: Config,
  accounts: Accounts,
  parts: Parts,
  report: Report,
): NotifySettings {
  const { global_defs: globals } = config;
  const { notify_fifo: all, vrrp_notify_fifo: vrrp, lvs_notify_fifo: lvs } = globals;
  const settle = (
    scope: Scope | 'all',
    fifo: Fifo | undefined,
    script: ScriptCommand | undefined,
  ): FifoSettings[] => {
    if (!fifo) return [];
    const account = accounts.resolve(fifo.user, fifo.group);
    if (typeof account !== 'string') {
      return [{ scope, path: fifo.path, account, script: program(script, accounts) }];
    }
    // A script_user that there is not has been told of.
    if (fifo.user === undefined) return [];
    const message = `Invalid user/group for ${named(scope)} fifo ${fifo.path} - ignoring`;
    report({ severity: 'error', class: 'general', message, hint: account, at: fifo.at });
    return [];
  };
  // Compat: a fifo that gets everything already is not told twice.
  const own = (fifo: Fifo | undefined): Fifo | undefined =>
    fifo?.path === all?.path ? undefined : fifo;
  return {
    board: noticeBoard(config.vrrp_instance, config.vrrp_sync_group),
    fifos: [
      ...(parts.vrrp || parts.lvs ? settle('all', all, globals.notify_fifo_script) : []),
      ...(parts.vrrp ? settle('vrrp', own(vrrp), globals.vrrp_notify_fifo_script) : []),
      ...(parts.lvs ? settle('lvs', own(lvs), globals.lvs_notify_fifo_script) : []),
    ],
    mail: mailSettings(globals, report),
    alerts: alertRules(globals),
    startup: errand(globals.startup_script, globals.startup_script_timeout),
    shutdown: errand(globals.shutdown_script, globals.shutdown_script_timeout),
    statesOnReload: globals.fifo_write_vrrp_states_on_reload ?? false,
  };
}

const errand = (command: ScriptCommand | undefined, limit: number): Errand | undefined =>
  command && { command, timeout: seconds(limit) };

const named = (scope: Scope | 'all'): string => (scope === 'all' ? 'global' : scope);

function program(script: ScriptCommand | undefined, accounts: Accounts): Program | undefined {
  const account = script && accounts.resolve(script.user, script.group);
  // A script that there is nobody to run as has been dropped with its reason; see scripts.ts.
  return typeof account === 'object' ? { argv: script?.argv ?? [], account } : undefined;
}

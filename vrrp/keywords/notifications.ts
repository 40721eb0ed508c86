import { keyword } from '#src/config/schema.js';
import { type ScriptCommand, scriptCommand } from '#src/config/script-value.js';
import type { ValueType } from '#src/config/value-type.js';
import { boolean } from '#src/config/values.js';

const ARGUMENTS =
  'A program with arguments is one quoted string; user and group may stand behind it.';

/** A program that is run when something changes state: the first one stays, a second is an error. */
export const script = (doc: string) => keyword(scriptCommand, doc).onlyOnce().explained(ARGUMENTS);

/** What instances and sync groups tell of their changes, and to whom. */
export const notifications = {
  notify_backup: script('Run on becoming BACKUP.'),
  notify_master: script('Run on becoming MASTER.'),
  notify_fault: script('Run on entering FAULT.'),
  notify_stop: script('Run when the daemon stops.'),
  notify: script(
    'Run on each change after the others, with INSTANCE or GROUP, name, state and priority.',
  ),
  smtp_alert: keyword(boolean, 'Mail on changes of state.').unless(
    'smtp_alert_vrrp, or else smtp_alert, of global_defs',
  ),
  notify_priority_changes: keyword(boolean, 'Tell notify fifos when the priority changes.').unless(
    'that of its sync group, or else vrrp_notify_priority_changes',
  ),
};

/** A script, or none: the keyword alone says that the event matters. */
const optionalScript: ValueType<ScriptCommand | 'no-script'> = {
  usage: `[${scriptCommand.usage}]`,
  least: 0,
  raw: true,
  parse: (words, context) =>
    words.length === 0 ? 'no-script' : scriptCommand.parse(words, context),
  print: (value) => (value === 'no-script' ? '' : scriptCommand.print(value)),
};

/** What only instances tell. */
export const instanceNotifications = {
  ...notifications,
  notify_deleted: keyword(
    optionalScript,
    'Tell of state DELETED when a reload removes the instance, and run this if it is given.',
  ).unless('a removed instance tells of FAULT'),
  notify_master_rx_lower_pri: script(
    'Run when we hear a weaker advert as master: two routers may think they are master.',
  ),
};

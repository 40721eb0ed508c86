import { placeOf } from '#src/config/places.js';
import type { Tell, Traps } from '#src/config/traps.js';
import type { Config } from './root.js';

/** Where a configuration asks for mail. */
function* askers(config: Config): Generator<{ block: { at: Config['at'] }; keyword: string }> {
  const { global_defs: globals } = config;
  for (const keyword of ['smtp_alert', 'smtp_alert_vrrp', 'smtp_alert_checker'] as const) {
    if (globals[keyword]) yield { block: globals, keyword };
  }
  const { vrrp_instance, vrrp_sync_group, virtual_server } = config;
  for (const blocks of [
    vrrp_instance,
    vrrp_sync_group,
    virtual_server,
    ...virtual_server.map(({ real_server }) => real_server),
  ]) {
    for (const block of blocks) if (block.smtp_alert) yield { block, keyword: 'smtp_alert' };
  }
}

/** Tells the first one that asks for mail; one is enough to see what is missing. */
function first(config: Config, message: string, tell: Tell): void {
  for (const { block, keyword } of askers(config)) {
    tell(placeOf(block, keyword), `${keyword} asks for mail, but ${message}`);
    return;
  }
}

export const mailTraps: Traps<Config> = {
  'mail-without-server': {
    why: 'Alerts are written and thrown away: nobody is told through which server they go.',
    remedy: 'smtp_server in global_defs',
    find(config, tell) {
      if (config.global_defs.smtp_server === undefined) {
        first(config, 'global_defs has no smtp_server', tell);
      }
    },
  },

  'mail-without-recipient': {
    why: 'Alerts are written and thrown away: nobody is named to get them.',
    remedy: 'notification_email in global_defs',
    find(config, tell) {
      if ((config.global_defs.notification_email ?? []).length === 0) {
        first(config, 'global_defs has no notification_email', tell);
      }
    },
  },

  'mail-password-in-clear': {
    why: 'Whoever can listen between here and the mail server reads the password.',
    remedy: 'smtp_tls starttls, or tls',
    find({ global_defs: globals }, tell) {
      if (globals.smtp_user === undefined || globals.smtp_tls !== 'none') return;
      tell(placeOf(globals, 'smtp_tls'), 'smtp_user logs in, but smtp_tls is none');
    },
  },
};

import { placeOf } from '#src/config/places.js';
import type { Tell, Traps } from '#src/config/traps.js';
import type { Config } from './root.js';

interface Asker {
  block: { at: Config['at'] };
  keyword: string;
}

/** Where a configuration asks for mail first; one place is enough to see what is missing. */
function asker(config: Config): Asker | undefined {
  const { global_defs: globals, vrrp_instance, vrrp_sync_group, virtual_server } = config;
  const names = ['smtp_alert', 'smtp_alert_vrrp', 'smtp_alert_checker'] as const;
  const keyword = names.find((name) => globals[name]);
  if (keyword !== undefined) return { block: globals, keyword };
  const block =
    vrrp_instance.find(asks) ??
    vrrp_sync_group.find(asks) ??
    virtual_server.find(asks) ??
    virtual_server.find(({ real_server }) => real_server.some(asks))?.real_server.find(asks);
  return block && { block, keyword: 'smtp_alert' };
}

const asks = ({ smtp_alert }: { smtp_alert?: boolean | undefined }): boolean => smtp_alert === true;

/** Tells the first one that asks for mail. */
function first(config: Config, message: string, tell: Tell): void {
  const found = asker(config);
  if (!found) return;
  const { block, keyword } = found;
  tell(placeOf(block, keyword), `${keyword} asks for mail, but ${message}`);
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

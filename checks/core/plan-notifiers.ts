import type { ServerNotifiers, ServicePlan, SettledService } from '#lvs/core/plan.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';

/** What of global_defs decides about mail. */
type MailGlobals = Partial<
  Pick<GlobalDefsConfig, 'smtp_alert' | 'smtp_alert_checker' | 'smtp_server' | 'notification_email'>
>;

/** Who mails that does not say so itself: real servers do, services do not (reference §12). */
export interface MailRules {
  service: boolean;
  server: boolean;
  /** There is a server to send it through, and somebody to get it. */
  possible: boolean;
}

export function mailRules(globals: MailGlobals): MailRules {
  const asked = globals.smtp_alert_checker ?? globals.smtp_alert;
  const possible = globals.smtp_server !== undefined && !!globals.notification_email?.length;
  return { service: asked ?? false, server: asked ?? true, possible };
}

const none = { notify_up: undefined, notify_down: undefined };
const NO_NOTIFIERS: ServerNotifiers = { ...none, smtp_alert: false };
const MAIL_ONLY: ServerNotifiers = { ...none, smtp_alert: true };

/** The service with nothing of its blocks but the notifiers. */
export function settled(service: ServicePlan, mails: MailRules): SettledService {
  const { quorum_up, quorum_down } = service.config;
  const smtp_alert = mails.possible && (service.config.smtp_alert ?? mails.service);
  return {
    ...service,
    config: { quorum_up, quorum_down, smtp_alert },
    realServers: service.realServers.map((server) => {
      const { notify_up, notify_down } = server.config;
      const mail = mails.possible && (server.config.smtp_alert ?? mails.server);
      if (!notify_up && !notify_down) {
        return { ...server, config: mail ? MAIL_ONLY : NO_NOTIFIERS };
      }
      return { ...server, config: { notify_up, notify_down, smtp_alert: mail } };
    }),
  };
}

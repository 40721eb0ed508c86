import type { Letter, Notice } from '#src/ipc/messages.js';
import { letterOf } from '#src/notify/letter.js';
import type { NoticeBoard } from './notices.js';
import type { Config } from './root.js';

/** Which changes of VRRP are worth a mail. What servers tell is settled in the checks' plan. */
export interface AlertRules {
  /** Where an object does not say itself. */
  vrrp: boolean;
  faults: boolean;
}

export const alertRules = ({
  smtp_alert,
  smtp_alert_vrrp,
  no_email_faults,
}: Config['global_defs']): AlertRules => ({
  vrrp: smtp_alert_vrrp ?? smtp_alert ?? false,
  faults: !no_email_faults,
});

/** Decides which changes are mailed. Of an object in the same state as last time none is. */
export class Alerts {
  private readonly last = new Map<string, string>();

  letter(notice: Notice, board: NoticeBoard, rules: AlertRules): Letter | undefined {
    if (notice.of !== 'instance' && notice.of !== 'group') return undefined;
    const { of, name, state } = notice;
    if (!(board[of].get(name)?.smtp_alert ?? rules.vrrp)) return undefined;
    if (state === 'FAULT' && !rules.faults) return undefined;
    const letter = letterOf(notice);
    const key = `${of} ${name}`;
    if (!letter || this.last.get(key) === state) return undefined;
    this.last.set(key, state);
    return letter;
  }
}

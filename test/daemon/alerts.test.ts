import { expect, test } from 'vitest';
import { Alerts, alertRules } from '#src/daemon/alerts.js';
import type { NoticeBoard } from '#src/daemon/notices.js';
import type { Config } from '#src/daemon/root.js';

const board = {
  instance: new Map([
    ['loud', { smtp_alert: true }],
    ['quiet', { smtp_alert: false }],
    ['plain', {}],
  ]),
  group: new Map([['G', {}]]),
} as unknown as NoticeBoard;

const globals = (given: Partial<Config['global_defs']>) =>
  alertRules(given as Config['global_defs']);

/** The states of an object that are mailed. */
function mailed(name: string, states: string[], given: Partial<Config['global_defs']> = {}) {
  const alerts = new Alerts();
  const of = name === 'G' ? 'group' : 'instance';
  return states.filter((state) =>
    alerts.letter({ of, name, state, priority: 1 }, board, globals(given)),
  );
}

test('an object says itself whether it mails, else smtp_alert_vrrp, else smtp_alert does', () => {
  expect(mailed('loud', ['MASTER'])).toEqual(['MASTER']);
  expect(mailed('plain', ['MASTER'])).toEqual([]);
  expect(mailed('G', ['MASTER'])).toEqual([]);
  expect(mailed('plain', ['MASTER'], { smtp_alert: true })).toEqual(['MASTER']);
  expect(mailed('G', ['MASTER'], { smtp_alert_vrrp: true })).toEqual(['MASTER']);
  expect(mailed('plain', ['MASTER'], { smtp_alert: true, smtp_alert_vrrp: false })).toEqual([]);
  expect(mailed('quiet', ['MASTER'], { smtp_alert: true })).toEqual([]);
});

test('the same state is not mailed again', () => {
  const states = ['BACKUP', 'BACKUP', 'MASTER', 'MASTER', 'BACKUP'];
  expect(mailed('loud', states)).toEqual(['BACKUP', 'MASTER', 'BACKUP']);
});

test('no_email_faults: a fault that passes is as if it had not been', () => {
  const states = ['BACKUP', 'FAULT', 'BACKUP', 'MASTER'];
  expect(mailed('loud', states, { no_email_faults: true })).toEqual(['BACKUP', 'MASTER']);
});

test('what is no change of state is not mailed', () => {
  expect(mailed('loud', ['MASTER_RX_LOWER_PRI', 'MASTER_PRIORITY'])).toEqual([]);
});

import { laterBlock } from '#src/config/later.js';
import { block, type ConfigOf, keyword } from '#src/config/schema.js';
import { scriptCommand } from '#src/config/script-value.js';
import { boolean, flag, list, word } from '#src/config/values.js';
import { interfaceTracker, scriptTracker } from './trackers.js';

export const vrrpSyncGroup = block('vrrp_sync_group', {
  doc: 'Instances that change state together.',
  header: { name: word },
  unique: true,
  survivesUnnamed: true,
  keywords: {
    group: keyword(list(word, { words: true }), 'The instances.').default([]),
    track_interface: keyword(list(interfaceTracker), 'Interfaces tracked by all.').default([]),
    track_script: keyword(list(scriptTracker), 'Scripts tracked by all.')
      .default([])
      .naming('vrrp_script', 'script'),
    track_file: laterBlock('track_file', 'Files tracked by all.'),
    track_process: laterBlock('track_process', 'Processes tracked by all.'),
    track_bfd: laterBlock('track_bfd', 'BFD sessions tracked by all.'),
    notify: keyword(scriptCommand, 'Run on each change.').onlyOnce(),
    notify_master: keyword(scriptCommand, 'Run on becoming MASTER.').onlyOnce(),
    notify_backup: keyword(scriptCommand, 'Run on becoming BACKUP.').onlyOnce(),
    notify_fault: keyword(scriptCommand, 'Run on entering FAULT.').onlyOnce(),
    notify_stop: keyword(scriptCommand, 'Run when VRRP stops.').onlyOnce(),
    smtp_alert: keyword(boolean, 'Mail on changes.'),
    sync_group_tracking_weight: keyword(flag, 'Members may have trackers with weights.')
      .default(false)
      .deprecatedAlias('global_tracking'),
    notify_priority_changes: keyword(boolean, 'Tell fifos of priorities.'),
  },
  check({ name, group }, report) {
    if (group.length === 0) report(`Sync group ${name} has no virtual router(s)`);
    if (group.length === 1) {
      const message = `Sync group ${name} has only 1 virtual router(s)`;
      report(message, {
        severity: 'warning',
        hint: "this probably isn't what you want",
        ofBlock: true,
        code: 'sync-group-of-one',
      });
    }
  },
});

export type VrrpSyncGroupConfig = ConfigOf<typeof vrrpSyncGroup>;

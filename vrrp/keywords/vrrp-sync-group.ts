import { block, type ConfigOf, keyword } from '#src/config/schema.js';
import { flag, list, word } from '#src/config/values.js';
import { notifications } from './notifications.js';
import { tracking } from './tracking.js';

export const vrrpSyncGroup = block('vrrp_sync_group', {
  doc: 'Instances that change state together: all of them are master on one machine, or none.',
  manual:
    'For machines that must be master on all sides or on none, such as a firewall with an ' +
    'address inside and one outside. A member that goes to FAULT takes the others with ' +
    'it; they are master again only together. Members should have the same `advert_int`.',
  example:
    'vrrp_sync_group FIREWALL {\n' +
    '  group {\n' +
    '    INSIDE\n' +
    '    OUTSIDE\n' +
    '  }\n' +
    '  notify_master /usr/local/bin/load-state\n' +
    '}',
  header: { name: word },
  unique: true,
  survivesUnnamed: true,
  keywords: {
    group: keyword(
      list(word, { words: true }),
      'The instances, by name; they may stand further down in the file.',
    ).default([]),
    ...tracking,
    sync_group_tracking_weight: keyword(
      flag,
      'Let members have trackers with weights of their own, although their priorities then differ.',
    )
      .default(false)
      .deprecatedAlias('global_tracking'),
    ...notifications,
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

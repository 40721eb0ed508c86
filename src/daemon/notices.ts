import type { Command, Notice } from '#src/ipc/messages.js';
import type { VrrpInstanceConfig } from '#vrrp/keywords/vrrp-instance.js';
import type { VrrpSyncGroupConfig } from '#vrrp/keywords/vrrp-sync-group.js';

/** Whom instances and sync groups tell, found by what a notice says of its object. */
export interface NoticeBoard {
  instance: ReadonlyMap<string, VrrpInstanceConfig>;
  group: ReadonlyMap<string, VrrpSyncGroupConfig>;
}

export const noticeBoard = (
  instances: readonly VrrpInstanceConfig[] = [],
  groups: readonly VrrpSyncGroupConfig[] = [],
): NoticeBoard => ({
  instance: new Map(instances.map((vr) => [vr.name, vr])),
  group: new Map(groups.map((group) => [group.name, group])),
});

/** A board that knows the objects of its predecessor, too: a reload tells of what it removes. */
export const succeeding = (next: NoticeBoard, former: NoticeBoard): NoticeBoard => ({
  instance: new Map([...former.instance, ...next.instance]),
  group: new Map([...former.group, ...next.group]),
});

/** A command with what the notice appends, and the object whose programs run in order. */
export interface Call {
  object: string;
  argv: readonly string[];
  user: string | undefined;
  group: string | undefined;
}

const specific = {
  MASTER: 'notify_master',
  BACKUP: 'notify_backup',
  FAULT: 'notify_fault',
  STOP: 'notify_stop',
} as const;
type Told = keyof typeof specific | 'DELETED';
const isTold = (state: string): state is Told => state in specific || state === 'DELETED';

/**
 * The programs that a notice asks for, in the order they are to run (reference §9): first the
 * one of the state, as configured, then `notify` with kind, name, state and priority added.
 * Weaker adverts have a program of their own and nothing else; changes of priority have none.
 */
export function calls(notice: Notice, board: NoticeBoard): Call[] {
  switch (notice.of) {
    case 'instance':
    case 'group': {
      const { name, state } = notice;
      const block = board[notice.of].get(name);
      const kind = notice.of.toUpperCase();
      const object = `${kind} ${name}`;
      if (!block) return [];
      if (state === 'MASTER_RX_LOWER_PRI') {
        return 'notify_master_rx_lower_pri' in block
          ? call(object, block.notify_master_rx_lower_pri)
          : [];
      }
      if (!isTold(state)) return [];
      const own = state === 'DELETED' ? deletion(block) : block[specific[state]];
      const added = [kind, name, state, String(notice.priority)];
      return [...call(object, own), ...call(object, block.notify, added)];
    }
    case 'virtual-server':
      return call(`VS ${notice.service}`, notice.script);
    case 'real-server':
      return call(`RS ${notice.service} ${notice.server}`, notice.script);
  }
}

function call(object: string, command: Command | undefined, added: readonly string[] = []): Call[] {
  if (!command) return [];
  const { argv, user, group } = command;
  return [{ object, argv: [...argv, ...added], user, group }];
}

/** The program for DELETED, where the keyword names one. */
function deletion(block: VrrpInstanceConfig | VrrpSyncGroupConfig): Command | undefined {
  const script = 'notify_deleted' in block ? block.notify_deleted : undefined;
  return script === 'no-script' ? undefined : script;
}

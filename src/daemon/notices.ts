import type { Command, Notice } from '#src/ipc/messages.js';
import type { Change } from '#src/notify/changes.js';
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

/** What a notice asks for: a change whose programs are not settled yet. */
export interface Calls extends Omit<Change, 'programs'> {
  commands: readonly Command[];
}

/** A weaker router was heard claiming our addresses: an event, not a state. */
const LOWER = 'MASTER_RX_LOWER_PRI';
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
export function calls(notice: Notice, board: NoticeBoard): Calls {
  const { state } = notice;
  const passing = state === LOWER;
  switch (notice.of) {
    case 'instance':
    case 'group': {
      const object = `${notice.of.toUpperCase()} ${notice.name}`;
      return { object, state, passing, commands: commandsOf(notice, board) };
    }
    case 'virtual-server':
      return { object: `VS ${notice.service}`, state, passing, commands: given(notice.script) };
    case 'real-server': {
      const object = `RS ${notice.service} ${notice.server}`;
      return { object, state, passing, commands: given(notice.script) };
    }
  }
}

function commandsOf(
  { of, name, state, priority }: Extract<Notice, { priority: number }>,
  board: NoticeBoard,
): Command[] {
  const block = board[of].get(name);
  if (!block) return [];
  if (state === LOWER) {
    return 'notify_master_rx_lower_pri' in block ? given(block.notify_master_rx_lower_pri) : [];
  }
  if (!isTold(state)) return [];
  const own = state === 'DELETED' ? deletion(block) : block[specific[state]];
  const added = [of.toUpperCase(), name, state, String(priority)];
  return [...given(own), ...given(block.notify, added)];
}

function given(command: Command | undefined, added: readonly string[] = []): Command[] {
  if (!command) return [];
  const { argv, user, group } = command;
  return [{ argv: [...argv, ...added], user, group }];
}

/** The program for DELETED, where the keyword names one. */
function deletion(block: VrrpInstanceConfig | VrrpSyncGroupConfig): Command | undefined {
  const script = 'notify_deleted' in block ? block.notify_deleted : undefined;
  return script === 'no-script' ? undefined : script;
}

import type { Command, Notice } from '#src/ipc/messages.js';
import type { VrrpInstanceConfig } from '#vrrp/keywords/vrrp-instance.js';

/** The programs of the instances, found by what a notice says of its object. */
export interface NoticeBoard {
  instances: ReadonlyMap<string, VrrpInstanceConfig>;
}

export const noticeBoard = (instances: readonly VrrpInstanceConfig[]): NoticeBoard => ({
  instances: new Map(instances.map((vr) => [vr.name, vr])),
});

/** A board that knows the instances of its predecessor, too: a reload tells of what it removes. */
export const succeeding = (next: NoticeBoard, former: NoticeBoard): NoticeBoard => ({
  instances: new Map([...former.instances, ...next.instances]),
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
} as const satisfies Record<string, keyof VrrpInstanceConfig>;

/**
 * The programs that a notice asks for, in the order they are to run (reference §9): first the
 * one of the state, as configured, then `notify` with INSTANCE, name, state and priority added.
 */
export function calls(notice: Notice, board: NoticeBoard): Call[] {
  switch (notice.of) {
    case 'instance': {
      const vr = board.instances.get(notice.name);
      const object = `INSTANCE ${notice.name}`;
      const keyword = specific[notice.state as keyof typeof specific];
      const added = ['INSTANCE', notice.name, notice.state, String(notice.priority)];
      return [...call(object, keyword && vr?.[keyword]), ...call(object, vr?.notify, added)];
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

import type { Notice } from '#src/ipc/messages.js';

/** Which fifos a line is for, beside that which gets all. */
export type Scope = 'vrrp' | 'lvs';

/** A line for the fifos. */
export interface FifoLine {
  scope: Scope;
  text: string;
}

/** A change as keepalived writes it to its fifos, newline and all (reference §11). */
export function fifoLine(notice: Notice): FifoLine {
  const { of, state } = notice;
  switch (of) {
    case 'instance':
    case 'group': {
      const { name, priority } = notice;
      return { scope: 'vrrp', text: `${of.toUpperCase()} "${name}" ${state} ${priority}\n` };
    }
    case 'virtual-server':
      return { scope: 'lvs', text: `VS ${notice.service} ${state}\n` };
    case 'real-server':
      return { scope: 'lvs', text: `RS ${notice.server} ${notice.service} ${state}\n` };
  }
}

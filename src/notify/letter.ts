import type { Letter, Notice } from '#src/ipc/messages.js';

/** The mail that a change of VRRP is worth, in keepalived's words (reference §12), if any. */
export function letterOf(notice: Notice): Letter | undefined {
  switch (notice.of) {
    case 'instance': {
      const words = instance[notice.state];
      return (
        words && { subject: `VRRP Instance ${notice.name} - ${words.event}`, body: words.body }
      );
    }
    case 'group': {
      const event = events[notice.state];
      if (event === undefined) return undefined;
      const now = notice.state === 'STOP' ? 'stopping' : `in ${notice.state} state`;
      const body = `=> All VRRP group instances are now ${now} <=`;
      return { subject: `VRRP Group ${notice.name} - ${event}`, body };
    }
    case 'virtual-server':
    case 'real-server':
      // The check thread writes these itself: it knows what the checker found.
      return undefined;
  }
}

const events: Readonly<Record<string, string>> = {
  MASTER: 'Entering MASTER state',
  BACKUP: 'Entering BACKUP state',
  FAULT: 'Entering FAULT state',
  STOP: 'Stopping',
};

const LOST = '=> VRRP Instance is no longer owning VRRP VIPs <=';
const instance: Readonly<Record<string, { event: string; body: string }>> = {
  MASTER: {
    event: 'Entering MASTER state',
    body: '=> VRRP Instance is now owning VRRP VIPs <=',
  },
  BACKUP: { event: 'Entering BACKUP state', body: LOST },
  FAULT: { event: 'Entering FAULT state', body: LOST },
  STOP: { event: 'Stopping', body: '=> VRRP Instance stopping <=' },
  DELETED: { event: 'Deleted', body: '=> VRRP Deleted at reload <=' },
};

/** Who a mail is from and to, and what marks it as this one. */
export interface Heading {
  date: Date;
  from: string;
  to: readonly string[];
  /** The name of the node. */
  router: string;
  /** What stands between `<` and `>` of the Message-ID. */
  id: string;
}

/**
 * A mail as it is handed over, with keepalived's header fields in their order.
 *
 * Differs: it has a Message-ID (RFC 5322 §3.6.4), without which some servers take it for spam,
 * and by which one that was sent twice is known.
 */
export function mailText({ subject, body }: Letter, heading: Heading): string {
  const { date, from, to, router, id } = heading;
  const lines = [
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `From: ${oneLine(from)}`,
    `Subject: [${oneLine(router)}] ${oneLine(subject)}`,
    'X-Mailer: Keepalived',
    `To: ${to.map(oneLine).join(',\r\n ')}`,
    `Message-ID: <${id}>`,
    '',
    oneLine(body),
    '',
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** What servers and configurations say must not begin a line of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
const oneLine = (text: string): string => text.replace(/[\x00-\x1f\x7f]+/g, ' ');

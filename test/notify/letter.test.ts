import { describe, expect, test } from 'vitest';
import { letterOf, mailText } from '#src/notify/letter.js';

describe('what is mailed', () => {
  test.each([
    ['MASTER', 'Entering MASTER state', '=> VRRP Instance is now owning VRRP VIPs <='],
    ['BACKUP', 'Entering BACKUP state', '=> VRRP Instance is no longer owning VRRP VIPs <='],
    ['FAULT', 'Entering FAULT state', '=> VRRP Instance is no longer owning VRRP VIPs <='],
    ['STOP', 'Stopping', '=> VRRP Instance stopping <='],
    ['DELETED', 'Deleted', '=> VRRP Deleted at reload <='],
  ])('of an instance: %s', (state, event, body) => {
    const letter = letterOf({ of: 'instance', name: 'V', state, priority: 1 });
    expect(letter).toEqual({ subject: `VRRP Instance V - ${event}`, body });
  });

  test.each([
    ['FAULT', 'Entering FAULT state', 'in FAULT state'],
    ['STOP', 'Stopping', 'stopping'],
  ])('of a group: %s', (state, event, now) => {
    expect(letterOf({ of: 'group', name: 'G', state, priority: 0 })).toEqual({
      subject: `VRRP Group G - ${event}`,
      body: `=> All VRRP group instances are now ${now} <=`,
    });
  });

  test.each(['MASTER_RX_LOWER_PRI', 'BACKUP_PRIORITY', 'INIT'])('nothing of %s', (state) => {
    expect(letterOf({ of: 'instance', name: 'V', state, priority: 1 })).toBeUndefined();
  });
});

describe('a mail', () => {
  const heading = {
    date: new Date('2026-11-21T17:16:42Z'),
    from: 'k@z.org',
    to: ['a@x.org', 'b@y.org'],
    router: 'R1',
    id: '1@h',
  };

  test("has keepalived's fields in their order", () => {
    expect(mailText({ subject: 'S - UP', body: '=> b <=' }, heading)).toBe(
      [
        'Date: Sat, 21 Nov 2026 17:16:42 +0000',
        'From: k@z.org',
        'Subject: [R1] S - UP',
        'X-Mailer: Keepalived',
        'To: a@x.org,',
        ' b@y.org',
        'Message-ID: <1@h>',
        '',
        '=> b <=',
        '',
        '',
      ].join('\r\n'),
    );
  });

  test('gets no field or line from what a server says', () => {
    const text = mailText({ subject: 'S\r\nBcc: e@v.il', body: 'b\r\n.\r\nQUIT' }, heading);
    expect(text).toContain('\r\nSubject: [R1] S Bcc: e@v.il\r\n');
    expect(text).toContain('\r\n\r\nb . QUIT\r\n');
  });
});

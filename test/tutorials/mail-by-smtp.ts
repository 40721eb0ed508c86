import type { Tutorial } from './stage.js';
import { mailServer } from './stand-ins.js';

const SUBJECTS = 'grep "^Subject.* Entering" /var/log/mail';

/** How one change of a node's state is told. */
const subject = (node: string, state: string): string =>
  `Subject: [${node}] VRRP Instance VI_1 - Entering ${state} state`;

export const mailBySmtp: Tutorial = {
  name: 'mail-by-smtp',
  title: 'A mail on each transition, by keepalived itself',
  directors: ['node-a', 'node-b'],
  others: ['mail'],
  async play(stage) {
    stage.say('With `smtp_alert` keepalived writes the mail, and no script is needed.');
    stage.configurations();
    stage.machine('mail').provide('smtpd', mailServer);
    await stage.background('mail', 'smtpd', 25);
    await stage.start('node-a');
    const told = [subject('node-a', 'BACKUP'), subject('node-a', 'MASTER')];
    const seen = (...more: readonly string[]): Promise<void> => {
      told.push(...more);
      return stage.see('mail', SUBJECTS, told.join('\n'));
    };
    await seen();
    await stage.see(
      'mail',
      'grep "^From " /var/log/mail | sort | uniq',
      'From keepalived@example.org to admin@example.org',
    );
    await stage.start('node-b');
    await seen(subject('node-b', 'BACKUP'));
    stage.say(`
      The master is stopped, and starts again. (A node that stops may still write that it does, but
      not every version of keepalived gets such a mail out before it ends.)`);
    await stage.stop('node-a');
    await seen(subject('node-b', 'MASTER'));
    await stage.start('node-a');
    await stage.see(
      'mail',
      `${SUBJECTS} | tail -n +5 | sort`,
      [subject('node-a', 'BACKUP'), subject('node-a', 'MASTER'), subject('node-b', 'BACKUP')].join(
        '\n',
      ),
    );
  },
};

import type { Tutorial } from './stage.js';
import { mail } from './stand-ins.js';

const SUBJECTS = 'grep Subject /var/log/mail';

const subjects = (name: string, states: readonly string[]): string =>
  states.map((state) => `Subject: ${name} is now ${state}`).join('\n');
const LAST_MAIL = `To: root@localhost
Subject: node-a is now master

VRRP on node-a changed to master`;

export const mailByScript: Tutorial = {
  name: 'mail-by-script',
  title: 'A mail on each transition, by a notify script',
  directors: ['node-a', 'node-b'],
  async play(stage) {
    stage.say('Each change of state runs a script, which writes a mail with the new state.');
    stage.configurations();
    stage.file('notify.sh', ['node-a', 'node-b']);
    for (const name of ['node-a', 'node-b']) stage.machine(name).provide('mail', mail);
    await stage.start('node-a');
    stage.say('A node begins as backup, whatever its `state` says, and then wins or not.');
    await stage.see('node-a', SUBJECTS, subjects('node-a', ['backup', 'master']));
    await stage.start('node-b');
    await stage.see('node-b', SUBJECTS, subjects('node-b', ['backup']));
    await stage.see('node-a', 'tail -n 5 /var/log/mail', LAST_MAIL);
    stage.say('The cable of `node-a` is pulled out, and plugged in again:');
    await stage.type('node-a', 'ip link set eth0 down');
    await stage.see('node-b', SUBJECTS, subjects('node-b', ['backup', 'master']));
    await stage.type('node-a', 'ip link set eth0 up');
    const back = ['backup', 'master', 'fault', 'backup', 'master'];
    await stage.see('node-a', SUBJECTS, subjects('node-a', back));
    await stage.see('node-b', SUBJECTS, subjects('node-b', ['backup', 'master', 'backup']));
    stage.say('A node that is stopped says good-bye:');
    await stage.stop('node-a');
    await stage.see('node-a', SUBJECTS, subjects('node-a', [...back, 'stop']));
  },
};

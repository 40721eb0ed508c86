import type { Tutorial } from './stage.js';

const BOTH = ['node-a', 'node-b'];
const ADDRESSES = 'hostname -I';

export const downFile: Tutorial = {
  name: 'down-file',
  title: 'A file that sends the master away for maintenance',
  directors: BOTH,
  async play(stage) {
    stage.say(`
      While \`/etc/keepalived/down\` exists the script fails, and the priority is lower by 20: 90
      against the 100 of the other node. The address moves, though keepalived runs on and no
      service was stopped.`);
    stage.configurations();
    stage.file('check_down.sh', BOTH);
    const atA = { 'node-a': '192.168.1.1 192.168.1.100', 'node-b': '192.168.1.2' };
    const atB = { 'node-a': '192.168.1.1', 'node-b': '192.168.1.2 192.168.1.100' };
    await stage.start('node-a');
    await stage.see('node-a', ADDRESSES, atA['node-a']);
    await stage.start('node-b');
    await stage.seen(ADDRESSES, atA);
    await stage.type('node-a', 'touch /etc/keepalived/down');
    await stage.logged('node-a', '(VI_1) Changing effective priority from 110 to 90');
    await stage.seen(ADDRESSES, atB);
    await stage.type('node-a', 'rm /etc/keepalived/down');
    await stage.logged('node-a', '(VI_1) Changing effective priority from 90 to 110');
    await stage.seen(ADDRESSES, atA);
  },
};

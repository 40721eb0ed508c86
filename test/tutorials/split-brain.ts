import type { Tutorial } from './stage.js';

const BOTH = ['node-a', 'node-b'];
const ADDRESSES = 'hostname -I';

export const splitBrain: Tutorial = {
  name: 'split-brain',
  title: 'No split brain: a third host is asked',
  directors: BOTH,
  others: ['gateway'],
  async play(stage) {
    stage.say(`
      When the two nodes do not hear each other any more, each thinks that the other is dead, and
      both hold the address: split brain. Here each of them pings the gateway, 192.168.1.3. The one
      that does not reach it is the one that is cut off, and gives up.`);
    stage.configurations();
    stage.file('check_gateway.sh', BOTH);
    const atA = { 'node-a': '192.168.1.1 192.168.1.100', 'node-b': '192.168.1.2' };
    const atB = { 'node-b': '192.168.1.2 192.168.1.100', 'node-a': '192.168.1.1' };
    await stage.start('node-a');
    await stage.see('node-a', ADDRESSES, atA['node-a']);
    await stage.start('node-b');
    await stage.seen(ADDRESSES, atA);
    stage.say(`
      The switch forgets the port of \`node-a\`: its link is up, but nothing comes through. Now only
      \`node-b\` has the address.`);
    await stage.cut('node-a');
    await stage.logged('node-a', '(VI_1) Entering FAULT STATE');
    await stage.seen(ADDRESSES, atB);
    await stage.see('gateway', 'ping -c 1 -W 1 192.168.1.100 | grep -o "1 received"', '1 received');
    stage.say('The port works again, and the stronger node takes its address back.');
    await stage.heal('node-a');
    await stage.seen(ADDRESSES, { ...atB, ...atA });
  },
};

import type { Tutorial } from './stage.js';
import { nginx } from './stand-ins.js';

const NODES = ['node-a', 'node-b', 'node-c'];
const ADDRESSES = 'hostname -I';
const OWN = { 'node-a': '192.168.1.1', 'node-b': '192.168.1.2', 'node-c': '192.168.1.3' };
const VIP = '192.168.1.100';

export const noPreempt: Tutorial = {
  name: 'nopreempt',
  title: 'Three nodes, a check of nginx, and no way back by itself',
  directors: NODES,
  async play(stage) {
    stage.say(`
      A node whose nginx does not answer gives the address away. When it is well again it does not
      take it back: each move costs clients their connections, so the address moves only when it
      must. \`nopreempt\` needs \`state BACKUP\` on all nodes.`);
    stage.configurations();
    stage.file('check_nginx.sh', NODES);
    for (const name of NODES) {
      stage.machine(name).provide('nginx', nginx);
      await stage.background(name, 'nginx', 80);
    }
    const held = (holder: keyof typeof OWN): typeof OWN => ({
      ...OWN,
      [holder]: `${OWN[holder]} ${VIP}`,
    });
    await stage.start('node-a');
    await stage.see('node-a', ADDRESSES, held('node-a')['node-a']);
    for (const name of ['node-b', 'node-c']) {
      await stage.start(name);
      await stage.logged(name, '(VI_1) Entering BACKUP STATE');
    }
    await stage.seen(ADDRESSES, held('node-a'));
    stage.say('nginx of the master ends. Two checks later the next one in line has the address:');
    await stage.type('node-a', 'killall nginx');
    await stage.seen(ADDRESSES, held('node-b'));
    await stage.logged('node-a', '(VI_1) Entering FAULT STATE');
    stage.say('nginx is back, and `node-a` is content with being backup:');
    await stage.background('node-a', 'nginx', 80);
    await stage.logged('node-a', '(VI_1) Entering BACKUP STATE');
    await stage.stays(ADDRESSES, held('node-b'));
    stage.say('Of two backups the one with the higher priority replaces the master.');
    await stage.type('node-b', 'killall nginx');
    await stage.seen(ADDRESSES, held('node-a'));
  },
};

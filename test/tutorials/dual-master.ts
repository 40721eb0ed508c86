import type { Tutorial } from './stage.js';

const ADDRESSES = 'hostname -I';
const [A, B, FIRST, SECOND] = ['192.168.1.1', '192.168.1.2', '192.168.1.101', '192.168.1.102'];

export const dualMaster: Tutorial = {
  name: 'dual-master',
  title: 'Two nodes that both work: dual master',
  directors: ['node-a', 'node-b'],
  async play(stage) {
    stage.say(`
      One virtual router on each node keeps both of them busy: the name in the DNS has two
      addresses, \`node-a\` is master of the first, \`node-b\` of the second, and each is the backup of
      the other.`);
    stage.configurations();
    await stage.start('node-a');
    await stage.start('node-b');
    const both = { 'node-a': `${A} ${FIRST}`, 'node-b': `${B} ${SECOND}` };
    await stage.seen(ADDRESSES, both);
    stage.say('While `node-a` is stopped, `node-b` has both addresses.');
    await stage.stop('node-a');
    await stage.seen(ADDRESSES, { 'node-b': `${B} ${SECOND} ${FIRST}`, 'node-a': A });
    await stage.start('node-a');
    await stage.seen(ADDRESSES, both);
    stage.say('And the other way round:');
    await stage.stop('node-b');
    await stage.seen(ADDRESSES, { 'node-a': `${A} ${FIRST} ${SECOND}`, 'node-b': B });
    await stage.start('node-b');
    await stage.seen(ADDRESSES, both);
  },
};

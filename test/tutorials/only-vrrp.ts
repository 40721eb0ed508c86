import type { Tutorial } from './stage.js';

const ADDRESSES = 'hostname -I';

export const onlyVrrp: Tutorial = {
  name: 'only-vrrp',
  title: 'Only VRRP: keepalived --vrrp',
  directors: ['node-a', 'node-b'],
  others: ['web'],
  async play(stage) {
    stage.say(`
      With \`--vrrp\` (\`-P\`) virtual servers of the configuration are left alone: nothing is
      checked, and the kernel needs no IPVS. The address moves as ever.`);
    stage.configurations();
    await stage.background('web', 'tcpdump -i eth0 -Z root -U -w /var/log/knocks tcp');
    await stage.start('node-a', '--vrrp');
    await stage.start('node-b', '--vrrp');
    await stage.seen(ADDRESSES, {
      'node-a': '192.168.1.1 192.168.1.100',
      'node-b': '192.168.1.2',
    });
    await stage.stop('node-a');
    await stage.seen(ADDRESSES, {
      'node-a': '192.168.1.1',
      'node-b': '192.168.1.2 192.168.1.100',
    });
    stage.say('The web server was never asked:');
    await stage.see('web', 'tcpdump -r /var/log/knocks 2>/dev/null | wc -l', '0');
  },
};

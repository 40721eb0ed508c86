import type { Tutorial } from './stage.js';

const HOLDER = 'ip -o -4 address show label eth0:0 | cut -d" " -f7';
const VIP = '192.168.1.100/24';

export const vipDrift: Tutorial = {
  name: 'vip-drift',
  title: 'A virtual address that drifts between two nodes',
  directors: ['node-a', 'node-b'],
  others: ['host'],
  async play(stage) {
    stage.say(`
      Two nodes share 192.168.1.100. \`node-a\` has the higher priority and holds it while it lives.
      The adverts go to a multicast group of our own, so that other pairs on the same network,
      which use the usual 224.0.0.18, do not hear them.`);
    stage.configurations();
    await stage.start('node-a');
    await stage.see('node-a', HOLDER, VIP);
    await stage.start('node-b');
    await stage.see('node-b', HOLDER, '');
    await stage.see('host', 'ping -c 1 -W 1 192.168.1.100 | grep -o "1 received"', '1 received');
    stage.say('Any host of the network sees who is master, and which group is in use:');
    const listen = 'timeout 5 tcpdump -t -nn -q -l -c 1 -i eth0 vrrp 2>/dev/null | cut -d, -f1-4';
    const heard = (address: string, priority: number): string =>
      `IP ${address} > 224.0.100.18: VRRPv2, Advertisement, vrid 51, prio ${priority}`;
    await stage.see('host', listen, heard('192.168.1.1', 120));
    stage.say(`
      The master is stopped. It says so in a last advert of priority 0, and \`node-b\` takes over at
      once instead of waiting three adverts long.`);
    await stage.stop('node-a');
    await stage.see('node-b', HOLDER, VIP);
    await stage.see('node-a', HOLDER, '');
    await stage.see('host', listen, heard('192.168.1.2', 100));
    stage.say('It returns, and as its priority is the higher one it takes the address back:');
    await stage.start('node-a');
    await stage.seen(HOLDER, { 'node-a': VIP, 'node-b': '' });
    stage.say(`
      The master is killed without a chance to say anything. \`node-b\` misses three adverts and
      takes over after 3.6 seconds. Nobody was left to remove the address of \`node-a\`: it keeps it
      without announcing it, until keepalived starts there again.`);
    await stage.crash('node-a');
    await stage.seen(HOLDER, { 'node-b': VIP, 'node-a': VIP });
    await stage.see('host', listen, heard('192.168.1.2', 100));
    await stage.start('node-a');
    await stage.seen(HOLDER, { 'node-b': '', 'node-a': VIP });
    await stage.see('host', listen, heard('192.168.1.1', 120));
  },
};

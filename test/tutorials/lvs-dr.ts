import { fetch, provideGenhash, TABLE, table } from './lvs.js';
import type { Tutorial } from './stage.js';
import { nginx } from './stand-ins.js';

const DIRECTORS = ['director-a', 'director-b'];
const SERVERS = ['web-1', 'web-2'];
const HOLDER = 'ip -o -4 address show label eth0:0 | cut -d" " -f7';
const VIP = '192.168.1.100/32';
const FETCH = fetch('http');

const SERVICE = 'TCP  192.168.1.100:80 rr';
const FIRST = '  -> 192.168.1.3:80               Route   1';
const SECOND = '  -> 192.168.1.4:80               Route   1';
const SORRY = '  -> 127.0.0.1:80                 Route   1';
const BOTH = table(SERVICE, FIRST, SECOND);

export const lvsDr: Tutorial = {
  name: 'lvs-dr',
  title: 'LVS with direct routing, two directors and a sorry server',
  directors: DIRECTORS,
  others: [...SERVERS, 'client'],
  async prepare(stage) {
    stage.say(`
      The directors hand packets on to the web servers, which answer clients themselves. For that
      they own the virtual address too, on \`lo\`, and keep quiet about it in ARP. When no web server
      is left, the director answers itself with its own nginx.`);
    for (const name of SERVERS) {
      await stage.type(name, 'ip address add 192.168.1.100/32 dev lo');
      await stage.type(name, 'echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore');
      await stage.type(name, 'echo 2 >/proc/sys/net/ipv4/conf/all/arp_announce');
    }
    for (const name of [...SERVERS, ...DIRECTORS]) {
      stage.machine(name).provide('nginx', nginx);
      await stage.background(name, 'nginx', 80);
    }
  },
  async play(stage) {
    stage.say('The digest of a page comes from `genhash`:');
    provideGenhash(stage, 'director-a');
    const digest = 'genhash -s 192.168.1.3 -p 80 -u /health';
    await stage.see('director-a', digest, 'eff5bc1ef8ec9d03e640fc4370f5eacd');
    stage.configurations();
    await stage.start('director-a');
    await stage.see('director-a', HOLDER, VIP);
    await stage.start('director-b');
    await stage.seen(TABLE, { 'director-a': BOTH, 'director-b': BOTH });
    await stage.see('client', FETCH, 'web-1 web-1 web-2 web-2');
    stage.say('`web-1` shows another page than the one that was hashed, and is taken out:');
    await stage.type('web-1', 'echo sick >/run/health');
    await stage.see('director-a', TABLE, table(SERVICE, SECOND));
    await stage.see('client', FETCH, 'web-2 web-2 web-2 web-2');
    stage.say('Now nginx of `web-2` ends as well, and the sorry server stands in.');
    await stage.type('web-2', 'killall nginx');
    await stage.see('director-a', TABLE, table(SERVICE, SORRY));
    await stage.see('client', FETCH, 'director-a director-a director-a director-a');
    stage.say('Both come back:');
    await stage.type('web-1', 'rm /run/health');
    await stage.background('web-2', 'nginx', 80);
    await stage.seen(TABLE, { 'director-a': BOTH, 'director-b': BOTH });
    stage.say(`
      The first director is stopped, and its table with it. The second has checked all the time, and
      goes on.`);
    await stage.stop('director-a');
    await stage.see('director-a', 'ipvsadm -Sn', '');
    await stage.see('director-b', HOLDER, VIP);
    await stage.see('client', FETCH, 'web-1 web-1 web-2 web-2');
  },
};

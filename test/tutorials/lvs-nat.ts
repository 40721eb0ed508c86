import { fetch, provideGenhash, TABLE, table } from './lvs.js';
import type { Tutorial } from './stage.js';
import { nginx } from './stand-ins.js';

const SERVERS = { 'web-1': '192.168.2.11', 'web-2': '192.168.2.12' };
const PLAIN = 'TCP  192.168.1.100:80 rr persistent 300';
const FIRST = '  -> 192.168.2.11:80              Masq    1';
const SECOND = '  -> 192.168.2.12:80              Masq    1';
const SECURE = 'TCP  192.168.1.100:443 wrr';
const SECURE_FIRST = '  -> 192.168.2.11:443             Masq    3';
const SECURE_SECOND = '  -> 192.168.2.12:443             Masq    1';
const WHOLE = table(PLAIN, FIRST, SECOND, SECURE, SECURE_FIRST, SECURE_SECOND);
const CERTIFICATE = 'openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=web -keyout /run/key.pem';

export const lvsNat: Tutorial = {
  name: 'lvs-nat',
  title: 'LVS with NAT and persistence, and only the checks: keepalived --check',
  directors: ['director'],
  others: ['client', ...Object.keys(SERVERS)],
  async prepare(stage) {
    stage.say(`
      The web servers stand in a network of their own, and their way out is the director. There is
      only one director, so it has the virtual address for good, and keepalived is started with
      \`--check\` (\`-C\`): no VRRP.`);
    await stage.inner('director', Object.keys(SERVERS));
    await stage.type('director', 'ip address add 192.168.1.100/24 dev eth0');
    await stage.type('director', 'ip address add 192.168.2.1/24 dev eth1');
    await stage.type('director', 'echo 1 >/proc/sys/net/ipv4/ip_forward');
    for (const [name, address] of Object.entries(SERVERS)) {
      await stage.type(name, 'ip address flush dev eth0');
      await stage.type(name, `ip address add ${address}/24 dev eth0`);
      await stage.type(name, 'ip route add default via 192.168.2.1');
      await stage.type(name, `${CERTIFICATE} -out /run/cert.pem`);
      await stage.type(name, 'cat /run/key.pem /run/cert.pem >/run/web.pem');
      stage.machine(name).provide('nginx', nginx);
      await stage.background(name, 'nginx', 443);
    }
  },
  async play(stage) {
    stage.say('Over TLS, too, `genhash` tells what a page should be:');
    provideGenhash(stage, 'director');
    const digest = 'genhash -S -s 192.168.2.11 -p 443 -u /health';
    await stage.see('director', digest, 'eff5bc1ef8ec9d03e640fc4370f5eacd');
    stage.configurations();
    stage.file('check_page.sh', ['director']);
    await stage.start('director', '--check');
    await stage.see('director', TABLE, WHOLE);
    await stage.see('client', fetch('https'), 'web-1 web-1 web-1 web-2');
    stage.say('A wrong page is noticed by SSL_GET, and by the script of MISC_CHECK:');
    for (const name of Object.keys(SERVERS)) await stage.type(name, 'echo sick >/run/health');
    await stage.see('director', TABLE, table(PLAIN, FIRST, SECOND, SECURE));
    for (const name of Object.keys(SERVERS)) await stage.type(name, 'rm /run/health');
    await stage.see('director', TABLE, WHOLE);
    stage.say(
      'nginx of `web-1` ends, which TCP_CHECK and SSL_GET notice, and its clients go elsewhere:',
    );
    await stage.type('web-1', 'killall nginx');
    await stage.see('director', TABLE, table(PLAIN, SECOND, SECURE, SECURE_SECOND));
    await stage.see('client', fetch('http'), 'web-2 web-2 web-2 web-2');
    stage.say(`
      When \`web-1\` has returned it gets new clients. The one above stays where it is, for
      persistence_timeout seconds after its last connection.`);
    await stage.background('web-1', 'nginx', 443);
    await stage.see('director', TABLE, WHOLE);
    await stage.see('client', fetch('http'), 'web-2 web-2 web-2 web-2');
    stage.say('After the end of keepalived the table is empty.');
    await stage.stop('director');
    await stage.see('director', 'ipvsadm -Sn', '');
  },
};

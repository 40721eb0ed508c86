/** A web server behind direct routing that answers its own name: `node web-server.js NAME`. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

// It has the virtual IP on its loopback, but must not answer ARP requests for it.
writeFileSync('/proc/sys/net/ipv4/conf/all/arp_ignore', '1');
writeFileSync('/proc/sys/net/ipv4/conf/all/arp_announce', '2');

const name = process.argv[2] ?? 'nobody';
createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${name}\n`);
}).listen(80, () => process.stdout.write('listening\n'));

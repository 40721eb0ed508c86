/** A web server that answers its own name: `node web-server.js NAME`. */
import { createServer } from 'node:http';

const name = process.argv[2] ?? 'nobody';
createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${name}\n`);
}).listen(80, () => process.stdout.write('listening\n'));

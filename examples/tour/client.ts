/**
 * A client that asks http://HOST/ ten times a second, each time on a new connection, and prints
 * a line for each answer: the server's name, or `lost`. Usage: `node client.js HOST`.
 */
import { get } from 'node:http';

const host = process.argv[2] ?? '';
const patience = 1000;

function ask(): void {
  let told = false;
  const tell = (text: string): void => {
    if (!told) process.stdout.write(`${text}\n`);
    told = true;
  };
  const request = get({ host, agent: false, signal: AbortSignal.timeout(patience) }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      body += chunk;
    });
    response.on('end', () => tell(body.trim()));
    response.on('error', () => tell('lost'));
  });
  request.on('error', () => tell('lost'));
}

setInterval(ask, 100);

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { ip } from '@keepalived-ts/base/ip.js';
import { describe, expect, it } from 'vitest';
import { ProbeFailure, verdictOn } from '#checks/core/probe-io.js';
import { io } from '../real-io.js';
import { loopback } from '../support.js';

describe('a connection of a probe', () => {
  it('comes from where bindto and bind_port say', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const came = once(server, 'connection');
    const target = { ...loopback(address.port), bindTo: ip('127.0.0.77'), bindPort: 23_457 };
    await io.tcpConnect(target, AbortSignal.timeout(2_000));
    const [client] = await came;
    expect([client.remoteAddress, client.remotePort]).toEqual(['127.0.0.77', 23_457]);
    client.destroy();
    server.close();
  });

  it('that can not be made from there says nothing about the server (reference §9)', async () => {
    const target = { ...loopback(9), bindTo: ip('192.0.2.1') };
    const failure = await io
      .tcpConnect(target, AbortSignal.timeout(2_000))
      .catch((error: ProbeFailure) => error);
    expect(failure && verdictOn(failure)).toMatchObject({
      is: 'undecided',
      reason: 'EADDRNOTAVAIL',
    });
  });

  it('that fails for want of descriptors says nothing about it either', () => {
    for (const reason of ['EMFILE', 'ENFILE', 'ENOBUFS', 'EACCES']) {
      expect(verdictOn(new ProbeFailure(reason, 'no'))).toMatchObject({ is: 'undecided', reason });
    }
    expect(verdictOn(new ProbeFailure('ECONNRESET', 'no')).is).toBe('down');
  });

  it('hears what came while the thread was held up, before it gives up', async () => {
    const answer = 'HTTP/1.0 200 OK\\r\\n\\r\\n';
    const program = `
      require('node:net').createServer((client) => client.end('${answer}'))
        .listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;
    const server = spawn(process.execPath, ['-e', program]);
    const [line] = await once(server.stdout, 'data');
    const wants = { digest: false, body: false };
    const asked = { head: 'GET / HTTP/1.0\r\n\r\n', tls: undefined, wants };
    const reply = io.httpGet(loopback(Number(line), 100), asked, AbortSignal.timeout(5_000));
    const end = performance.now() + 1_000;
    while (performance.now() < end);
    expect((await reply).status).toBe(200);
    server.kill();
  });
});

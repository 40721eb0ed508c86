import { once } from 'node:events';
import { type AddressInfo, connect, createServer as createRelay } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { secret } from '@keepalived-ts/base/secret.js';
import { afterEach, describe, expect, it } from 'vitest';
import { httpGet } from '#checks/shell/http-get.js';
import { Tls } from '#checks/shell/tls.js';
import { makeCertificate } from '../certificate.js';
import { loopback } from '../support.js';

const own = makeCertificate('server.example');
const client = makeCertificate('client.example');
let server: Server | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

interface Heard {
  serverName: string | false;
  client: string | undefined;
}

/** What the last client sent, in TLS records. */
let sent: Buffer[] = [];

/** The types of TLS records: type, version, length and content of each (RFC 5246 §6.2.1). */
function recordTypes(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) {
    types.push(bytes.readUInt8(at));
  }
  return types;
}

/** Fetches a page by TLS and tells what the server made of it. */
async function fetched(
  tls: Tls,
  terms: { serverName: string | undefined; goodbye: boolean },
  options: object = {},
): Promise<Heard> {
  server = createServer({ cert: own.certificate, key: own.key, ...options });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const heard = new Promise<Heard>((resolve) => {
    server?.on('secureConnection', (socket: TLSSocket) => {
      const { subject } = socket.getPeerCertificate();
      socket.on('error', () => {});
      socket.once('data', () => socket.write('HTTP/1.0 200 OK\r\n\r\nhello', () => socket.end()));
      socket.on('close', () => {
        resolve({ serverName: socket.servername || false, client: subject?.CN?.toString() });
      });
    });
  });
  let gone = (): void => {};
  const left = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const relay = createRelay((client) => {
    const upstream = connect(address.port, '127.0.0.1');
    sent = [];
    // No pipe: that would stop listening to a client whose server is gone.
    client.on('data', (bytes: Buffer) => {
      sent.push(bytes);
      upstream.write(bytes);
    });
    client.on('error', () => upstream.destroy()).on('close', () => gone());
    upstream.on('error', () => client.destroy()).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const reply = await httpGet(
    loopback((relay.address() as AddressInfo).port, 2_000),
    { head: 'GET / HTTP/1.0\r\n\r\n', tls: terms, wants: { digest: false, body: true } },
    AbortSignal.timeout(5_000),
    tls,
  );
  expect(Buffer.from(reply.body).toString()).toBe('hello');
  await left;
  relay.close();
  return heard;
}

describe('a page by TLS', () => {
  const plain = new Tls(undefined);

  it('is fetched whoever has signed the certificate, in old versions of TLS too', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      await fetched(
        plain,
        { serverName: undefined, goodbye: false },
        {
          minVersion: version,
          maxVersion: version,
        },
      );
      server?.close();
    }
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' };
    await fetched(plain, { serverName: undefined, goodbye: false }, old);
  });

  it('names the host that it wants, unless that is an address', async () => {
    const named = await fetched(plain, { serverName: 'www.example', goodbye: false });
    expect(named.serverName).toBe('www.example');
    server?.close();
    const bare = await fetched(plain, { serverName: '192.0.2.1', goodbye: false });
    expect(bare.serverName).toBe(false);
  });

  it('shows the certificate of the SSL block to a server that asks', async () => {
    const credentials = {
      certificate: client.certificate,
      key: secret(client.key),
      ca: undefined,
      password: undefined,
    };
    const asking = { requestCert: true, rejectUnauthorized: false };
    const terms = { serverName: undefined, goodbye: false };
    const shown = await fetched(new Tls(credentials), terms, asking);
    expect(shown.client).toBe('client.example');
    server?.close();
    expect((await fetched(plain, terms, asking)).client).toBeUndefined();
  });

  it.each([true, false])(
    'ends with close_notify where tls_compliant says so: %s',
    async (goodbye) => {
      await fetched(plain, { serverName: undefined, goodbye }, { maxVersion: 'TLSv1.2' });
      // The records of TLS 1.2 show their type: 21 is an alert, of which we send no other.
      expect(recordTypes(Buffer.concat(sent)).includes(21)).toBe(goodbye);
    },
  );

  it('is not to be had with a key that does not fit the certificate', () => {
    const mixed = {
      certificate: client.certificate,
      key: secret(own.key),
      ca: undefined,
      password: undefined,
    };
    expect(() => new Tls(mixed)).toThrow(/key/);
  });
});

import { secret } from '@keepalived-ts/base/secret.js';
import { seconds, systemAlarm, systemClock } from '@keepalived-ts/base/time.js';
import { afterEach, describe, expect, test } from 'vitest';
import { Mailer, type MailNews } from '#src/notify/mailer.js';
import { deliverBySmtp, type SmtpSettings } from '#src/notify/smtp.js';
import { makeCertificate } from '#test/checks/certificate.js';
import { MailServer } from '#test/support/mail-server.js';
import { until } from '#test/support/wait.js';

const letter = { subject: 'VRRP Instance V - Entering MASTER state', body: '=> V <=' };
const lb1 = (password: string) => ({ user: 'lb1', password: secret(password) });
const { certificate, key } = makeCertificate('localhost');

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const settings = (port: number, more: Partial<SmtpSettings> = {}): SmtpSettings => ({
  server: { host: 'localhost', port },
  tls: 'none',
  authorities: [certificate],
  login: undefined,
  helo: 'lb1.example.com',
  from: 'lb1@example.com',
  router: 'LB1',
  to: ['ops@example.com', 'night@example.com'],
  timeout: seconds(5),
  ...more,
});

type Server = ConstructorParameters<typeof MailServer>[0];

/** What comes of one letter to a server. */
async function attempt(
  options: Server,
  more: Partial<SmtpSettings> = {},
  left?: readonly string[],
) {
  const server = new MailServer(options);
  open.push(server);
  const port = await server.listen();
  const posted = { letter, date: new Date('2026-11-21T17:16:42Z'), id: 'id', left };
  const { signal } = new AbortController();
  const delivery = await deliverBySmtp(posted, settings(port, more), signal);
  return { delivery, mails: server.mails };
}

describe('a mail arrives', () => {
  test('as it is written, at every recipient', async () => {
    const { delivery, mails } = await attempt({});
    expect(delivery).toEqual({ result: 'sent', refused: [] });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({
      from: 'lb1@example.com',
      to: ['ops@example.com', 'night@example.com'],
      user: undefined,
      secure: false,
      helo: 'lb1.example.com',
    });
    expect(mails[0]?.data).toContain('Subject: [LB1] VRRP Instance V - Entering MASTER state\r\n');
    expect(mails[0]?.data).toMatch(/\r\n\r\n=> V <=\r\n\r\n$/);
  });

  test('by a login, after STARTTLS', async () => {
    const { mails } = await attempt(
      { key, cert: certificate },
      { tls: 'starttls', login: lb1('s3cret') },
    );
    expect(mails).toMatchObject([{ user: 'lb1', secure: true }]);
  });

  test('by a login in the clear, where that is asked for', async () => {
    const { mails } = await attempt({ allowInsecureAuth: true }, { login: lb1('s3cret') });
    expect(mails).toMatchObject([{ user: 'lb1', secure: false }]);
  });

  test('by TLS from the beginning', async () => {
    const { mails } = await attempt({ key, cert: certificate, secure: true }, { tls: 'tls' });
    expect(mails).toMatchObject([{ secure: true }]);
  });

  test('in the clear where that is asked for, whatever the server offers', async () => {
    const { mails } = await attempt({ key, cert: certificate }, { tls: 'none' });
    expect(mails).toMatchObject([{ secure: false }]);
  });

  test('at those recipients that the server takes', async () => {
    const { delivery, mails } = await attempt({
      onRcptTo: ({ address }, _, done) =>
        done(address.startsWith('night') ? new Error('no such user') : undefined),
    });
    expect(delivery).toEqual({ result: 'sent', refused: ['night@example.com'] });
    expect(mails).toMatchObject([{ to: ['ops@example.com'] }]);
  });
});

describe('a mail waits', () => {
  test.each<[string, Server, Partial<SmtpSettings>, string]>([
    [
      'a password is wrong',
      { key, cert: certificate },
      { tls: 'starttls', login: lb1('no') },
      'Invalid login',
    ],
    ['there is no STARTTLS', {}, { tls: 'starttls' }, 'STARTTLS'],
    [
      'nobody at all is believed',
      { key, cert: certificate },
      { tls: 'starttls', authorities: [] },
      'self-signed certificate',
    ],
    [
      'nobody known vouches for the server',
      { key, cert: certificate },
      { tls: 'starttls', authorities: undefined },
      'self-signed certificate',
    ],
  ])('while %s, and the password is not told', async (_, options, more, reason) => {
    const { delivery, mails } = await attempt(options, more);
    expect(delivery).toMatchObject({ result: 'later', reason: expect.stringContaining(reason) });
    expect(JSON.stringify(delivery)).not.toContain('s3cret');
    expect(mails).toEqual([]);
  });

  const answer = (responseCode: number) =>
    Object.assign(new Error('come back later'), { responseCode });

  test('while the server goes away', async () => {
    const { delivery } = await attempt({ onMailFrom: (_, __, done) => done(answer(421)) });
    expect(delivery).toMatchObject({ result: 'later' });
  });

  const both = ['ops@example.com', 'night@example.com'];
  const refuseOps = (code: number, other?: number): Server => ({
    onRcptTo({ address }, _, done) {
      const refusal = address === 'ops@example.com' ? code : other;
      done(refusal === undefined ? undefined : answer(refusal));
    },
  });
  test.each<[string, Server, object]>([
    [
      'for its sender',
      { onMailFrom: (_, __, done) => done(answer(451)) },
      { left: both, refused: [] },
    ],
    [
      'for what it says',
      {
        onData(stream, _, done) {
          stream.on('end', () => done(answer(452))).resume();
        },
      },
      { left: both, refused: [] },
    ],
    ['for all recipients', refuseOps(450, 450), { left: both, refused: [] }],
    ['for one recipient', refuseOps(450), { left: ['ops@example.com'], refused: [] }],
    [
      'for one, where the other is refused for good',
      refuseOps(550, 450),
      { left: ['night@example.com'], refused: ['ops@example.com'] },
    ],
  ])('while the server puts it off %s', async (_, server, expected) => {
    const { delivery } = await attempt(server);
    expect(delivery).toEqual({
      result: 'deferred',
      ...expected,
      reason: expect.stringContaining('come back later'),
    });
  });
});

test('a mail that was put off for some goes only to these, and says who all got it', async () => {
  const { delivery, mails } = await attempt({}, {}, ['night@example.com']);
  expect(delivery).toEqual({ result: 'sent', refused: [] });
  expect(mails).toMatchObject([{ to: ['night@example.com'] }]);
  expect(mails[0]?.data).toContain('To: ops@example.com,\r\n night@example.com\r\n');
});

test('a mail is given up when the configuration no longer names whom it has to reach', async () => {
  const { delivery, mails } = await attempt({}, {}, ['gone@example.com']);
  expect(delivery).toMatchObject({ result: 'never' });
  expect(mails).toEqual([]);
});

test('a mail is given up when the server refuses it for good', async () => {
  const { delivery } = await attempt({
    onRcptTo: (_, __, done) => done(Object.assign(new Error('no'), { responseCode: 550 })),
  });
  expect(delivery).toMatchObject({ result: 'never' });
});

test('what happens while the server is away arrives when it is back, in order', async () => {
  const first = new MailServer();
  const port = await first.listen();
  await first.close();
  const news: MailNews[] = [];
  const mailer = new Mailer({
    deliver: deliverBySmtp,
    tell: (one) => news.push(one),
    clock: systemClock,
    alarm: systemAlarm(),
  });
  mailer.follow(settings(port));
  for (const subject of ['one', 'two', 'three']) mailer.send({ subject, body: 'b' });
  await until('the server is missed', () => news.length > 0);
  expect(news).toEqual([
    { news: 'delayed', reason: expect.stringContaining('ECONNREFUSED'), waiting: 3 },
  ]);
  const back = new MailServer();
  open.push(back);
  await back.listen(port);
  await until('all arrive', () => back.mails.length === 3);
  await mailer.finish(seconds(2));
  const subjects = back.mails.map(({ data }) => /^Subject: \[LB1\] (.*)$/m.exec(data)?.[1]);
  expect(subjects).toEqual(['one', 'two', 'three']);
});

import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail that arrived, and how. */
export interface Arrived {
  from: string;
  to: string[];
  /** Who had logged in. */
  user: string | undefined;
  secure: boolean;
  helo: string;
  /** As it was sent, line ends and all. */
  data: string;
}

/** A mail server on loopback that keeps what it gets. Who logs in must be `lb1` with `s3cret`. */
export class MailServer {
  readonly mails: Arrived[] = [];
  private readonly server: SMTPServer;

  constructor(options: SMTPServerOptions = {}) {
    this.server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      disabledCommands: options.key === undefined ? ['STARTTLS'] : [],
      onAuth({ username, password }, _session, done) {
        if (username === 'lb1' && password === 's3cret') done(null, { user: username });
        else done(new Error('wrong password'));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            user: typeof session.user === 'string' ? session.user : undefined,
            secure: session.secure,
            helo: String(session.hostNameAppearsAs),
            data: Buffer.concat(chunks).toString(),
          });
          done();
        });
      },
      ...options,
    });
    // A client that goes away is no affair of a test.
    this.server.on('error', () => undefined);
  }

  /** Listens; on any port unless one is named, which it gives. */
  listen(port = 0): Promise<number> {
    return new Promise((listening, refused) => {
      this.server.once('error', refused);
      const { server } = this.server;
      this.server.listen(port, '127.0.0.1', () => {
        listening((server.address() as AddressInfo).port);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((closed) => this.server.close(() => closed()));
  }
}

/**
 * A mail server as a program, for namespaces: prints each mail as a line of JSON.
 *
 *     node mail-sink.mjs PORT
 */
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  authOptional: true,
  disableReverseLookup: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData(stream, session, done) {
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope;
      const to = rcptTo.map(({ address }) => address);
      const data = Buffer.concat(chunks).toString();
      process.stdout.write(`${JSON.stringify({ from: mailFrom.address, to, data })}\n`);
      done();
    });
  },
});
server.on('error', () => undefined);
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('listening\n'));

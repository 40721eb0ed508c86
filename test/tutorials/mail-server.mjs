/** A mail server on port 25 that takes every mail and adds it to /var/log/mail. */
import { appendFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, session, done) {
    const { mailFrom, rcptTo } = session.envelope;
    const envelope = `From ${mailFrom.address} to ${rcptTo.map((to) => to.address).join(' ')}\n`;
    text(stream)
      .then((mail) => appendFile('/var/log/mail', `${envelope}${mail.replaceAll('\r', '')}\n`))
      .then(() => done(), done);
  },
});
server.listen(25);

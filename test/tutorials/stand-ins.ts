import { resolve } from 'node:path';

/*
 * Programs that the articles take for granted and that need not be installed here. Each does
 * what the article needs of it, under the name by which scripts find it.
 */

/** `mail -s SUBJECT TO <BODY` puts the mail into /var/log/mail. */
export const mail = `#!/bin/bash
{ printf 'To: %s\\nSubject: %s\\n\\n' "$3" "$2"; cat; echo; } >>/var/log/mail
`;

/**
 * A web server that \`killall\` and \`pidof\` know as nginx: on port 80, and on 443 if there is
 * /run/web.pem with key and certificate. Its page is the host's name; /health is the file
 * /run/health, or "ok".
 */
export const nginx = `#!${process.execPath}
process.title = 'nginx';
const { existsSync, readFileSync } = require('node:fs');
const page = \`\${require('node:os').hostname()}\\n\`;
const health = () => (existsSync('/run/health') ? readFileSync('/run/health') : 'ok\\n');
const answer = (request, response) => {
  response.setHeader('Connection', 'close');
  response.end(request.url === '/health' ? health() : page);
};
require('node:http').createServer(answer).listen(80);
if (existsSync('/run/web.pem')) {
  const pem = readFileSync('/run/web.pem');
  require('node:https').createServer({ key: pem, cert: pem }, answer).listen(443);
}
`;

/** `smtpd` takes every mail on port 25 and adds it to /var/log/mail. */
export const mailServer = `#!/bin/bash
exec -a smtpd ${process.execPath} ${resolve('test/tutorials/mail-server.mjs')}
`;

import { block, keyword, several } from '#src/config/schema.js';
import { word } from '#src/config/values.js';
import { commonKeywords } from '../core/common-keywords.js';
import { defineChecker, failedAfter, up } from '../core/define-checker.js';
import { ProbeFailure, type Talk } from '../core/probe-io.js';

const host = block('host', {
  doc: 'One more host to check; better written as an SMTP_CHECK of its own.',
  keywords: commonKeywords,
});

/** The next line must begin with this code. Compat: `250-`, of several lines, is none. */
async function expectCode(talk: Talk, code: string): Promise<void> {
  const line = await talk.hear();
  if (line.startsWith(`${code} `) || line.startsWith(`${code}\n`)) return;
  throw new ProbeFailure('refused', `SMTP status ${code} expected, not '${line.trimEnd()}'`);
}

export default defineChecker({
  keyword: 'SMTP_CHECK',
  doc: 'Healthy when a mail server greets, answers HELO with 250, and answers QUIT.',
  example: 'SMTP_CHECK {\n  connect_port 25\n  helo_name checks.example.org\n}',
  keywords: {
    helo_name: keyword(word, 'The name that we greet with.')
      .default('smtpchecker.keepalived.org')
      .replacedWithError(),
    host: several(host),
  },
  check({ host: hosts }, report) {
    for (const { at } of hosts) {
      const message = 'SMTP_CHECK: host blocks are deprecated';
      const hint = 'write an SMTP_CHECK block for each';
      report(message, { severity: 'warning', class: 'advice', code: 'smtp-host', hint, at });
    }
  },
  /** Compat: each `host` block is a checker beside the one that it stands in. */
  also: ({ host: hosts }) => hosts,
  mail: (verdict) =>
    verdict.is === 'up'
      ? 'CHECK succeed on service'
      : `CHECK failed on service : ${verdict.detail}`,
  phrase: ({ server, verdict, retries }) =>
    verdict.is === 'up'
      ? `Remote SMTP server ${server} succeed on service.`
      : failedAfter('SMTP_CHECK', server, retries),
  identity: ({ helo_name }) => helo_name,
  retriesWhenDown: true,
  // The connection, and three lines of the server.
  patience: 4,
  probe: ({ target, options, io, signal }) =>
    io.converse(target, signal, async (talk) => {
      await expectCode(talk, '220');
      talk.say(`HELO ${options.helo_name}\r\n`);
      await expectCode(talk, '250');
      talk.say('QUIT\r\n');
      await talk.hear();
      return up('said goodbye');
    }),
});

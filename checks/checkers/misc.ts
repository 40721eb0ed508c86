import { type Duration, plus, seconds } from '@keepalived-ts/base/time.js';
import { keyword } from '#src/config/schema.js';
import { scriptCommand } from '#src/config/script-value.js';
import { flag, integer, words } from '#src/config/values.js';
import { defineChecker, down, up, type Verdict } from '../core/define-checker.js';
import type { ProgramEnd } from '../core/probe-io.js';

/** What stands behind `failed` in a verdict's detail; the retries come before it. */
const END = / \(.*\)$|$/;

export default defineChecker({
  keyword: 'MISC_CHECK',
  doc: 'Healthy when a program of yours ends with status 0.',
  manual:
    'With `misc_dynamic`, a status from 2 to 255 is healthy too and sets the weight to the ' +
    'status less 2; 0 keeps the configured weight, 1 takes the server down. ' +
    'The pauses count from the start of the program.',
  example: 'MISC_CHECK {\n  misc_path "/usr/local/bin/check-app 10.0.0.11"\n  misc_timeout 5\n}',
  common: 'pace',
  keywords: {
    misc_path: keyword(
      scriptCommand,
      'The program and its arguments, in quotes as a whole; no shell is between.',
    ).required(),
    misc_timeout: keyword(
      integer(0, 4294),
      'How long the program may run; then it is ended and has failed.',
    )
      .counting('seconds')
      .unless("the virtual server's delay_loop"),
    misc_dynamic: keyword(flag, 'Let a status from 2 to 255 set the weight.').default(false),
    user: keyword(words(1, 2), 'User, and group, that the program runs as.').unless('script_user'),
  },
  mail: (verdict) => {
    const failure = verdict.is === 'down' && verdict.reason === 'timeout' ? 'timed out' : 'failed';
    return `MISC CHECK ${verdict.is === 'up' ? 'succeeded' : failure} on service`;
  },
  // Compat: even of the first failure, which is final, it is said that it was tried again.
  phrase: ({ server, service, options, verdict, retry }) => {
    const [program = ''] = options.misc_path.argv;
    const tries = `after ${retry} ${retry === 1 ? 'retry' : 'retries'}`;
    const more = ` ${retry === 0 ? 'with retry disabled' : tries}`;
    const what = verdict.is === 'up' ? 'succeeded' : `${verdict.detail.replace(END, `${more}$&`)}`;
    return `Misc check for [${server} VS ${service}] by [${program}] ${what}.`;
  },
  identity: ({ misc_path, misc_dynamic }) => [misc_path.argv, misc_dynamic],
  defaults: { retry: 0 },
  mailsFirstWord: true,
  paced: 'from-start',
  // The parent ends the program at its time-out. How long it takes to start it, among those of
  // hundreds of servers, says nothing about the server.
  deadline: ({ misc_timeout }, { serviceDelay }) =>
    plus(timeoutOf(misc_timeout, serviceDelay), seconds(60)),
  async probe({ options, surroundings, io, signal }): Promise<Verdict> {
    const { misc_path, misc_timeout, misc_dynamic } = options;
    // The account is that of the keyword `user`, put there when the program was examined.
    const { argv, user, group } = misc_path;
    const timeout = timeoutOf(misc_timeout, surroundings.serviceDelay);
    return weigh(await io.runProgram({ argv, user, group, timeout }, signal), misc_dynamic);
  },
});

const timeoutOf = (own: number | undefined, service: Duration): Duration =>
  own ? seconds(own) : service;

/** What the end of the program says (reference §9). */
function weigh(end: ProgramEnd, dynamic: boolean): Verdict {
  if (end.result === 'timed-out') return down('timeout', 'timed out');
  if (end.result === 'signalled') return down('signal', `failed (due to signal ${end.signal})`);
  const { status } = end;
  if (status === 0) return up('status 0');
  if (!dynamic || status === 1) return down('status', `failed (exited with status ${status})`);
  return up(`status ${status}`, { instead: status - 2 });
}

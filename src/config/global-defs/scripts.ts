import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { keyword } from '../schema.js';
import { scriptCommand } from '../script-value.js';
import type { ValueType } from '../value-type.js';
import { boolean, flag, integer, quoted } from '../values.js';

/** `USER [GROUP]`: as whom a program runs. */
export interface ScriptUser {
  user: string;
  group: string | undefined;
  at: Span;
}

export const scriptUser: ValueType<ScriptUser> = {
  usage: 'USER [GROUP]',
  least: 1,
  parse: ([user, group]) => user && { user: user.text, group: group?.text, at: user.at },
  print: ({ user, group }) =>
    [user, group].flatMap((w) => (w === undefined ? [] : [quoted(w)])).join(' '),
};

/** Programs that we run. */
export const scriptGlobals = {
  script_user: keyword(scriptUser, 'As whom scripts run that name nobody themselves.')
    .skippedAlone()
    .unless('keepalived_script if there is such a user, else the user of the daemon')
    .shown('script_user nobody nogroup'),
  enable_script_security: keyword(
    flag,
    'Run no script as root that somebody else could change, itself or a directory on its path.',
  ).default(false),
  use_symlink_paths: keyword(
    boolean,
    'Run scripts by the path as written, not by the one that its symbolic links lead to.',
  ).without('scripts always run by the path as written; every link on it is examined'),
  startup_script: keyword(scriptCommand, 'Program to run once before anything is started.')
    .skippedAlone()
    .onlyOnce(),
  startup_script_timeout: keyword(integer(1, 1000), 'How long startup_script may take.')
    .skippedAlone()
    .counting('seconds')
    .default(10),
  shutdown_script: keyword(scriptCommand, 'Program to run once after everything has ended.')
    .skippedAlone()
    .onlyOnce(),
  shutdown_script_timeout: keyword(integer(1, 1000), 'How long shutdown_script may take.')
    .skippedAlone()
    .counting('seconds')
    .default(10),
};

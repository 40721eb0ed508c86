import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { keyword } from '../schema.js';
import { scriptCommand } from '../script-value.js';
import type { ValueType } from '../value-type.js';
import { boolean, flag, quoted } from '../values.js';

/** A fifo to write to, and who else may read it. */
export interface Fifo {
  path: string;
  user: string | undefined;
  group: string | undefined;
  at: Span;
}

export const fifo: ValueType<Fifo> = {
  usage: 'PATH [USER [GROUP]]',
  least: 1,
  parse: ([path, user, group]) =>
    path && { path: path.text, user: user?.text, group: group?.text, at: path.at },
  print: ({ path, user, group }) =>
    [path, user, group].flatMap((w) => (w === undefined ? [] : [quoted(w)])).join(' '),
};

/** Where changes are written as lines for other programs. */
export const notifyGlobals = {
  notify_fifo: keyword(fifo, 'Fifo that gets a line for every change of state, made if need be.')
    .skippedAlone()
    .onlyOnce()
    .shown('notify_fifo /run/keepalived.fifo'),
  notify_fifo_script: keyword(
    scriptCommand,
    'Program that reads notify_fifo, whose path it gets as its last argument.',
  )
    .skippedAlone()
    .onlyOnce(),
  vrrp_notify_fifo: keyword(fifo, 'Fifo that gets a line for every change of VRRP.')
    .skippedAlone()
    .onlyOnce(),
  vrrp_notify_fifo_script: keyword(
    scriptCommand,
    'Program that reads vrrp_notify_fifo, whose path it gets as its last argument.',
  )
    .skippedAlone()
    .onlyOnce(),
  lvs_notify_fifo: keyword(fifo, 'Fifo that gets a line for every change of a server.')
    .skippedAlone()
    .onlyOnce(),
  lvs_notify_fifo_script: keyword(
    scriptCommand,
    'Program that reads lvs_notify_fifo, whose path it gets as its last argument.',
  )
    .skippedAlone()
    .onlyOnce(),
  vrrp_notify_priority_changes: keyword(
    boolean,
    'Write a line to the fifos when the priority of an instance changes, too.',
  ),
  fifo_write_vrrp_states_on_reload: keyword(
    flag,
    'Write the state of every instance and group to the fifos after a reload, changed or not.',
  ),
};

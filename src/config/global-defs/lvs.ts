import { integerOf } from '../numbers.js';
import { keyword } from '../schema.js';
import type { ParseContext, ValueType, Word } from '../value-type.js';
import { boolean, flag, mistake } from '../values.js';
import { syncDaemon } from './sync-daemon.js';

/** Connection timeouts of IPVS in seconds; undefined leaves the kernel's. */
export interface LvsTimeouts {
  tcp: number | undefined;
  tcpfin: number | undefined;
  udp: number | undefined;
}

/** IP_VS_TIMEOUT limits of <linux/ip_vs.h>: 31 days. */
const LONGEST_TIMEOUT = 2678400;
const TIMEOUTS = ['tcp', 'tcpfin', 'udp'] as const;

export const lvsTimeouts: ValueType<LvsTimeouts> = {
  usage: '[tcp SECONDS] [tcpfin SECONDS] [udp SECONDS]',
  least: 0,
  parse(given, context) {
    if (given.length === 0) {
      return mistake(context, context.subject, 'lvs_timeouts requires at least one option');
    }
    const out: LvsTimeouts = { tcp: undefined, tcpfin: undefined, udp: undefined };
    for (let i = 0; i < given.length; i += 2) {
      const [name, value] = [given[i], given[i + 1]];
      if (name) timeout(out, name, value, context);
    }
    return TIMEOUTS.some((kind) => out[kind] !== undefined) ? out : undefined;
  },
  print: (value) =>
    TIMEOUTS.flatMap((kind) => (value[kind] === undefined ? [] : [`${kind} ${value[kind]}`])).join(
      ' ',
    ),
  json: {
    schema: {
      type: 'object',
      properties: Object.fromEntries(TIMEOUTS.map((kind) => [kind, { type: 'integer' }])),
      additionalProperties: false,
    },
    of: (value) => value,
  },
};

function timeout(
  out: LvsTimeouts,
  name: Word,
  value: Word | undefined,
  context: ParseContext,
): void {
  const kind = TIMEOUTS.find((k) => k === name.text);
  if (!kind) mistake(context, name, `unknown timeout '${name.text}'`, 'tcp, tcpfin or udp');
  else if (!value) mistake(context, name, `${kind} lacks its seconds`);
  else out[kind] = integerOf(value, 0, LONGEST_TIMEOUT, context);
}

/** What is removed at the end: the whole IPVS table, or our services each in one go. */
export type FlushAtStop = 'all' | 'VS';

export const flushAtStop: ValueType<FlushAtStop> = {
  usage: '[VS]',
  least: 0,
  parse([first], context) {
    if (first === undefined) return 'all';
    if (first.text === 'VS') return 'VS';
    return mistake(context, first, `Unknown ${context.subject.text} type ${first.text}`, 'VS');
  },
  print: (value) => (value === 'all' ? '' : value),
  json: { schema: { enum: ['all', 'VS'] }, of: (value) => value },
};

/** The IPVS table as a whole, and what all checkers do. */
export const lvsGlobals = {
  lvs_flush: keyword(flag, 'Empty the whole IPVS table at start, whoever has filled it.').default(
    false,
  ),
  lvs_flush_on_stop: keyword(
    flushAtStop,
    'Empty the whole IPVS table at the end; with VS only our services, none of their servers first.',
  )
    .alias('lvs_flush_onstop')
    .unless('only our services are removed, and nothing with --dont-release-ipvs'),
  lvs_timeouts: keyword(
    lvsTimeouts,
    'How long IPVS remembers idle connections; what the kernel had before is put back at the end.',
  )
    .unless("the kernel's: tcp 900, tcpfin 120, udp 300")
    .shown('lvs_timeouts tcp 7200 tcpfin 30 udp 60'),
  lvs_sync_daemon: keyword(
    syncDaemon,
    'Let the kernel tell the other directors of connections, so that they survive a fail-over.',
  )
    .skippedAlone()
    .onlyOnce()
    .explained(
      'What is found at start with the same interface and sync id is what a crashed run left, and ' +
        'is replaced; a daemon that somebody else started is left alone, also at the end.',
    )
    .shown('lvs_sync_daemon eth0 inst VI_1 id 51'),
  checker_log_all_failures: keyword(
    boolean,
    'Log every failed attempt of every checker, not only the one that changes a server.',
  ).default(false),
  rs_init_notifies: keyword(
    boolean,
    'Run notify_up also for the real servers that are put into the table at start.',
  ).default(false),
};

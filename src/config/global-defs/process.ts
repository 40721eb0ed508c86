import { integerOf } from '../numbers.js';
import { keyword } from '../schema.js';
import type { ValueType } from '../value-type.js';
import { flag, integer, mistake, quoted } from '../values.js';

const LIMIT =
  'Of both parts the longer limit counts, and without one there is none: keepalived limits itself to 10 ms and is killed at twice that.';
const MEMORY =
  'Node.js gives memory back in ways that locked memory forbids; MemorySwapMax=0 in the systemd unit has the same effect';
const NO_BFD = 'there is no BFD process';
const U32 = 4294967295;

/** TASK_COMM_LEN of <linux/sched.h>, without the NUL. */
const LONGEST_NAME = 15;

/** The name of a process; what is too long is cut, with an error. */
export const processName: ValueType<string> = {
  usage: 'STRING',
  least: 1,
  parse([first], context) {
    if (first === undefined || first.text.length <= LONGEST_NAME) return first?.text;
    const longest = `more than ${LONGEST_NAME} characters`;
    mistake(context, first, `Process name ${first.text} has ${longest}, truncating`);
    return first.text.slice(0, LONGEST_NAME);
  },
  print: quoted,
};

/** A real-time priority; one out of range becomes the nearest, with an error. */
export const realTimePriority: ValueType<number> = {
  ...integer(1, 99),
  parse([first], context) {
    if (first === undefined) return undefined;
    const given = Number.parseInt(first.text, 10);
    const outside = Number.isNaN(given) ? {} : { outside: Math.min(Math.max(given, 1), 99) };
    return integerOf(first, 1, 99, context, outside);
  },
};

/** The highest priority to rise to: 99 when the keyword stands alone, -1 for none. */
export const autoPriority: ValueType<number> = {
  ...integer(-1, 99),
  usage: '[INTEGER -1..99]',
  least: 0,
  parse: ([first], context) => (first ? integerOf(first, -1, 99, context) : 99),
};

/** CPU_SETSIZE of <sched.h>. */
const MOST_CPUS = 1024;

/**
 * CPUs by number, each once.
 *
 * Differs: a CPU that this machine does not have is no mistake, since a configuration may be
 * tested on another one.
 */
export const cpus: ValueType<number[]> = {
  usage: 'CPU ...',
  least: 0,
  parse(given, context) {
    if (given.length === 0) {
      return mistake(context, context.subject, `${context.subject.text}: no CPU specified`);
    }
    const numbers = given.map((word) => integerOf(word, 0, MOST_CPUS - 1, context));
    const valid = numbers.filter((n) => n !== undefined);
    return valid.length > 0 ? [...new Set(valid)] : undefined;
  },
  print: (value) => value.join(' '),
  json: { schema: { type: 'array', items: { type: 'integer' } }, of: (value) => value },
};

/** Names, priorities and CPUs of the daemon's parts. */
export const processGlobals = {
  process_names: keyword(
    flag,
    'Name the threads of the parts keepalived_vrrp and keepalived_lvs, as in `ps -eLf` and `top -H`.',
  ),
  process_name: keyword(
    processName,
    'Name of the process in listings, where it is keepalived otherwise.',
  ),
  vrrp_process_name: keyword(processName, 'Name of the VRRP thread, as in `ps -eLf`.'),
  checker_process_name: keyword(processName, 'Name of the checking thread, as in `ps -eLf`.').alias(
    'lvs_process_name',
  ),
  bfd_process_name: keyword(processName, 'Name of the BFD part in process listings.').without(
    NO_BFD,
  ),

  max_auto_priority: keyword(
    autoPriority,
    'Highest real-time priority that a part which is scheduled too late may rise to; 99 when no number is given.',
  )
    .default(0)
    .explained('One step is taken each time a timer is too late. 0 and -1 never raise a priority.'),
  min_auto_priority_delay: keyword(
    integer(1, 10_000_000),
    'How much later than due a timer must run before the priority is raised.',
  )
    .skippedAlone()
    .counting('microseconds')
    .default(1_000_000),

  vrrp_priority: keyword(integer(-20, 19), 'Nice value of the VRRP part.').skippedAlone(),
  vrrp_no_swap: keyword(flag, 'Keep the memory of the VRRP part from being swapped out.').refused(
    MEMORY,
  ),
  vrrp_rt_priority: keyword(
    realTimePriority,
    'Real-time priority (SCHED_RR) of the VRRP part; one out of range becomes the nearest.',
  ).skippedAlone(),
  vrrp_cpu_affinity: keyword(cpus, 'CPUs that the VRRP part may run on, counted from 0.').shown(
    'vrrp_cpu_affinity 2 3',
  ),
  vrrp_rlimit_rttime: keyword(
    integer(1, U32),
    'How long a thread may compute at real-time priority without a pause before the log warns.',
  )
    .explained(LIMIT)
    .counting('microseconds')
    .alias('vrrp_rlimit_rtime'),

  checker_priority: keyword(integer(-20, 19), 'Nice value of the checking part.').skippedAlone(),
  checker_no_swap: keyword(
    flag,
    'Keep the memory of the checking part from being swapped out.',
  ).refused(MEMORY),
  checker_rt_priority: keyword(
    realTimePriority,
    'Real-time priority (SCHED_RR) of the checking part; one out of range becomes the nearest.',
  ).skippedAlone(),
  checker_cpu_affinity: keyword(cpus, 'CPUs that the checking part may run on, counted from 0.'),
  checker_rlimit_rttime: keyword(
    integer(1, U32),
    'How long a thread may compute at real-time priority without a pause before the log warns.',
  )
    .explained(LIMIT)
    .counting('microseconds')
    .alias('checker_rlimit_rtime'),

  bfd_priority: keyword(integer(-20, 19), 'Nice value of the BFD part.')
    .skippedAlone()
    .without(NO_BFD),
  bfd_no_swap: keyword(flag, 'Keep the memory of the BFD part from being swapped out.').without(
    NO_BFD,
  ),
  bfd_rt_priority: keyword(realTimePriority, 'Real-time priority (SCHED_RR) of the BFD part.')
    .skippedAlone()
    .without(NO_BFD),
  bfd_cpu_affinity: keyword(cpus, 'CPUs that the BFD part may run on, counted from 0.').without(
    NO_BFD,
  ),
  bfd_rlimit_rttime: keyword(
    integer(1, U32),
    'Longest the BFD part may compute at real-time priority without a pause.',
  )
    .counting('microseconds')
    .alias('bfd_rlimit_rtime')
    .without(NO_BFD),
};

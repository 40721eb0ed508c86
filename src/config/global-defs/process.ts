import { integerOf } from '../numbers.js';
import { keyword, type ValueType } from '../schema.js';
import { flag, integer, mistake, quoted } from '../values.js';

const NAMES = 'the process and its threads keep their names';
const PRIORITY = 'threads run at the priority that the daemon was started with';
const REALTIME = 'no thread is scheduled in real time';
const AFFINITY = 'threads run on every CPU that the daemon may use';
const MEMORY = 'memory is not locked';
const NO_BFD = 'there is no BFD process';
const UNLIMITED = 'no thread is scheduled in real time, so there is nothing to limit';
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
    'Name the parts keepalived_vrrp, keepalived_lvs and keepalived_bfd in process listings.',
  ).refused(NAMES),
  process_name: keyword(processName, 'Name of the parent in process listings.').refused(NAMES),
  vrrp_process_name: keyword(processName, 'Name of the VRRP part in process listings.').refused(
    NAMES,
  ),
  checker_process_name: keyword(processName, 'Name of the checking part in process listings.')
    .alias('lvs_process_name')
    .refused(NAMES),
  bfd_process_name: keyword(processName, 'Name of the BFD part in process listings.').without(
    NO_BFD,
  ),

  max_auto_priority: keyword(
    autoPriority,
    'Highest real-time priority that a part which is scheduled too late may rise to; 99 when no number is given.',
  )
    .default(0)
    .explained('0 never raises a priority, and -1 says nothing about being late either.')
    .refused(REALTIME),
  min_auto_priority_delay: keyword(
    integer(1, 10_000_000),
    'How much later than due a timer must run before the priority is raised.',
  )
    .skippedAlone()
    .counting('microseconds')
    .default(1_000_000)
    .refused(REALTIME),

  vrrp_priority: keyword(integer(-20, 19), 'Nice value of the VRRP part.')
    .skippedAlone()
    .refused(PRIORITY),
  vrrp_no_swap: keyword(flag, 'Keep the memory of the VRRP part from being swapped out.').refused(
    MEMORY,
  ),
  vrrp_rt_priority: keyword(
    realTimePriority,
    'Real-time priority (SCHED_RR) of the VRRP part; one out of range becomes the nearest.',
  )
    .skippedAlone()
    .refused(REALTIME),
  vrrp_cpu_affinity: keyword(cpus, 'CPUs that the VRRP part may run on, counted from 0.')
    .shown('vrrp_cpu_affinity 2 3')
    .refused(AFFINITY),
  vrrp_rlimit_rttime: keyword(
    integer(1, U32),
    'Longest the VRRP part may compute at real-time priority without a pause.',
  )
    .counting('microseconds')
    .alias('vrrp_rlimit_rtime')
    .without(UNLIMITED),

  checker_priority: keyword(integer(-20, 19), 'Nice value of the checking part.')
    .skippedAlone()
    .refused(PRIORITY),
  checker_no_swap: keyword(
    flag,
    'Keep the memory of the checking part from being swapped out.',
  ).refused(MEMORY),
  checker_rt_priority: keyword(
    realTimePriority,
    'Real-time priority (SCHED_RR) of the checking part; one out of range becomes the nearest.',
  )
    .skippedAlone()
    .refused(REALTIME),
  checker_cpu_affinity: keyword(
    cpus,
    'CPUs that the checking part may run on, counted from 0.',
  ).refused(AFFINITY),
  checker_rlimit_rttime: keyword(
    integer(1, U32),
    'Longest the checking part may compute at real-time priority without a pause.',
  )
    .counting('microseconds')
    .alias('checker_rlimit_rtime')
    .without(UNLIMITED),

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

import { seconds } from '@keepalived-ts/base/time.js';
import { keyword } from '#src/config/schema.js';
import type { ValueType } from '#src/config/value-type.js';
import { flag, plainText, quoted, wholeSeconds, word } from '#src/config/values.js';

/** The name of a network namespace; empty for that of the first process. */
const namespaceOrDefault: ValueType<string> = {
  usage: '[STRING]',
  least: 0,
  parse: ([first]) => first?.text ?? '',
  print: (value) => (value === '' ? '' : quoted(value)),
  json: plainText,
};

/** Keywords of the outermost level that open no block: where and as what the daemon runs. */
export const rootScalars = {
  net_namespace: keyword(word, 'Network namespace to run in, as ip-netns(8) names it.')
    .skippedAlone()
    .explained(
      'Programs run there too. Pid files are in /run/keepalived/NAME, and a reload cannot change the namespace.',
    )
    .onlyOnce()
    .unless('the one that the daemon is started in'),
  net_namespace_ipvs: keyword(
    namespaceOrDefault,
    'Network namespace whose IPVS table is used; without a name the default one.',
  ).unless('net_namespace'),
  namespace_with_ipsets: keyword(
    flag,
    'Use ipsets inside a network namespace also with kernels before 3.13.',
  ).without('no ipsets are used'),
  use_pid_dir: keyword(flag, 'Keep pid files in /run/keepalived.').default(false),
  instance: keyword(
    word,
    'Name of this daemon where several run on one machine, for pid files, log files and syslog.',
  )
    .skippedAlone()
    .onlyOnce()
    .explained('Pid files are /run/keepalived/keepalived_NAME.pid and its like.')
    .shown('instance blue'),
  child_wait_time: keyword(
    wholeSeconds(0, 4294967295),
    'How long a part that says nothing while it stops is waited for before it is ended.',
  ).default(seconds(5)),
  linkbeat_use_polling: keyword(
    flag,
    'Ask interfaces for their link instead of waiting for the kernel to tell.',
  ).without('the kernel tells of every change of a link by netlink'),
};

import { seconds } from '@keepalived-ts/base/time.js';
import { keyword, type ValueType } from '#src/config/schema.js';
import { flag, plainText, quoted, wholeSeconds, word } from '#src/config/values.js';

const NAMESPACES = 'network namespaces are not changed';
const ONE_OF_MANY = 'pid files and log lines are named as those of a single daemon';

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
    .explained('Pid files get a directory of their own, and a reload cannot change the namespace.')
    .onlyOnce()
    .unless('the one that the daemon is started in')
    .refused(NAMESPACES),
  net_namespace_ipvs: keyword(
    namespaceOrDefault,
    'Network namespace whose IPVS table is used; without a name the default one.',
  )
    .unless('net_namespace')
    .refused(NAMESPACES),
  namespace_with_ipsets: keyword(
    flag,
    'Use ipsets inside a network namespace also with kernels before 3.13.',
  ).without('no ipsets are used'),
  use_pid_dir: keyword(flag, 'Keep pid files in the directory keepalived of the run directory.')
    .default(false)
    .refused(ONE_OF_MANY),
  instance: keyword(
    word,
    'Name of this daemon where several run on one machine, for pid files and log lines.',
  )
    .skippedAlone()
    .onlyOnce()
    .shown('instance blue')
    .refused(ONE_OF_MANY),
  child_wait_time: keyword(
    wholeSeconds(0, 4294967295),
    'How long the parent waits for its parts at the end before it ends without them.',
  )
    .default(seconds(5))
    .refused('the parent waits as long as its parts are at work'),
  linkbeat_use_polling: keyword(
    flag,
    'Ask interfaces for their link instead of waiting for the kernel to tell.',
  ).refused('the kernel tells of links by netlink'),
};

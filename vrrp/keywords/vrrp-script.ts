import { seconds } from '@keepalived-ts/base/time.js';
import { block, type ConfigOf, keyword } from '#src/config/schema.js';
import { scriptCommand } from '#src/config/script-value.js';
import { duration, flag, integer, weight, word, words } from '#src/config/values.js';

const MOST31 = 2147483647;
const time = duration(0.001, 4294000, { decimals: 3, zero: 1 });

export const vrrpScript = block('vrrp_script', {
  doc: 'A program run at intervals; its exit status moves priorities or causes FAULT.',
  manual:
    'Exit status 0 is success. It stands above the instance whose `track_script` names ' +
    'it. With `weight 0` a failure is a FAULT: the node gives up its addresses whether ' +
    'anybody else can take them or not. With a negative weight it only loses the election ' +
    'to a node that is better off, so prefer that, and make it larger than the difference ' +
    'of the priorities.\n\n' +
    'The program runs as its own user (`user`, or `script_user`), never in the thread ' +
    'that sends adverts: one that hangs delays nothing, and is killed when its time is ' +
    'over.',
  example:
    'vrrp_script check_web {\n' +
    '  script "/usr/bin/curl -sf http://127.0.0.1/health"\n' +
    '  interval 2\n' +
    '  timeout 1\n' +
    '  fall 3\n' +
    '  rise 2\n' +
    '  weight -60\n' +
    '  user nobody\n' +
    '}',
  header: { name: word },
  keywords: {
    script: keyword(scriptCommand, 'Program and arguments, quoted as one string.')
      .required()
      .explained('Exit status 0 is success, everything else failure; so is a signal.')
      .shown('script "/usr/bin/pgrep -x haproxy"'),
    interval: keyword(time, 'Time between runs.').default(seconds(1)),
    timeout: keyword(time, 'A run that takes longer has failed, and is killed.')
      .unless('interval')
      .shown('timeout 2'),
    weight: keyword(
      weight(253, { keep: true }),
      'Added to the priority: when it succeeds (> 0) or fails (< 0); 0 is FAULT.',
    )
      .default({ weight: 0, reverse: false })
      .explained('reverse turns it about. A tracker may have a weight of its own.')
      .shown('weight -30'),
    rise: keyword(integer(1, MOST31, { outside: 1 }), 'Successes until it counts as up.').default(
      1,
    ),
    fall: keyword(integer(1, MOST31, { outside: 1 }), 'Failures until it counts as down.').default(
      1,
    ),
    user: keyword(words(1, 2), 'User and group to run it as.')
      .unless('script_user of global_defs')
      .shown('user nobody nogroup'),
    init_fail: keyword(flag, 'Assume failure until the first run.')
      .default(false)
      .without('keepalived does not heed it once the script is tracked'),
  },
});

export type VrrpScriptConfig = ConfigOf<typeof vrrpScript>;

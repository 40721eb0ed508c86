import { block, type ConfigOf, keyword } from '#src/config/schema.js';
import type { ValueType } from '#src/config/value-type.js';
import { duration, flag, integer, mistake, quoted, weight, word } from '#src/config/values.js';

/** The process to look for: its name, and the parameters it must have been started with. */
export interface WantedProcess {
  name: string;
  parameters: readonly string[];
}

const wantedProcess: ValueType<WantedProcess> = {
  usage: 'NAME [STRING ...]',
  least: 1,
  parse: ([name, ...rest]) => name && { name: name.text, parameters: rest.map((w) => w.text) },
  print: ({ name, parameters }) => [name, ...parameters].map(quoted).join(' '),
};

/** How parameters are compared: none of them, the first ones, or the last one by its beginning. */
export type ParameterMatch = 'none' | 'initial' | 'partial';

const parameterMatch: ValueType<ParameterMatch> = {
  usage: '[initial|partial]',
  least: 0,
  parse([first], context) {
    const text = first?.text;
    if (first === undefined || text === undefined) return 'none';
    if (text === 'initial' || text === 'partial') return text;
    const message = `Invalid param_match type ${text} - ignoring`;
    return mistake(context, first, message, 'initial, partial, or nothing');
  },
  print: (value) => (value === 'none' ? '' : value),
};

/** Compat: a delay of 0 is refused; it is said by leaving the line out. */
const delay = duration(0.000001, 3600);

export const vrrpTrackProcess = block('vrrp_track_process', {
  doc: 'A process that must run, in enough copies and not in too many.',
  manual:
    'Cheaper and quicker than a script that looks for it, as the kernel tells of every ' +
    'process that starts or ends. It stands above the instance whose `track_process` ' +
    'names it.',
  example:
    'vrrp_track_process haproxy {\n' +
    '  process haproxy\n' +
    '  weight -60\n' +
    '  delay 0.5\n' +
    '}',
  header: { name: word },
  keywords: {
    process: keyword(
      wantedProcess,
      'Its name as in /proc/PID/comm (15 characters), and parameters if those matter too.',
    )
      .onlyOnce()
      .required(),
    param_match: keyword(
      parameterMatch,
      'partial: these are its first parameters; initial: and the last may be longer; nothing: none.',
    ).unless('all parameters must be equal, if any are given'),
    full_command: keyword(
      flag,
      'Compare with the command line that started it rather than with comm.',
    ).default(false),
    weight: keyword(
      weight(254),
      'Added to the priority while the quorum holds (> 0) or not (< 0); 0: without it, FAULT.',
    ).default({ weight: 0, reverse: false }),
    quorum: keyword(integer(1, 65535), 'So many copies must run at least.').default(1),
    quorum_max: keyword(
      integer(0, 65535),
      'So many copies may run at most; 0: it must not run.',
    ).unless('any number'),
    delay: keyword(delay, 'Sets fork_delay and terminate_delay, where they are not given.'),
    terminate_delay: keyword(delay, 'How long the loss of the quorum is borne before it counts.'),
    fork_delay: keyword(delay, 'How long the quorum must hold before it counts.'),
  },
  check(config, report) {
    const { quorum, quorum_max: most } = config;
    if (most === undefined || most === 0 || most >= quorum) return;
    config.quorum_max = undefined;
    report('quorum_max is less than quorum - ignoring');
  },
});

export type VrrpTrackProcessConfig = ConfigOf<typeof vrrpTrackProcess>;

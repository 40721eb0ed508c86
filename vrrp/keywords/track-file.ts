import { integerOf } from '#src/config/numbers.js';
import { block, type ConfigOf, keyword } from '#src/config/schema.js';
import type { ValueType } from '#src/config/value-type.js';
import { mistake, weight, word } from '#src/config/values.js';

/** What the file is made to hold at start, and whether a file that is there is overwritten. */
export interface InitFile {
  value: number;
  overwrite: boolean;
}

const MOST31 = 2147483647;

const initFile: ValueType<InitFile> = {
  usage: '[INTEGER -2147483648..2147483647] [overwrite]',
  least: 0,
  parse(words, context) {
    const init: InitFile = { value: 0, overwrite: false };
    for (const from of words) {
      if (from.text === 'overwrite') init.overwrite = true;
      else if (/^[+-]?\d/.test(from.text)) {
        init.value =
          integerOf(from, -MOST31 - 1, MOST31, context, { strict: true, outside: 0 }) ?? 0;
      } else mistake(context, from, `Unknown track file init option ${from.text}`);
    }
    return init;
  },
  print: ({ value, overwrite }) =>
    [...(value === 0 ? [] : [value]), ...(overwrite ? ['overwrite'] : [])].join(' '),
};

export const trackFile = block('track_file', {
  doc: 'A file whose number moves priorities, and weights of real servers.',
  manual:
    'A program, or an operator with `echo`, writes a number into the file, and it is ' +
    'added to the priority, times the weight. It stands above the `vrrp_instance` or ' +
    '`FILE_CHECK` that names it.',
  example: 'track_file drain {\n' + '  file /run/keepalived/drain\n' + '  weight 1\n' + '}',
  header: { name: word },
  keywords: {
    file: keyword(
      word,
      'Its path; the folder must exist at start, the file may come and go (0 while it is not there).',
    )
      .onlyOnce()
      .required(),
    weight: keyword(
      weight(254),
      'The number in the file times this is added; 0: another number than 0 is FAULT.',
    ).default({ weight: 1, reverse: false }),
    init_file: keyword(
      initFile,
      'Make the file at start with this number in it, 0 unless given; overwrite: even if it is there.',
    ).unless('the file is not made'),
  },
});

export type TrackFileConfig = ConfigOf<typeof trackFile>;

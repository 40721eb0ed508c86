import { seconds } from '@keepalived-ts/base/time.js';
import { keyword } from '#src/config/schema.js';
import { word } from '#src/config/values.js';
import { fileNumber } from '#src/files/number.js';
import { defineChecker, down, undecided, up } from '../core/define-checker.js';
import { fileWeight, weightOf } from '../core/file-number.js';

export default defineChecker({
  keyword: 'FILE_CHECK',
  doc: 'The number in a file adds to the weight of the server, or takes it down.',
  manual:
    'With weight 0 any number but 0 takes the server down. Otherwise the number times the weight ' +
    'is added to the weight of the server; -2147483648 takes it down. ' +
    'The file is looked at once a second; while it is not there its number is 0.',
  example: 'FILE_CHECK {\n  track_file drain\n  weight 0\n}',
  common: 'none',
  keywords: {
    track_file: keyword(word, 'The file, by the name of a track_file that stands further up.'),
    weight: keyword(fileWeight, 'What the number is multiplied by; reverse turns its sign.').unless(
      "the track_file's",
    ),
  },
  check({ track_file }, report) {
    if (track_file === undefined) report('FILE_CHECK has no track_file specified - ignoring');
  },
  mail: () => '',
  phrase: () => '',
  // Compat: alpha, retries and warm-up are no affairs of a file. Differs: keepalived uses inotify.
  pace: { delayLoop: seconds(1), warmup: seconds(0), retry: 0, alpha: false },
  // A slow disk says nothing about the server.
  deadline: () => seconds(60),
  async probe({ options, surroundings: { trackFile }, io, signal }) {
    if (!trackFile) throw new RangeError(`FILE_CHECK has no track_file ${options.track_file}`);
    const number = fileNumber(await io.readFile(trackFile.file, signal));
    if (number === undefined) return undecided('range', 'its number is out of range');
    const factor = { ...trackFile.weight, ...options.weight };
    const weight = weightOf(number, factor);
    const detail = `${trackFile.file} says ${number}`;
    return weight === 'down' ? down('number', detail) : up(detail, { plus: weight });
  },
});

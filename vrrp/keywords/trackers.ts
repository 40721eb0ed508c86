import { integerOf } from '#src/config/numbers.js';
import { type LineOf, named, optionLine } from '#src/config/option-line.js';
import { keyword } from '#src/config/schema.js';
import type { ValueType } from '#src/config/value-type.js';
import { flag, integer, interfaceName, word } from '#src/config/values.js';

const LIMIT = 253;

/** Compat: one beyond the limit is cut to it, with an error; more is ignored. */
const cutWeight: ValueType<number> = {
  usage: `INTEGER ${-LIMIT}..${LIMIT}`,
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const given = integerOf(first, -LIMIT - 1, LIMIT + 1, context);
    const weight = given && Math.max(-LIMIT, Math.min(LIMIT, given));
    if (given !== weight) {
      const message = `weight ${first.text} cut to ${weight}`;
      context.report({ severity: 'error', class: 'number', message, at: first.at });
    }
    return weight;
  },
  print: String,
  json: integer(-LIMIT, LIMIT).json,
};

const REVERSE = 'Turns the weight about: it is added in the opposite case. Stands after weight.';

/** `NAME [weight N [reverse|noreverse]]`: what is unset comes from the block that NAME names. */
const tracker = <const F extends string>(
  field: F,
  name: { type: ValueType<string>; doc: string },
  weight: { type: ValueType<number>; doc: string },
) =>
  optionLine({
    leading: keyword(named(field, name.type), name.doc),
    options: {
      weight: keyword(weight.type, weight.doc),
      reverse: keyword(flag, REVERSE).default(false).after('weight').undoing('noreverse'),
      noreverse: keyword(flag, 'Takes back the reverse of the definition. Stands after weight.')
        .default(false)
        .after('weight')
        .undoing('reverse'),
    },
  });

export const interfaceTracker = optionLine({
  leading: keyword(
    named('interface', interfaceName),
    'The interface; it is up while its link is up and running.',
  ),
  options: {
    weight: keyword(
      cutWeight,
      'Added to the priority while the interface is up (> 0) or down (< 0); 0: down is FAULT.',
    ).default(0),
    reverse: keyword(flag, REVERSE).default(false).after('weight'),
  },
});

export const scriptTracker = tracker(
  'script',
  { type: word, doc: 'A vrrp_script defined further up.' },
  {
    type: cutWeight,
    doc: "Replaces the script's own weight for this tracker; 0: failure is FAULT.",
  },
);

export const fileTracker = tracker(
  'file',
  { type: word, doc: 'A track_file defined further up.' },
  {
    type: integer(-254, 254),
    doc: "The file's number times this is added to the priority; 0: another number than 0 is FAULT.",
  },
);

export const processTracker = tracker(
  'process',
  { type: word, doc: 'A vrrp_track_process defined further up.' },
  {
    type: integer(-254, 254),
    doc: 'Added while the quorum of processes is there (> 0) or lost (< 0); 0: lost is FAULT.',
  },
);

export const bfdTracker = tracker(
  'bfd',
  { type: word, doc: 'A bfd_instance defined further up.' },
  {
    type: cutWeight,
    doc: 'Added to the priority while the session is up (> 0) or down (< 0); 0: down is FAULT.',
  },
);

export type InterfaceTracker = LineOf<typeof interfaceTracker>;
export type ScriptTracker = LineOf<typeof scriptTracker>;
export type FileTracker = LineOf<typeof fileTracker>;
export type ProcessTracker = LineOf<typeof processTracker>;
export type BfdTracker = LineOf<typeof bfdTracker>;

/** Whether a tracker works the other way round, given what its definition says. */
export const isReversed = (
  line: { reverse: boolean; noreverse: boolean },
  definition: { reverse: boolean },
): boolean => !line.noreverse && (line.reverse || definition.reverse);

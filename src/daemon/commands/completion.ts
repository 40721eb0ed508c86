import type { OptionRow } from '../options.js';
import { optionRows } from '../options.js';
import { type Run, type Subcommand, subcommands } from '../subcommands.js';
import { allPlaces } from './places.js';
import { bash, fish, zsh } from './shells.js';

/** What may be typed behind a word of the command line. */
export interface Completable {
  /** The words of a subcommand; empty for the daemon's own options. */
  command: string;
  doc: string;
  options: readonly CompletableOption[];
  /** The choices of each operand; `'FILE'` and `'KEYWORD'` stand for files and keywords. */
  operands: readonly (readonly string[])[];
}

export interface CompletableOption {
  spellings: readonly string[];
  doc: string;
  /** What follows as a word of its own; `['FILE']` is a file. */
  values: readonly string[] | undefined;
}

const FILE_OPTIONS = /^(use-file|record|.*pid)$/;

/** `completion SHELL`: a script to be sourced, made from the tables of options and keywords. */
export const run: Run = async ({ operands: [shell] }) => {
  const all: Completable[] = [
    { command: '', doc: '', options: optionRows.map(ofDaemon), operands: [] },
    ...Object.entries(subcommands).map(([name, command]) => ofSubcommand(name, command)),
  ];
  const places = await allPlaces();
  const keywords = new Set(
    places.flatMap((place) => place.keywords.flatMap((k) => (k.isNamed ? [k.name] : []))),
  );
  const print = shell === 'bash' ? bash : shell === 'zsh' ? zsh : fish;
  return { status: 0, out: print(all, [...keywords].toSorted()) };
};

const ofDaemon = ({ long, short, doc, argument }: OptionRow): CompletableOption => ({
  spellings: [...(short === undefined ? [] : [`-${short}`]), `--${long}`],
  doc,
  values: argument === 'required' ? (FILE_OPTIONS.test(long) ? ['FILE'] : []) : undefined,
});

const ofSubcommand = (command: string, { doc, options, operands }: Subcommand): Completable => ({
  command,
  doc,
  options: Object.entries(options).map(([name, { short, doc: said, values, argument }]) => ({
    spellings: [...(short === undefined ? [] : [`-${short}`]), `--${name}`],
    doc: said,
    values: values ?? (argument === undefined ? undefined : argument === 'FILE' ? ['FILE'] : []),
  })),
  operands: operands.map((operand) => choices(operand)),
});

/** Operands that are files have names of their own: OLD, NEW. */
const choices = (operand: string | readonly string[]): readonly string[] =>
  typeof operand !== 'string' ? operand : [operand === 'KEYWORD' ? operand : 'FILE'];

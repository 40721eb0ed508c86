import type { Block } from '../schema.js';

/** What a change does to the traffic when it is reloaded, from the least to the most. */
export const meanings = [
  /** No effect on traffic. */
  'none',
  /** What is known of a server is asked anew. */
  'checks restart',
  /** Another node may become master, or this one. */
  're-election',
  /** Addresses, routes or rules appear or disappear here. */
  'addresses move',
  /** Clients of a service or server that goes lose their connection. */
  'connections lost',
  /** A reload is refused: only a restart can change it. */
  'restart needed',
] as const;

export type Meaning = (typeof meanings)[number];

/** What changes of one kind of block mean. */
export interface BlockMeanings<Field extends string = string> {
  added: Meaning;
  removed: Meaning;
  /** By keyword; a nested block counts as one keyword of the block around it. */
  keywords: Readonly<Partial<Record<Field, Meaning>>>;
  /** Where it means something else that a keyword is there which was not there before. */
  additions?: Readonly<Partial<Record<Field, Meaning>>>;
  /** Of keywords that are not listed; `none` unless said. */
  others?: Meaning;
}

/** By a block's keyword; `checkers` and other slots have one entry for all that stands in them. */
export type Meanings = Readonly<Record<string, BlockMeanings>>;

/** Declares the meanings of a block; its keywords are checked against the block's own. */
export const meaningsOf = <B extends Block>(
  of: BlockMeanings<keyof B['keywords'] & string>,
): BlockMeanings => of;

/** Many keywords that mean the same. */
export const all = <Field extends string>(
  meaning: Meaning,
  ...fields: Field[]
): Record<Field, Meaning> =>
  Object.fromEntries(fields.map((field) => [field, meaning])) as Record<Field, Meaning>;

/** Without repetitions and, where something else is said, without `none`; the gravest last. */
export function summed(found: readonly Meaning[]): Meaning[] {
  const known = new Set(found);
  const grave = meanings.filter((meaning) => meaning !== 'none' && known.has(meaning));
  return grave.length > 0 ? grave : ['none'];
}

import { type Block, block, type Keyword, nested } from './schema.js';

/** A block of a later version: passed over by counting braces, with one warning. */
export const laterBlock = (
  keyword: string,
  doc: string,
): Keyword<Record<never, never> | undefined> =>
  nested(block(keyword, { doc, keywords: {} }) as Block<Record<never, never>>).refused(
    'it comes with a later version; the block is passed over',
  ) as Keyword<Record<never, never> | undefined>;

import { type Block, block, type Keyword, nested } from './schema.js';

/** A block of a later version: passed over by counting braces, with one warning. */
export const laterBlock = (
  keyword: string,
  doc: string,
  note = 'it comes with a later version; the block is passed over',
): Keyword<undefined> =>
  nested(block(keyword, { doc, keywords: {} }) as Block).refused(
    note,
  ) as unknown as Keyword<undefined>;

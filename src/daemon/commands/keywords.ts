import { listJson, listTsv } from '#src/config/reference/list.js';
import { manual } from '#src/config/reference/manual.js';
import { chapters } from '../chapters.js';
import type { Run } from '../subcommands.js';
import { allPlaces } from './places.js';

/** `keywords`: every keyword with its effect; the manual with `--format md`. */
export const run: Run = async ({ options }) => {
  const places = await allPlaces();
  switch (options.format) {
    case 'json':
      return { status: 0, out: listJson(places) };
    case 'md':
      return { status: 0, out: manual(places, chapters) };
    default:
      return { status: 0, out: listTsv(places) };
  }
};

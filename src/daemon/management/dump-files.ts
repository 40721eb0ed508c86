import { randomBytes } from 'node:crypto';
import { constants, type PathLike } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';

/** What decides where dumps go. */
export interface DumpPlaces {
  /** TMPDIR if that is absolute, else /tmp. */
  temporary: string;
  globals: GlobalDefsConfig;
  instance: string | undefined;
  namespace: string | undefined;
}

const DATA = 'keepalived.data';

/** Files of a process each, as keepalived has them: `''` is that of VRRP. */
export type DataPart = '_parent' | '' | '_check';

/**
 * The file of a data dump (reference §7): `state_dump_file` with the part before its extension. A
 * name that ends in a slash is a directory, one without a slash in front stands in the temporary
 * directory.
 */
export function dataFile({ temporary, globals, instance, namespace }: DumpPlaces, part: DataPart) {
  const given = globals.state_dump_file ?? DATA;
  const whole = isAbsolute(given) ? given : join(temporary, given);
  const path = given.endsWith('/') ? join(whole, DATA) : whole;
  const extension = extname(path);
  const names = globals.data_use_instance === true ? [namespace, instance] : [];
  const who = names.filter((name) => name !== undefined && name !== '').join('_');
  const stem = `${basename(path, extension)}${part}${who === '' ? '' : `.${who}`}`;
  return join(dirname(path), `${stem}${extension}`);
}

/** Compat: `stats_dump_file` and `json_dump_file` are read and have no effect (reference §7). */
export const statisticsFile = ({ temporary }: DumpPlaces): string =>
  join(temporary, 'keepalived.stats');
export const jsonFile = ({ temporary }: DumpPlaces): string => join(temporary, 'keepalived.json');

/**
 * Writes a file in one step: readers see the former one or the whole of the new one.
 *
 * The directory may be anybody's, as /tmp is. The new file is made by us alone and then takes the
 * name, whatever had it: a symbolic link there is replaced, never followed.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(text);
    await file.close();
    await rename(unfinished, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await remove(unfinished);
    throw error;
  }
}

const remove = (path: PathLike): Promise<void> => unlink(path).catch(() => undefined);

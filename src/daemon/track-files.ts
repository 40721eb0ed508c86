import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Log } from '@keepalived-ts/base/events.js';
import type { TrackFileConfig } from '#vrrp/keywords/track-file.js';
import type { daemonEvents } from './events.js';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
/** Everybody may read it; who may write is for its owner to say. */
const MODE = 0o644;

/**
 * Makes the files of `track_file` that `init_file` asks for. One that is there is overwritten only
 * at the start, and only where that is said: a reload leaves the operator's number alone.
 *
 * The folder may be writable for others: no link is followed.
 */
export async function initTrackFiles(
  files: readonly TrackFileConfig[],
  atStart: boolean,
  log: Log<typeof daemonEvents>,
): Promise<void> {
  for (const { file: path, init_file: init } of files) {
    if (init === undefined) continue;
    const how = init.overwrite && atStart ? O_TRUNC : O_EXCL;
    try {
      const file = await open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | how, MODE);
      await file.writeFile(`${init.value}\n`).finally(() => file.close());
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') log({ event: 'track-file-unmade', path, reason: message });
    }
  }
}

import { manPage } from '#src/config/reference/man-page.js';
import { manual } from '#src/config/reference/manual.js';
import { chapters } from './chapters.js';
import { allPlaces } from './commands/places.js';
import { programManual } from './program-manual.js';
import { VERSION } from './version.js';

/** The manual pages, by file name. Contents and index are for those who can follow links. */
export async function manPages(): Promise<Record<string, string>> {
  const source = `keepalived-ts ${VERSION}`;
  const language = manual(await allPlaces(), chapters)
    .replace(/^# .*\n/, '## Description\n')
    .split(/^(?=## )/m)
    .filter((section) => !/^## (Contents|Index)\n/.test(section))
    .join('');
  return {
    'keepalived-ts.8': manPage(
      {
        name: 'keepalived-ts',
        section: 8,
        summary: 'high availability by VRRP and load balancing by IPVS',
        source,
      },
      programManual(),
    ),
    'keepalived-ts.conf.5': manPage(
      {
        name: 'keepalived-ts.conf',
        section: 5,
        summary: 'the configuration of keepalived-ts, and of keepalived',
        source,
      },
      language,
    ),
  };
}

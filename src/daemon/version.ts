/** Our version; the same as in package.json, which a test compares. */
export const VERSION = '0.1.0';
/** The keepalived whose options, files and behaviour we follow. */
export const MODEL = '2.4';

/** As it stands in the log and in -v; scripts look for `Keepalived v`. */
export const PRODUCT = `Keepalived v${VERSION} (keepalived-ts)`;

/** The text of -v. */
export const versionText = (): string =>
  `${PRODUCT}\n\nOptions and files of keepalived ${MODEL}\nRunning on Node.js ${process.version}`;

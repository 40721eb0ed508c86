/** What keepalived and we say of one file; see `verdicts.mjs`. */
export interface Verdicts {
  file: string;
  theirs: Verdict;
  ours: Verdict;
}

interface Verdict {
  /** Exit code, or the signal that ended it. */
  code: number | string;
  lines: readonly number[];
  text: string;
}

/**
 * What Debian's 2.2.7 says otherwise than 2.4.3, whose verdict is ours: a file of which either
 * program says one of these is not compared. Most were found in the verdicts of both versions on
 * the same public files.
 */
const SAID_BY_2_2_7: readonly RegExp[] = [
  // 2.4.3 is built with iptables, or takes it for nftables in silence.
  /iptables not supported/,
  // 2.4.3 names a line.
  /has no real servers - ignoring/,
  /has no virtual router\(s\)/,
  // 2.4.3 refuses the second one, and a track_file whose folder is not there.
  /helo_name already specified/,
];

/** Whether the verdicts of a file cannot be compared. */
export function isExplained({ theirs, ours }: Verdicts): boolean {
  // 2.2.7 crashes on many a file.
  if (typeof theirs.code === 'string') return true;
  const texts = `${theirs.text}\n${ours.text}`;
  if (SAID_BY_2_2_7.some((one) => one.test(texts))) return true;
  // Keywords that came after 2.2.7.
  return [...theirs.text.matchAll(/Unknown keyword '([^']*)'/g)].some(
    ([, name]) => !ours.text.includes(`Unknown keyword '${name}'`),
  );
}

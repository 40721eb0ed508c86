/** Where something stands in the text the user wrote. Lines and columns count from 1. */
export interface Span {
  file: string;
  line: number;
  column: number;
  /** Characters to underline; at least 1. */
  length: number;
  /** Where the text was written, if it came here out of a definition (`$NAME`, `~SEQ`). */
  origin?: Span;
}

export type Severity = 'error' | 'warning';

/**
 * keepalived's classes of configuration mistakes. They decide the exit code of `-t`
 * (config-language reference §8) and whether the daemon can run at all.
 */
export type MistakeClass =
  | 'file-missing'
  | 'bad-interface'
  | 'fatal'
  | 'unknown-keyword'
  | 'unexpected-open'
  | 'missing-open'
  | 'extra-close'
  | 'missing-close'
  | 'quote'
  | 'missing-argument'
  | 'number'
  | 'general'
  | 'deprecated'
  | 'security'
  /** The network namespace is not there: keepalived's test ends with 0, whatever it has found. */
  | 'no-namespace'
  /** Told by keepalived with its line, and off the exit code. */
  | 'remark'
  /** Our own remark about something keepalived lets pass; off the exit code. */
  | 'advice';

/** A mistake or a doubt about the configuration, as a value. */
export interface Diagnostic {
  severity: Severity;
  class: MistakeClass;
  message: string;
  /** Of an advice: its heading in docs/warnings.md. */
  code?: string;
  /** What to do about it: the nearest keyword, the range, the block where it belongs. */
  hint?: string;
  /** Absent for mistakes of the whole configuration. */
  at?: Span;
  /** keepalived finds it when all is read, and names the block, not a line; `at` is the block's. */
  ofBlock?: boolean;
  /** keepalived has ended before it comes to this. */
  unread?: boolean;
  /** keepalived does not start with this, though `-t` grades it as any other mistake. */
  unusable?: boolean;
}

export type Report = (diagnostic: Diagnostic) => void;

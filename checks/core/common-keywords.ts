import { type Block, block, type ConfigOf, keyword } from '#src/config/schema.js';
import { address, boolean, duration, integer, interfaceName } from '#src/config/values.js';
import type { Checker } from './define-checker.js';

const U32 = 4294967295;
const INHERITED = "the real server's, else the virtual server's";

/** How a checker that talks to a server gets there. */
export const connectKeywords = {
  connect_ip: keyword(address, 'Address to ask.').unless("the real server's"),
  connect_port: keyword(integer(1, 65535), 'Port to ask.').unless("the real server's"),
  bindto: keyword(address, 'Source address of the check; of the same family as its target.'),
  bind_port: keyword(integer(1, 65535), 'Source port of the check.'),
  bind_if: keyword(
    interfaceName,
    'Interface that the check must leave by; a link-local target needs one.',
  ),
  connect_timeout: keyword(
    duration(0.000001, 4294.967295),
    'How long to wait for the connection, and then for each piece of the answer.',
  ).unless(`${INHERITED}, else 5`),
  fwmark: keyword(
    integer(0, U32),
    "Firewall mark of the check's packets, for policy routing; 0 is none.",
  ),
};

/** When a checker asks, and what it makes of failures. */
export const paceKeywords = {
  retry: keyword(
    integer(0, U32),
    'Further attempts after a failure, before the server counts as down.',
  ).unless(`${INHERITED}, else 1 (0 for MISC_CHECK, 3 for DNS_CHECK)`),
  delay_before_retry: keyword(duration(0), 'Time from a failed attempt to the next.').unless(
    `${INHERITED}, else 1 (3 for HTTP_GET and SSL_GET, delay_loop for DNS_CHECK)`,
  ),
  warmup: keyword(
    duration(0),
    'The first check comes after a random time up to this, so that not all come at once.',
  ).unless(`${INHERITED}, else delay_loop`),
  delay_loop: keyword(duration(0.000001), 'Time from one check to the next.').unless(
    `${INHERITED}, else 60`,
  ),
  alpha: keyword(boolean, 'The server counts as down until this check first succeeds.').unless(
    "the real server's",
  ),
  log_all_failures: keyword(
    boolean,
    'Log every failed attempt, not only the one that takes the server down.',
  ).unless('checker_log_all_failures of global_defs'),
};

/** What nearly every checker understands: where, how often, how patiently. */
export const commonKeywords = { ...connectKeywords, ...paceKeywords };

const common = block('checker', { doc: 'Rows of every checker.', keywords: commonKeywords });
/** Where a checker has no such row, the field is missing. */
export type CommonConfig = ConfigOf<typeof common>;

/** Which of the common rows a checker has; see `Checker.common`. */
export const commonRows = { all: commonKeywords, pace: paceKeywords, none: {} };

/** The block that the parser learns for a checker: its own rows and the common ones. */
export function checkerBlock(checker: Checker): Block {
  const { check } = checker;
  return block(checker.keyword, {
    doc: checker.doc,
    ...(checker.manual !== undefined && { manual: checker.manual }),
    ...(checker.example !== undefined && { example: checker.example }),
    keywords: { ...commonRows[checker.common ?? 'all'], ...checker.keywords },
    ...(check && { check: (config, report) => check(config as never, report) }),
  }) as Block;
}

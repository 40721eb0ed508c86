import type { Block, ConfigOf } from '#src/config/schema.js';
import { block, keyword } from '#src/config/schema.js';
import { address, boolean, duration, integer, interfaceName } from '#src/config/values.js';
import type { Checker } from './define-checker.js';

const U32 = 4294967295;

/** What every checker understands, whatever it asks: where, how often, how patiently. */
export const commonKeywords = {
  connect_ip: keyword(address, "Address to ask, if not the real server's."),
  connect_port: keyword(integer(1, 65535), "Port to ask, if not the real server's."),
  bindto: keyword(address, 'Source address.'),
  bind_port: keyword(integer(1, 65535), 'Source port.'),
  bind_if: keyword(interfaceName, 'Device to bind to.').refused(
    'not done yet: the check runs without it',
  ),
  fwmark: keyword(integer(0, U32), "Mark on the check's packets.").refused(
    'not done yet: the check runs without it',
  ),
  connect_timeout: keyword(duration(0.000001, 4294.967295), 'Time to connect or wait for data.'),
  retry: keyword(integer(0, U32), 'Extra attempts before the server counts as down.'),
  delay_before_retry: keyword(duration(0), 'Time between attempts.'),
  warmup: keyword(duration(0), 'Upper bound of the random first delay.'),
  delay_loop: keyword(duration(0.000001), 'Time between checks.'),
  alpha: keyword(boolean, 'Assume failure until the first success.'),
  log_all_failures: keyword(boolean, 'Log every failed attempt, not only the change.'),
};

const common = block('checker', { doc: 'Rows of every checker.', keywords: commonKeywords });
export type CommonConfig = ConfigOf<typeof common>;

/** The block that the parser learns for a checker: its own rows and the common ones. */
export function checkerBlock(checker: Checker): Block {
  const { check } = checker;
  return block(checker.keyword, {
    doc: checker.doc,
    keywords: { ...commonKeywords, ...checker.keywords },
    ...(check && { check: (config, report) => check(config as never, report) }),
  }) as Block;
}

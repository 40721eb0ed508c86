import { type LineOf, named, optionLine } from '#src/config/option-line.js';
import { keyword } from '#src/config/schema.js';
import { address, integer, mistake } from '#src/config/values.js';

const ttl = integer(0, 255, { strict: true });

/** A line of `unicast_peer`. */
export const unicastPeer = optionLine({
  leading: keyword(
    named('address', address),
    'Another router of the same virtual router; adverts are sent to it.',
  ),
  options: {
    min_ttl: keyword(
      ttl,
      'Drop its adverts with a smaller TTL; switches check_unicast_src on.',
    ).unless('0'),
    max_ttl: keyword(
      ttl,
      'Drop its adverts with a larger TTL; switches check_unicast_src on.',
    ).unless('255'),
  },
  settle(line, context) {
    const { min_ttl = 0, max_ttl = 255 } = line;
    if (min_ttl > max_ttl) {
      const message = `min_ttl ${min_ttl} > max_ttl ${max_ttl} - all packets will be discarded`;
      mistake(context, context.subject, message);
    }
    return line;
  },
});

export type UnicastPeer = LineOf<typeof unicastPeer>;

import type { RealServerConfig } from '#lvs/keywords/real-server.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import { placeOf } from '#src/config/places.js';
import type { Filling } from '#src/config/schema.js';
import type { Traps } from '#src/config/traps.js';
import type { CommonConfig } from '../core/common-keywords.js';

type Look = (own: CommonConfig, keyword: string, rs: RealServerConfig) => void;

/** Shows each checker of a service. */
function eachCheck({ real_server }: VirtualServerConfig, look: Look): void {
  for (const rs of real_server) {
    for (const { keyword, config } of rs.checkers as readonly Filling[]) {
      look(config as CommonConfig, keyword, rs);
    }
  }
}

const DEFAULT_TIMEOUT = 5e6;
/** They connect to nothing. */
const UNCONNECTED = new Set(['FILE_CHECK', 'BFD_CHECK']);

/** How long a check may take, in microseconds, and the keyword that says so. */
function limitOf(
  own: CommonConfig & { misc_timeout?: number },
  keyword: string,
  inherited: number | undefined,
): { name: string; limit: number } | undefined {
  if (UNCONNECTED.has(keyword)) return undefined;
  if (keyword !== 'MISC_CHECK') {
    const limit = own.connect_timeout ?? inherited ?? DEFAULT_TIMEOUT;
    return { name: 'connect_timeout', limit };
  }
  // Unset, it is the delay_loop.
  return own.misc_timeout ? { name: 'misc_timeout', limit: own.misc_timeout * 1e6 } : undefined;
}
/** They speak TCP, whatever the service does. */
const BY_TCP = new Set(['TCP_CHECK', 'HTTP_GET', 'SSL_GET', 'SMTP_CHECK']);

/** Each looks at one virtual server. */
export const checkerTraps: Traps<VirtualServerConfig> = {
  'no-checker': {
    why: 'A real server that nobody checks counts as up for ever: connections go to it when it is dead, and its neighbours, checked or not, do not take over.',
    remedy: 'give it a checker, TCP_CHECK at least',
    find({ real_server }, tell) {
      for (const { server, checkers, at } of real_server) {
        if (checkers.length > 0) continue;
        tell(at, `real server ${server.address} has no checker`);
      }
    },
  },

  'check-interval-below-timeout': {
    why: 'The next check waits for the end of this one, so a server that does not answer is asked once in connect_timeout (misc_timeout of MISC_CHECK), not once in delay_loop.',
    remedy: 'a time-out of at most delay_loop',
    find(vs, tell) {
      eachCheck(vs, (own, keyword, rs) => {
        const loop = own.delay_loop ?? rs.delay_loop ?? vs.delay_loop;
        const most = limitOf(own, keyword, rs.connect_timeout ?? vs.connect_timeout);
        if (loop === undefined || !most || loop >= most.limit) return;
        const times = `delay_loop ${loop / 1e6} s, ${most.name} ${most.limit / 1e6} s`;
        tell(own.at, `${keyword} of ${rs.server.address}: ${times}`);
      });
    },
  },

  'check-asks-vip': {
    why: 'A check that asks the virtual address asks the whole service: it says nothing about this server, and fails for all of them at once.',
    remedy: 'take out connect_ip, or use an address of the server',
    find(vs, tell) {
      const { service } = vs;
      if (service.kind !== 'address') return;
      eachCheck(vs, (own, keyword, rs) => {
        const asked = own.connect_ip;
        if (asked !== service.address) return;
        tell(
          placeOf(own, 'connect_ip'),
          `${keyword} of ${rs.server.address} asks ${asked}, the virtual server`,
        );
      });
    },
  },

  'udp-checked-by-tcp': {
    why: 'The service is UDP and all its checks speak TCP: a server may answer the one and be dead for the other.',
    remedy: 'UDP_CHECK, DNS_CHECK or MISC_CHECK beside it',
    find(vs, tell) {
      if (vs.service.kind !== 'address' || vs.protocol !== 'UDP') return;
      const checks: Filling[] = vs.real_server.flatMap((rs) => rs.checkers);
      const [first] = checks;
      if (!first || !checks.every(({ keyword }) => BY_TCP.has(keyword))) return;
      tell(first.config.at, `${first.keyword} of a UDP service, which is asked by TCP only`);
    },
  },
};

import type { Timeouts } from '@keepalived-ts/ipvs-netlink/settings.js';
import type { BufferOptions } from '@keepalived-ts/netlink/socket.js';

/** What is done with IPVS as a whole. */
export interface IpvsPlan {
  /** The network namespace that has it; `''` is the first process's, undefined ours. */
  namespace?: string | undefined;
  /** Receive buffer of the socket that it is asked by, if one is asked for. */
  buffer?: BufferOptions | undefined;
  /** Empty it at start, whoever has filled it. */
  flush: boolean;
  /** Empty it at the end; otherwise our services are taken out, each with its servers. */
  flushAtStop: boolean;
  /** In seconds; what is left out stays as it is. */
  timeouts: { [K in keyof Timeouts]: number | undefined } | undefined;
}

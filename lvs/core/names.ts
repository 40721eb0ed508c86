import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Protocol, ServiceId } from '@keepalived-ts/ipvs-netlink/types.js';

/** A service as log lines, fifos and scripts call it: `[10.0.0.1]:tcp:80` or `FWM 5`. */
export const serviceName = (id: ServiceId): string =>
  id.kind === 'fwmark'
    ? `FWM ${id.mark}`
    : `[${id.address}]:${id.protocol.toLowerCase()}:${id.port}`;

/** A server likewise, with the protocol of its service: `[192.168.1.2]:tcp:80`; a mark has none. */
export const serverName = (
  protocol: Protocol | undefined,
  address: IpAddress,
  port: number,
): string => `[${address}]:${protocol?.toLowerCase() ?? 'none'}:${port}`;

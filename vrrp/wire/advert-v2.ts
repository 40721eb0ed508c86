import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Duration } from '@keepalived-ts/base/time.js';

/** A VRRPv2 advertisement (RFC 3768 §5.3) as a value. */
export interface Advert {
  version: 2;
  vrid: number;
  priority: number;
  interval: Duration;
  /** PASS: the 8 bytes of the authentication data; undefined without authentication. */
  password: Uint8Array | undefined;
  addresses: readonly IpAddress[];
}

import { type IpAddress, ip } from '@keepalived-ts/base/ip.js';
import { Payload } from '@keepalived-ts/netlink/attributes.js';
import {
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_NEWADDR,
  RTM_NEWLINK,
} from '@keepalived-ts/netlink/constants.js';
import type { Message } from '@keepalived-ts/netlink/message.js';
import { type AddressKey, newAddress } from '@keepalived-ts/netlink/route/address.js';

export const UP = 0x1 | 0x40 | 0x10000;

interface LinkFields {
  index: number;
  name: string;
  flags?: number;
  hardware?: number;
  mac?: readonly number[];
}

const message = (type: number, payload: Uint8Array, port = 0): Message => ({
  type,
  flags: 0,
  sequence: 0,
  port,
  payload,
});

/** RTM_NEWLINK or RTM_DELLINK as the kernel sends it. */
export function linkMessage(
  { index, name, flags = UP, hardware = 1, mac = [2, 0, 0, 0, 0, index] }: LinkFields,
  { gone = false, port = 0 } = {},
): Message {
  const payload = new Payload(16, (view) => {
    view.setUint16(2, hardware, true);
    view.setInt32(4, index, true);
    view.setUint32(8, flags, true);
  });
  payload.text(3, name).u32(4, 1500).bytes(1, Uint8Array.from(mac));
  return message(gone ? RTM_DELLINK : RTM_NEWLINK, payload.finish(), port);
}

/**
 * RTM_NEWADDR or RTM_DELADDR; `port` is that of the process which asked for the change, `flags`
 * are IFA_F_* of <linux/if_addr.h>, of which all here are permanent.
 */
export function addressMessage(
  index: number,
  text: string,
  { gone = false, port = 0, flags = 0 } = {},
): Message {
  const [address = '', prefix = '32'] = text.split('/');
  const key: AddressKey = { index, ip: ip(address) as IpAddress, prefixLength: Number(prefix) };
  const { payload } = newAddress({ ...key, scope: 0, flags: flags | 0x80 });
  return message(gone ? RTM_DELADDR : RTM_NEWADDR, payload, port);
}

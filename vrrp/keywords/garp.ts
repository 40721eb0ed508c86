import { extraGarp } from '#src/config/global-defs/garp.js';
import { keyword } from '#src/config/schema.js';
import { integer, wholeSeconds } from '#src/config/values.js';

const MOST32 = 4294967295;
const MOST31 = 2147483647;

/** How a new master makes itself known to switches and neighbours. */
export const garp = {
  garp_master_delay: keyword(
    wholeSeconds(0, 4294),
    'Time from becoming master to the second batch of gratuitous ARP; 0 for no second batch.',
  ).unless('vrrp_garp_master_delay'),
  garp_master_repeat: keyword(
    integer(1, MOST32, { zero: 1 }),
    'Gratuitous ARPs for each address in a batch.',
  ).unless('vrrp_garp_master_repeat'),
  garp_master_refresh: keyword(
    wholeSeconds(0, MOST32),
    'Time between batches for as long as we are master; 0 for none.',
  ).unless('vrrp_garp_master_refresh'),
  garp_master_refresh_repeat: keyword(
    integer(1, MOST32, { zero: 1 }),
    'Gratuitous ARPs for each address in a refresh.',
  ).unless('vrrp_garp_master_refresh_repeat'),
  garp_lower_prio_delay: keyword(
    wholeSeconds(0, 4294),
    'Time to the second batch after a weaker router sent an advert to us as master.',
  ).unless('vrrp_garp_lower_prio_delay, or else as garp_master_delay'),
  garp_lower_prio_repeat: keyword(
    integer(0, MOST31),
    'Gratuitous ARPs for each address after a weaker router sent an advert to us as master.',
  ).unless('vrrp_garp_lower_prio_repeat, or else as garp_master_repeat'),
  garp_extra_if: keyword(
    extraGarp(0),
    'Announce so often on other interfaces with virtual MACs, and with "all" on all that have VIPs.',
  )
    .deprecatedAlias('vmac_garp_intvl')
    .unless('vrrp_garp_extra_if'),
};

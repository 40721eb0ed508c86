/**
 * Every number the vrrp thread counts, by instance. The names are those of keepalived's
 * statistics; the reasons for dropping an advert are names of this table.
 */
export const vrrpCounters = {
  advert_rcvd: 'Valid adverts received.',
  advert_sent: 'Adverts sent.',
  become_master: 'Transitions to MASTER.',
  release_master: 'Transitions from MASTER.',
  packet_len_err: 'Adverts dropped: the length does not fit the number of addresses.',
  ip_ttl_err: 'Adverts dropped: the TTL is not 255.',
  invalid_type_rcvd: 'Adverts dropped: the type is not ADVERTISEMENT.',
  advert_interval_err: 'Adverts dropped: the interval differs from ours.',
  addr_list_err: 'Adverts whose address list or destination differs from ours.',
  vers_err: 'Adverts dropped: another version of VRRP.',
  chk_err: 'Adverts dropped: wrong checksum.',
  vrid_err: 'Adverts dropped: no instance here has this VRID on this interface.',
  invalid_authtype: 'Adverts dropped: unknown authentication type.',
  authtype_mismatch: 'Adverts dropped: another authentication type than ours.',
  auth_failure: 'Adverts dropped: wrong password.',
  pri_zero_rcvd: 'Priority 0 adverts received: the master resigned.',
  pri_zero_sent: 'Priority 0 adverts sent.',
};

export type VrrpCounter = keyof typeof vrrpCounters;

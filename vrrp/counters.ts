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
  auth_ext_missing: 'Adverts dropped: no trailer of auth_hmac.',
  auth_ext_malformed: 'Adverts dropped: a trailer of another scheme than that of auth_hmac.',
  auth_ext_unknown_key: 'Adverts dropped: signed with a key whose number we have not.',
  auth_ext_invalid_hmac: 'Adverts dropped: not signed with our key of that number.',
  auth_ext_stale: 'Adverts dropped: signed too long ago, or too far in the future.',
  auth_ext_replay: 'Adverts dropped: no later than one that was heard of the same sender.',
  pri_zero_rcvd: 'Priority 0 adverts received: the master resigned.',
  pri_zero_sent: 'Priority 0 adverts sent.',
};

export type VrrpCounter = keyof typeof vrrpCounters;

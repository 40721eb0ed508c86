/** Every number the vrrp thread counts, by instance. Names of garbage are its reasons. */
export const vrrpCounters = {
  advert_rcvd: 'Valid adverts received.',
};

import type { IpFamily } from '@keepalived-ts/base/ip.js';

/** IFNAMSIZ of <linux/if.h>, less the closing zero. */
const LONGEST = 15;

/** What a made up name is made of. */
export interface VmacNaming {
  stem: string;
  vrid: number;
  family: IpFamily;
}

/**
 * A name for the interface of a virtual MAC that nobody has: `vrrp.51`, for IPv6 next `vrrp6.51`,
 * then `vrrp1.51`, `vrrp2.51`... A long stem is cut.
 */
export function freeVmacName(
  { stem, vrid, family }: VmacNaming,
  isTaken: (name: string) => boolean,
): string {
  const named = (number: number | ''): string => {
    const end = `${number}.${vrid}`;
    return `${stem.slice(0, LONGEST - end.length)}${end}`;
  };
  const first = family === 4 ? named('') : [named(''), named(6)].find((name) => !isTaken(name));
  if (first !== undefined && !isTaken(first)) return first;
  let number = 1;
  while (isTaken(named(number))) number++;
  return named(number);
}

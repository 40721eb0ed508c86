declare const ipBrand: unique symbol;

/**
 * An IPv4 or IPv6 address, as its canonical text (RFC 5952).
 *
 * Being text it can be compared with `===`, be a key of a map and cross a thread boundary;
 * `ipBytes` gives the form the wire wants.
 */
export type IpAddress = string & { readonly [ipBrand]: true };
export type IpFamily = 4 | 6;

export const familyOf = (ip: IpAddress): IpFamily => (ip.includes(':') ? 6 : 4);
export const fullLength = (ip: IpAddress): 32 | 128 => (familyOf(ip) === 4 ? 32 : 128);

/** Parses what inet_pton(3) accepts: four decimal octets, or RFC 4291 text. */
export function parseIp(text: string): IpAddress | undefined {
  if (number4(text) !== undefined) return text as IpAddress;
  const bytes = parse6(text);
  return bytes && ipFromBytes(bytes);
}

/** `ip('10.0.0.1')` for addresses known to be right, as in tests. */
export function ip(text: string): IpAddress {
  const parsed = parseIp(text);
  if (parsed === undefined) throw new RangeError(`not an IP address: ${text}`);
  return parsed;
}

/** Four octets without leading zeros, which is their canonical text; as one number. */
function number4(text: string): number | undefined {
  let value = 0;
  let dots = 0;
  let octet = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9 && (digits === 0 || octet > 0)) {
      octet = octet * 10 + digit;
      if (octet > 255) return undefined;
      digits++;
    } else if (digit === -2 && digits > 0 && dots < 3) {
      value = value * 256 + octet;
      dots++;
      octet = 0;
      digits = 0;
    } else {
      return undefined;
    }
  }
  return dots === 3 && digits > 0 ? value * 256 + octet : undefined;
}

function parse6(text: string): Uint8Array | undefined {
  let body = text;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail) {
    const v4 = number4(tail[2] ?? '');
    if (v4 === undefined) return undefined;
    body = `${tail[1]}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`;
  }
  const halves = body.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] => (half ? half.split(':') : []);
  const head = groups(halves[0]);
  const rest = groups(halves[1]);
  const gap = 8 - head.length - rest.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  const words = [...head, ...Array<string>(gap).fill('0'), ...rest];
  const out = new Uint8Array(16);
  for (const [i, word] of words.entries()) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(word)) return undefined;
    const value = Number.parseInt(word, 16);
    out[2 * i] = value >> 8;
    out[2 * i + 1] = value & 0xff;
  }
  return out;
}

/** Writes the address in network byte order, 4 or 16 bytes. */
export function putIp(bytes: Uint8Array, at: number, ip: IpAddress): void {
  const v4 = number4(ip);
  if (v4 === undefined) {
    const v6 = parse6(ip);
    if (!v6) throw new RangeError(`not an IP address: ${ip}`);
    bytes.set(v6, at);
    return;
  }
  for (let i = 0; i < 4; i++) bytes[at + i] = v4 >>> (24 - 8 * i);
}

/** The address in network byte order: 4 or 16 bytes. */
export function ipBytes(ip: IpAddress): Uint8Array {
  const bytes = new Uint8Array(fullLength(ip) / 8);
  putIp(bytes, 0, ip);
  return bytes;
}

/** From 4 or 16 bytes in network byte order. */
export function ipFromBytes(bytes: Uint8Array): IpAddress {
  if (bytes.length === 4) return bytes.join('.') as IpAddress;
  if (bytes.length !== 16)
    throw new RangeError(`an address has 4 or 16 bytes, not ${bytes.length}`);
  const words = Array.from(
    { length: 8 },
    (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
  );
  const gap = longestZeros(words);
  const hex = (from: number, to: number): string =>
    words
      .slice(from, to)
      .map((w) => w.toString(16))
      .join(':');
  if (gap.length < 2) return hex(0, 8) as IpAddress;
  return `${hex(0, gap.start)}::${hex(gap.start + gap.length, 8)}` as IpAddress;
}

function longestZeros(words: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let i = 0; i < words.length; i++) {
    let n = 0;
    while (i + n < words.length && words[i + n] === 0) n++;
    if (n > best.length) best = { start: i, length: n };
    i += n;
  }
  return best;
}

/** Orders addresses of one family numerically, as VRRP's tie-break wants (RFC 3768 §6.4.3). */
export function compareIp(a: IpAddress, b: IpAddress): number {
  return Buffer.compare(ipBytes(a), ipBytes(b));
}

export const isMulticast = (ip: IpAddress): boolean =>
  familyOf(ip) === 4 ? ((ipBytes(ip)[0] ?? 0) & 0xf0) === 0xe0 : ipBytes(ip)[0] === 0xff;

export const isLinkLocal6 = (ip: IpAddress): boolean => {
  if (familyOf(ip) === 4) return false;
  const [a = 0, b = 0] = ipBytes(ip);
  return a === 0xfe && (b & 0xc0) === 0x80;
};

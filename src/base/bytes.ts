/** The internet checksum (RFC 1071) over the concatenation of the parts; odd tails are padded. */
export function internetChecksum(...parts: Uint8Array[]): number {
  let sum = 0;
  let carry: number | undefined;
  for (const part of parts) {
    let i = 0;
    if (carry !== undefined && part.length > 0) {
      sum += (carry << 8) | (part[i++] ?? 0);
      carry = undefined;
    }
    for (; i + 1 < part.length; i += 2) sum += ((part[i] ?? 0) << 8) | (part[i + 1] ?? 0);
    if (i < part.length) carry = part[i];
  }
  if (carry !== undefined) sum += carry << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** A view of the same bytes, for multi-byte fields. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

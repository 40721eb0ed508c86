/** JSON, and integers of 64 bits, which it lacks: `{"$integer":"5"}`. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? { $integer: String(v) } : v));

export const fromJson = (text: string): unknown =>
  JSON.parse(text, (_, v) => {
    const digits: unknown = v?.$integer;
    return typeof digits === 'string' && /^\d+$/.test(digits) ? BigInt(digits) : v;
  });

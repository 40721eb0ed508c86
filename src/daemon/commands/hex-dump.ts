const WIDTH = 16;
const HALF = 8;

/** Bytes as genhash shows them: offset, hexadecimal in two halves, and what of it is ASCII. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = [...bytes.subarray(at, at + WIDTH)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0'));
    const [left, right] = [hex.slice(0, HALF).join(' '), hex.slice(HALF).join(' ')];
    const text = row.map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join('');
    const halves = `${left.padEnd(3 * HALF - 1)} - ${right.padEnd(3 * HALF - 1)}`;
    lines.push(`${String(at).padStart(4, '0')}  ${halves}   ${text.padEnd(WIDTH)}\n`);
  }
  return lines.join('');
}

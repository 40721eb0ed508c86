import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { describe, expect, it } from 'vitest';
import { render, renderAll } from '#src/config/render.js';

const at = (line: number, column: number, length: number): NonNullable<Diagnostic['at']> => ({
  file: 'a.conf',
  line,
  column,
  length,
});
const mistake = (changes: Partial<Diagnostic> = {}): Diagnostic => ({
  severity: 'error',
  class: 'general',
  message: 'wrong',
  ...changes,
});
const texts = (text: string): ReadonlyMap<string, string> => new Map([['a.conf', text]]);

describe('a diagnostic reads as file:line:column, message, line, caret, hint', () => {
  it('with everything', () => {
    const said = render(mistake({ at: at(2, 12, 3), hint: 'at most 255' }), {
      texts: texts('vrrp_instance V {\n  priority 300\n}\n'),
    });
    expect(said.split('\n')).toEqual([
      'a.conf:2:12: error: wrong',
      '  priority 300',
      '           ^^^',
      '  hint: at most 255',
    ]);
  });

  it('but for passwords, which logs of -t would keep', () => {
    const said = render(mistake({ at: at(1, 13, 8) }), { texts: texts('  auth_pass "k 3y" x\n') });
    expect(said.split('\n').slice(1)).toEqual(['  auth_pass ***', '            ^^^']);
  });

  it('without a place: the message alone', () => {
    expect(render(mistake({ severity: 'warning' }))).toBe('warning: wrong');
  });

  it('without the text: no quotation', () => {
    expect(render(mistake({ at: at(1, 1, 1) }))).toBe('a.conf:1:1: error: wrong');
  });

  it('carets stand below tabs and wide characters', () => {
    const said = render(mistake({ at: at(1, 6, 3) }), { texts: texts('a\t漢字 xyz') });
    expect(said.split('\n').slice(1)).toEqual(['  a\t漢字 xyz', '   \t     ^^^']);
  });

  it('a long line is quoted around the place', () => {
    const text = `${'x'.repeat(500)}HERE${'y'.repeat(500)}`;
    const [, quote = '', carets = ''] = render(mistake({ at: at(1, 501, 4) }), {
      texts: texts(text),
    }).split('\n');
    expect(quote.length).toBeLessThan(130);
    expect(quote.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('HERE');
  });

  it('control characters of a file do not reach the terminal', () => {
    const said = render(mistake({ message: 'keyword \x1b[2J', at: at(1, 1, 1) }), {
      texts: texts('\x1b[2J\x07'),
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the very thing that must not occur
    expect(said).not.toMatch(/[\x00-\x08\x0b-\x1f]/);
  });

  it('colour only when asked for', () => {
    const options = { texts: texts('a b'), color: true };
    expect(render(mistake({ at: at(1, 1, 1) }), options)).toContain('\x1b[31m^\x1b[0m');
  });

  it('all of them end with a count', () => {
    const all = renderAll([mistake(), mistake(), mistake({ severity: 'warning' })]);
    expect(all.split('\n').at(-1)).toBe('2 errors, 1 warning');
  });
});

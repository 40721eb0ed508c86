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

  it('without saying twice that it is a warning', () => {
    for (const message of ['WARNING - it is so', 'Warning: it is so']) {
      expect(render(mistake({ severity: 'warning', message }))).toBe('warning: it is so');
    }
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

  it('combining characters take no room, and wide ones two carets', () => {
    const said = render(mistake({ at: at(1, 6, 2) }), { texts: texts('e\u0301\u{1f600} 漢字') });
    expect(said.split('\n').at(-1)).toBe('      ^^^^');
  });

  it('text that would run backwards or end the line is replaced', () => {
    const said = render(mistake({ message: 'a\u202eb\u2028c', at: at(1, 1, 1) }));
    expect(said).toBe('a.conf:1:1: error: a\ufffdb\ufffdc');
  });

  it('a message with a megabyte of a word is cut', () => {
    const said = render(mistake({ message: `Unknown keyword '${'x'.repeat(1e6)}'` }));
    expect(said.length).toBeLessThan(500);
    expect(said).toContain('(1000018 characters)');
  });

  it('what came out of a definition shows both places', () => {
    const origin = at(1, 8, 10);
    const said = render(mistake({ at: { ...at(3, 3, 4), origin } }), {
      texts: texts('$VIP = 10.0.0.300\nvirtual_ipaddress {\n  $VIP\n}\n'),
    });
    expect(said.split('\n')).toEqual([
      'a.conf:3:3: error: wrong',
      '  $VIP',
      '  ^^^^',
      '  expanded from a.conf:1:8',
      '  $VIP = 10.0.0.300',
      '         ^^^^^^^^^^',
    ]);
  });

  it('the definition of a password is not quoted', () => {
    const said = render(mistake({ at: { ...at(2, 13, 3), origin: at(1, 4, 6) } }), {
      texts: texts('$A=s3cret\n  auth_pass $A\n'),
    });
    expect(said).not.toContain('s3cret');
    expect(said).toContain('expanded from a.conf:1:4');
  });

  it('advice and what concerns whole blocks stand below headings, indented', () => {
    const all = renderAll([
      mistake({
        class: 'advice',
        severity: 'warning',
        code: 'a-trap',
        message: 'hm',
        at: at(1, 1, 1),
      }),
      mistake({ ofBlock: true, at: at(2, 1, 1) }),
      mistake({ at: at(3, 1, 1) }),
    ]);
    expect(all.split('\n')).toEqual([
      'a.conf:3:1: error: wrong',
      'Of blocks as a whole:',
      '  a.conf:2:1: error: wrong',
      'Advice, off the exit code; docs/warnings.md explains each [code]:',
      '  a.conf:1:1: advice: hm [a-trap]',
      '2 errors, 0 warnings, 1 piece of advice',
    ]);
  });

  it('what stands behind the line where keepalived ends is told apart', () => {
    const all = renderAll([
      mistake({ class: 'missing-argument', at: at(1, 1, 1) }),
      mistake({ at: at(2, 1, 1), unread: true }),
    ]);
    expect(all.split('\n')).toEqual([
      'a.conf:1:1: error: wrong',
      'Beyond the line where keepalived ends:',
      '  a.conf:2:1: error: wrong',
      '2 errors, 0 warnings',
    ]);
  });

  it('of very many the first thousand are shown, and all are counted', () => {
    const all = renderAll(Array.from({ length: 1500 }, () => mistake()));
    expect(all.split('\n').length).toBe(1002);
    expect(all.split('\n').slice(-2)).toEqual(['... and 500 more', '1500 errors, 0 warnings']);
  });

  it('all of them end with a count', () => {
    const all = renderAll([mistake(), mistake(), mistake({ severity: 'warning' })]);
    expect(all.split('\n').at(-1)).toBe('2 errors, 1 warning');
  });
});

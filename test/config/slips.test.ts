import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { describe, expect, it } from 'vitest';
import { loadText } from '#test/support/config.js';

/** Each unknown word or surplus brace with its hint. */
const hints = (text: string): (string | undefined)[] =>
  loadText(text).diagnostics.flatMap(({ class: kind, hint }: Diagnostic) =>
    kind === 'unknown-keyword' || kind === 'unexpected-open' ? [hint] : [],
  );
const instance = (line: string): string => `vrrp_instance V {\n interface eth0\n ${line}\n}\n`;

describe('a slip of the pen is called by its name', () => {
  it.each([
    ['// a comment', 'a comment begins with # or !'],
    ['/* a comment */', 'a comment begins with # or !'],
    ['<<<<<<< HEAD', 'the mark of a merge conflict: keep one side, and no marks'],
    ['=======', 'the mark of a merge conflict: keep one side, and no marks'],
    ['priority=100', "a blank belongs behind 'priority'"],
    ['priority：100', "a blank belongs behind 'priority'"],
    ['virtual ipaddress', "did you mean 'virtual_ipaddress'?"],
    [
      'priority\u00a0100',
      'the character U+00A0 in it is no blank here: take it out, or write a space',
    ],
    ['priorities 100', "did you mean 'priority'?"],
    ['something else', undefined],
  ])('%s', (line, hint) => {
    expect(hints(instance(line))).toEqual([hint]);
  });

  it.each([
    ['vrrp_script_chk_x {', "a blank belongs behind 'vrrp_script'"],
    ['virtual server 10.0.0.1 80 {', "did you mean 'virtual_server'?"],
    [
      '\ufeffvrrp_instance V {',
      'the character U+FEFF in it is no blank here: take it out, or write a space',
    ],
    [';', 'no ; ends a line here'],
  ])('%j outside of blocks', (line, hint) => {
    expect(hints(`${line}\n`)[0]).toBe(hint);
  });

  it.each(['priority {{ prio }}', '{% if x %}'])('%s: a template', (line) => {
    expect(hints(instance(line))).toContain('this looks like a template that nobody has filled in');
  });

  it('but not a single brace', () => {
    expect(hints(instance('garp_master_delay 5 {'))).not.toContain(
      'this looks like a template that nobody has filled in',
    );
  });
});

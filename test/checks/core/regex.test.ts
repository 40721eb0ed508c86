import { describe, expect, it } from 'vitest';
import { bodyPattern, type PatternConfig, unknownOptions } from '#checks/core/regex.js';
import { PatternProblem } from '#checks/core/regex-syntax.js';
import { io } from '../real-io.js';

const config = (regex: string, options = '', from?: number, to?: number): PatternConfig => ({
  regex,
  regex_options: options === '' ? [] : [options.split(' ')],
  regex_min_offset: from,
  regex_max_offset: to,
});

function searched(of: PatternConfig, body: string | Uint8Array): string {
  const pattern = bodyPattern(of);
  if (!pattern || pattern instanceof PatternProblem) return pattern?.words ?? 'none';
  return io.search(pattern, Buffer.from(body));
}

describe('a pattern of PCRE2 finds in a body what PCRE2 finds', () => {
  it.each([
    ['status: *ok', '', 'status:   ok', true],
    ['a.c', '', 'a\nc', false],
    ['a.c', '', 'a\rc', true],
    ['a.c', 'dotall', 'a\nc', true],
    ['HELLO', 'caseless', 'hello', true],
    ['(?i)HELLO', '', 'hello', true],
    ['^b', '', 'a\nb', false],
    ['^b', 'multiline', 'a\nb', true],
    ['^$', 'multiline', 'a\n', false],
    ['a$', '', 'a\n', true],
    ['a$', 'dollar_endonly', 'a\n', false],
    ['a$', 'multiline', 'a\nb', true],
    ['a$', '', 'a\nb', false],
    ['\\Aa\\z', '', 'a', true],
    ['a\\Z', '', 'a\n', true],
    ['a\\z', '', 'a\n', false],
    ['a b # comment', 'extended', 'ab', true],
    ['a\\ b', 'extended', 'a b', true],
    ['[[:digit:]]{3}[[:alpha:]]', '', '123x', true],
    ['[]a]+$', '', ']a]', true],
    ['[^]a]', '', ']a', false],
    ['[\\d\\s-]+$', '', '1 -', true],
    ['\\s', '', '\u00a0', false],
    ['\\h\\R', '', ' \r\n', true],
    ['\\Qa.b\\E+', '', 'a.bb', true],
    ['\\x41\\x{42}', '', 'AB', true],
    ['a{2,3}b', '', 'aab', true],
    ['a{,3}', '', 'a{,3}', true],
    ['(?<name>a)(?P<other>b)', '', 'ab', true],
    ['(?#comment)a(?:b|c)(?=d)', '', 'acd', true],
    ['(?<!x)y', '', 'xy', false],
    ['a.*b$', 'ungreedy', 'axbxb', true],
    ['ü', '', 'ü', true],
    ['^.{2}$', '', 'ü', true],
    ['^.$', 'utf', 'ü', true],
    ['Ü', 'utf caseless', 'ü', true],
    ['a/b]}', '', 'a/b]}', true],
  ])('%s (%s) in %j: %s', (regex, options, body, found) => {
    expect(searched(config(regex, options), body)).toBe(found ? 'found' : 'missing');
  });

  it('reads the body as bytes, whatever they are', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(searched(config('\\xfe\\xff$'), bytes)).toBe('found');
  });

  it('looks between the offsets, which are of bytes', () => {
    expect(searched(config('a', '', 1), 'ab')).toBe('missing');
    expect(searched(config('b', '', 1), 'ab')).toBe('found');
    expect(searched(config('b', '', 0, 0), 'ab')).toBe('missing');
    expect(searched(config('b', '', 0, 1), 'ab')).toBe('found');
    expect(searched(config('b', 'utf', 2, 2), 'üb')).toBe('found');
    expect(searched(config('b', 'utf', 3), 'üb')).toBe('missing');
    expect(searched(config('', '', 9), 'ab')).toBe('missing');
  });
});

describe('what has no equal in JavaScript is named', () => {
  it.each([
    ['a++', '', 'possessive quantifiers'],
    ['(?>a)', '', '(?>...)'],
    ['(a)\\1', '', 'back references'],
    ['(?R)', '', '(?R...)'],
    ['(*UTF)a', '', '(*UTF...)'],
    ['\\K', '', '\\K'],
    ['[\\H]', '', '\\H in a class'],
    ['[[:^alpha:]]', '', '[:^alpha:]'],
    ['a', 'ucp', 'option ucp'],
    ['é', 'caseless', 'caseless beyond ASCII'],
  ])('%s (%s)', (regex, options, words) => {
    expect(searched(config(regex, options), '')).toBe(`JavaScript has no equal of ${words}`);
  });

  it.each(['a(b', 'a)', '*', '[a', 'a\\', '[b-a]'])('a pattern that is none: %s', (regex) => {
    expect(bodyPattern(config(regex))).toBeInstanceOf(PatternProblem);
  });

  it('an option that nobody knows', () => {
    expect(unknownOptions(config('a', 'caseless foo no_start_optimize'))).toEqual(['foo']);
  });
});

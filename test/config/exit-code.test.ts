import type { Diagnostic, MistakeClass } from '@keepalived-ts/base/diagnostics.js';
import { describe, expect, it } from 'vitest';
import { exitCode, isUsable } from '#src/config/exit-code.js';

const mistakes = (...classes: MistakeClass[]): Diagnostic[] =>
  classes.map((kind) => ({ severity: 'error', class: kind, message: kind }));

describe('the exit code of -t (config-language reference §8)', () => {
  it.each<[number, MistakeClass[]]>([
    [0, []],
    [0, ['advice']],
    [0, ['file-missing']],
    [4, ['fatal']],
    [4, ['bad-interface']],
    [5, ['unknown-keyword']],
    [5, ['deprecated']],
    [6, ['security']],
    [2, ['missing-argument']],
  ])('is %i for %j', (code, classes) => expect(exitCode(mistakes(...classes))).toBe(code));

  it('comes from the highest level: a general mistake hides a bad interface', () => {
    expect(exitCode(mistakes('bad-interface', 'general'))).toBe(5);
  });

  it('is 6 when anything is insecure, whatever else is wrong', () => {
    expect(exitCode(mistakes('general', 'security', 'fatal'))).toBe(6);
  });

  it('is 2 when an argument is missing, whatever else is wrong', () => {
    expect(exitCode(mistakes('security', 'missing-argument', 'general'))).toBe(2);
  });
});

describe('whether a daemon can run', () => {
  it.each<[boolean, MistakeClass[]]>([
    [true, ['unknown-keyword', 'number', 'general', 'security', 'missing-close']],
    [false, ['missing-argument']],
    [false, ['file-missing']],
    [false, ['fatal']],
  ])('is %s with %j', (usable, classes) => expect(isUsable(mistakes(...classes))).toBe(usable));

  it('a mistake can say so by itself', () => {
    const [mistake] = mistakes('general');
    expect(mistake && isUsable([{ ...mistake, unusable: true }])).toBe(false);
  });
});

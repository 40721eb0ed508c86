import { describe, expect, it } from 'vitest';
import { isWanted } from '#vrrp/core/process-match.js';
import type { ProcessPlan } from '#vrrp/core/types.js';
import { processPlan } from './values.js';

const nginx = { comm: 'nginx', argv: ['/usr/sbin/nginx', '-c', '/etc/nginx.conf'] };
const match = (change: Partial<ProcessPlan>, facts = nginx): boolean =>
  isWanted(processPlan(change), facts);

describe('a process is the one asked for', () => {
  it('by its name, of which 15 characters count', () => {
    expect(match({ process: 'nginx' })).toBe(true);
    expect(match({ process: 'ngin' })).toBe(false);
    const long = { comm: 'a-very-long-nam', argv: ['x'] };
    expect(match({ process: 'a-very-long-name-indeed' }, long)).toBe(true);
  });

  it('by the program of its command line with full_command', () => {
    expect(match({ process: 'nginx', fullCommand: true })).toBe(false);
    expect(match({ process: '/usr/sbin/nginx', fullCommand: true })).toBe(true);
  });

  it.each([
    ['equal', ['-c', '/etc/nginx.conf'], true],
    ['equal', ['-c'], false],
    ['equal', ['-c', '/etc/nginx.conf', '-t'], false],
    ['partial', ['-c'], true],
    ['partial', ['-t'], false],
    ['initial', ['-c', '/etc/ngi'], true],
    ['initial', ['-t', '/etc/ngi'], false],
    ['initial', ['-c', '/var'], false],
    ['none', [], false],
  ] as const)('by parameters that are %s to %j: %s', (how, parameters, expected) => {
    expect(match({ process: '/usr/sbin/nginx', match: how, parameters })).toBe(expected);
  });

  it('by having no parameters, where param_match stands alone', () => {
    const bare = { comm: 'nginx', argv: ['/usr/sbin/nginx'] };
    expect(match({ process: '/usr/sbin/nginx', match: 'none' }, bare)).toBe(true);
  });
});

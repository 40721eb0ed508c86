import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants as host, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as constants from '@keepalived-ts/raw-socket/constants.js';
import { errorName, kernelError } from '@keepalived-ts/raw-socket/errors.js';
import { afterAll, describe, expect, it } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'raw-socket-constants-'));
afterAll(() => rmSync(directory, { recursive: true }));

const HEADERS = [
  'errno.h',
  'fcntl.h',
  'sched.h',
  'stdio.h',
  'sys/mman.h',
  'sys/socket.h',
  'netinet/in.h',
  'netinet/icmp6.h',
  'linux/if_packet.h',
  'linux/if_ether.h',
  'linux/netlink.h',
  'linux/filter.h',
];

/** What the C compiler says; undefined when there is none, or no kernel headers. */
function fromHeaders(names: readonly string[]): Record<string, number> | undefined {
  const lines = names.map((name) => `printf("\\"%s\\": %ld,\\n", "${name}", (long)${name});`);
  const includes = HEADERS.map((header) => `#include <${header}>`);
  const source = `#define _GNU_SOURCE\n${includes.join('\n')}\nint main(void) {\n${lines.join('\n')}\n}\n`;
  const program = join(directory, 'print');
  writeFileSync(`${program}.c`, source);
  const compiled = spawnSync('cc', ['-o', program, `${program}.c`], { encoding: 'utf8' });
  if (compiled.status !== 0) {
    if (compiled.error || /No such file/.test(compiled.stderr)) return undefined;
    throw new Error(compiled.stderr);
  }
  const { stdout } = spawnSync(program, { encoding: 'utf8' });
  return JSON.parse(`{${stdout.replace(/,\s*$/, '')}}`) as Record<string, number>;
}

const expected = fromHeaders(Object.keys(constants));

describe('constants', () => {
  it.skipIf(expected === undefined)(
    'are those of the C headers (skipped without cc and libc6-dev)',
    () => {
      expect({ ...constants }).toEqual(expected);
    },
  );
});

describe('errors', () => {
  it('have the names of <errno.h>, also those Node does not know', () => {
    expect(errorName(host.errno.ENOBUFS)).toBe('ENOBUFS');
    expect(errorName(host.errno.EAGAIN)).toBe('EAGAIN');
    expect(errorName(host.errno.EOPNOTSUPP)).toBe('EOPNOTSUPP');
    expect(errorName(121)).toBe('EREMOTEIO');
    expect(errorName(4095)).toBe('errno 4095');
  });

  it('carry the words of the kernel, or else those of the C library', () => {
    expect(kernelError('bind', 98)).toMatchObject({
      name: 'KernelError',
      operation: 'bind',
      errno: 98,
      code: 'EADDRINUSE',
      message: 'bind: EADDRINUSE (Address already in use)',
    });
    expect(kernelError('new link', 22, 'Invalid MTU').message).toBe(
      'new link: EINVAL (Invalid MTU)',
    );
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCommand } from '#src/daemon/command-line.js';
import { optionRows } from '#src/daemon/options.js';
import { VERSION } from '#src/daemon/version.js';

const settingsOf = (...argv: string[]) => {
  const command = readCommand(argv);
  if (command.do !== 'run') throw new Error(`it asks to ${command.do}`);
  return command.settings;
};

/** Section 2 of the reference: what keepalived 2.4 understands. */
const LETTERS = 'fPClDSgGuXVIRndprcbTaxAmMseitvhB';

describe('the command line', () => {
  test('knows every letter of keepalived', () => {
    const known = optionRows.flatMap(({ short }) => short ?? []);
    expect([...LETTERS].sort()).toEqual(known.sort());
  });

  test('without options runs everything in the background and logs to syslog', () => {
    expect(settingsOf()).toEqual({
      configFile: undefined,
      configId: undefined,
      checksIncludes: false,
      parts: { vrrp: true, check: true, always: false },
      foreground: false,
      respawn: true,
      ignoreInterrupt: false,
      keep: { vrrp: false, ipvs: false },
      umask: undefined,
      namespace: undefined,
      pidFiles: { parent: undefined, vrrp: undefined, check: undefined },
      record: undefined,
      snmp: { all: false, socket: undefined },
      log: {
        detail: 0,
        console: false,
        syslog: true,
        facility: 3,
        file: undefined,
        flush: false,
        format: 'text',
      },
    });
  });

  test('-x serves all of SNMP, -A says where the master agent is', () => {
    expect(settingsOf('-x', '-A', 'tcp:localhost:705').snmp).toEqual({
      all: true,
      socket: 'tcp:localhost:705',
    });
  });

  test('-i and -e are for reading the configuration', () => {
    expect(settingsOf('-i', 'main', '-e')).toMatchObject({
      configId: 'main',
      checksIncludes: true,
    });
  });

  test('-P leaves out the checkers, -C leaves out VRRP', () => {
    expect(settingsOf('--vrrp').parts).toEqual({ vrrp: true, check: false, always: false });
    expect(settingsOf('-C').parts).toEqual({ vrrp: false, check: true, always: false });
  });

  test('-g alone stands for the customary log file, -D counts', () => {
    expect(settingsOf('-g').log.file).toBe('');
    expect(settingsOf('-g/var/log/k.log', '-DD', '-G').log).toMatchObject({
      file: '/var/log/k.log',
      detail: 2,
      syslog: false,
    });
  });

  test.each([
    ['local0', 16],
    ['7', 23],
    ['user', 1],
    ['daemon', 3],
  ])('-S %s is facility %i', (name, number) => {
    expect(settingsOf('-S', name).log.facility).toBe(number);
  });

  test('what is wrong in a value is told and left at its default', () => {
    expect(readCommand(['-S', 'mail', '-u', '9', '--log-format=xml'])).toMatchObject({
      do: 'run',
      settings: { umask: undefined, log: { facility: 3, format: 'text' } },
      remarks: [
        "Invalid log facility 'mail'",
        "Invalid umask '9': it is an octal number up to 777",
        "Invalid log format 'xml': it is text or json",
      ],
    });
  });

  test('an option of a later version is told and has no effect', () => {
    expect(readCommand(['-m', '-n'])).toMatchObject({
      do: 'run',
      remarks: ['--core-dump has no effect yet: ulimit -c decides'],
    });
  });

  test('-s names the network namespace', () => {
    expect(settingsOf('-s', 'blue').namespace).toBe('blue');
  });

  test.each([
    ['STOP', '15'],
    ['RELOAD', '1'],
    ['DATA', '10'],
    ['STATS', '12'],
    ['STATS_CLEAR', '63'],
    ['JSON', '36'],
  ])('--signum=%s prints %s', (name, number) => {
    expect(readCommand([`--signum=${name}`])).toEqual({ do: 'print', text: number });
  });

  test('--signum complains about names it does not know', () => {
    expect(readCommand(['--signum=PAUSE'])).toEqual({
      do: 'complain',
      message: 'Unknown sigfunc PAUSE',
    });
  });

  test('-t with an attached file writes there', () => {
    expect(readCommand(['-t/tmp/out', '-f', '/x'])).toMatchObject({
      do: 'test',
      target: '/tmp/out',
      settings: { configFile: '/x' },
    });
  });

  test('the version is that of package.json', () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    expect(VERSION).toBe((JSON.parse(text) as { version: string }).version);
  });
});

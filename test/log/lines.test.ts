import { describe, expect, test } from 'vitest';
import { consoleLine, fileLine, logFileOf, oneLine, syslogDatagram } from '#src/log/lines.js';

const time = new Date(2026, 10, 1, 4, 5, 6, 78);

describe('a line of the log', () => {
  test('on the console has the time as %c of the C locale', () => {
    expect(consoleLine(time, '(VI_1) Entering MASTER STATE')).toBe(
      'Sun Nov  1 04:05:06 2026: (VI_1) Entering MASTER STATE\n',
    );
  });

  test('in a file has nanoseconds, of which we know the first three digits', () => {
    expect(fileLine(time, 'x')).toBe('Sun Nov  1 04:05:06.078000000 2026: x\n');
  });

  test.each([
    ['error', 'vrrp', '<27>Nov  1 04:05:06 Keepalived_vrrp[7]: x'],
    ['info', 'parent', '<30>Nov  1 04:05:06 Keepalived[7]: x'],
    ['detail', 'check', '<30>Nov  1 04:05:06 Keepalived_healthcheckers[7]: x'],
  ] as const)('for syslog: %s of %s', (level, part, expected) => {
    const datagram = syslogDatagram(
      { time, level, part, text: 'x' },
      { facility: 3, pid: 7, suffix: '' },
    );
    expect(Buffer.from(datagram).toString()).toBe(expected);
  });

  test('stays one line whatever a script or a server said', () => {
    expect(oneLine('a\nb\r\u001b[31mc\td')).toBe('a\\nb\\x0d\\x1b[31mc\td');
  });
});

test.each([
  ['/tmp/keepalived.log', 'parent', '/tmp/keepalived.log'],
  ['/tmp/keepalived.log', 'vrrp', '/tmp/keepalived_vrrp.log'],
  ['/var.d/log', 'check', '/var.d/log_check'],
  ['/var/.log', 'vrrp', '/var/.log_vrrp'],
] as const)('the log file of %s for %s is %s', (base, part, expected) => {
  expect(logFileOf(base, part)).toBe(expected);
});

test('several daemons of one machine are told apart', () => {
  expect(logFileOf('/tmp/keepalived.log', 'vrrp', '_blue_a')).toBe(
    '/tmp/keepalived_vrrp_blue_a.log',
  );
  const line = { time, level: 'info', part: 'vrrp', text: 'x' } as const;
  const datagram = syslogDatagram(line, { facility: 3, pid: 7, suffix: '_blue_a' });
  expect(Buffer.from(datagram).toString()).toContain(' Keepalived_vrrp_blue_a[7]: x');
});

import { describe, expect, test } from 'vitest';
import { NotifyLine, notifySocket, speaker } from '#src/daemon/service-manager.js';
import { text, unixSocket } from '#test/support/raw-sockets.js';
import { until } from '#test/support/wait.js';

describe('the socket of NOTIFY_SOCKET', () => {
  const of = (path: string | undefined, parent = 1, first = 'systemd'): string | undefined =>
    notifySocket(path === undefined ? {} : { NOTIFY_SOCKET: path }, parent, () => first);

  test('is told by a child of systemd, be it a path or an abstract name', () => {
    expect(of('/run/systemd/notify')).toBe('/run/systemd/notify');
    expect(of('@/org/notify')).toBe('@/org/notify');
  });

  test('is left alone by anybody who merely inherits the variable', () => {
    expect(of('/run/systemd/notify', 4711)).toBeUndefined();
    expect(of('/run/systemd/notify', 1, 'init')).toBeUndefined();
  });

  test('must be one', () => {
    for (const path of [undefined, '', '@', 'relative', 'vsock:2:1234']) {
      expect(of(path)).toBeUndefined();
    }
  });
});

test('the states are those of sd_notify(3)', () => {
  const sent: string[] = [];
  const manager = speaker(
    (state) => sent.push(state),
    42,
    () => 5_000_999n,
  );
  manager.ready();
  manager.reloading();
  manager.stopping();
  for (const exitCode of [1, 2, 4]) manager.hopeless(exitCode);
  expect(sent).toEqual([
    'READY=1\nMAINPID=42',
    'RELOADING=1\nMONOTONIC_USEC=5000',
    'STOPPING=1',
    'ERRNO=22',
    'ERRNO=1',
  ]);
});

describe('datagrams to systemd', () => {
  test('are sent at once and in order', () => {
    const { socket, name } = unixSocket();
    const line = new NotifyLine(name, (reason) => expect.fail(reason));
    line.send('READY=1');
    line.send('STOPPING=1');
    expect(socket.receive().map(text)).toEqual(['READY=1', 'STOPPING=1']);
  });

  test('wait while its queue is full', async () => {
    const { socket, name } = unixSocket();
    const line = new NotifyLine(name, (reason) => expect.fail(reason));
    const states = Array.from({ length: 1000 }, (_, i) => `STATUS=${i}`);
    for (const state of states) line.send(state);
    const heard: string[] = [];
    const all = (): boolean => {
      heard.push(...socket.receive().map(text));
      return heard.length === states.length;
    };
    await until('all of them came', all, { every: 1 });
    expect(heard).toEqual(states);
  });

  test('say what is wrong when nobody listens, and try again with the next', () => {
    const troubles: string[] = [];
    const line = new NotifyLine('@nobody-listens-here', (reason) => troubles.push(reason));
    line.send('READY=1');
    line.send('STOPPING=1');
    expect(troubles).toHaveLength(2);
    expect(troubles[0]).toContain('ECONNREFUSED');
  });
});

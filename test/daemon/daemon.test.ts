import { describe, expect, test } from 'vitest';
import { mistake, stage, turn } from '#test/support/daemon-stage.js';

describe('the daemon', () => {
  test('is ready when every part is', async () => {
    const { vrrp, check, told, claimed } = stage({ vrrp: 'V', check: 'C' });
    await turn();
    vrrp.worker(0).say({ type: 'ready' });
    expect(told).toEqual([]);
    check.worker(0).say({ type: 'ready' });
    expect(told).toEqual(['ready']);
    expect([...claimed]).toEqual(['parent', 'vrrp', 'check']);
  });

  test('ends with the status of a hopeless part, after the others have stopped', async () => {
    const { vrrp, check, ended, claimed } = stage({ vrrp: 'V', check: 'C' });
    await turn();
    check.worker(0).say({ type: 'hopeless', reason: 'no IPVS', exitCode: 1 });
    expect(vrrp.worker(0).heard).toEqual([{ type: 'stop' }]);
    vrrp.worker(0).say({ type: 'stopped' });
    vrrp.worker(0).end();
    expect(await ended).toBe(1);
    expect([...claimed]).toEqual([]);
  });

  test('tells systemd of its start, its reloads and its end', async () => {
    const { vrrp, states, wish, ended } = stage({ vrrp: 'V' }, { vrrp: 'W' }, { vrrp: 'W' });
    await turn();
    expect(states).toEqual([]);
    vrrp.worker(0).say({ type: 'ready' });
    expect(states).toEqual(['ready']);
    await wish('reload');
    expect(states).toEqual(['ready', 'reloading']);
    vrrp.worker(0).say({ type: 'reloaded' });
    await turn();
    expect(states).toEqual(['ready', 'reloading', 'ready']);
    await wish('stop');
    vrrp.worker(0).say({ type: 'stopped' });
    vrrp.worker(0).end();
    await ended;
    expect(states).toEqual(['ready', 'reloading', 'ready', 'stopping']);
  });

  test('tells systemd why a restart would not help', async () => {
    const { vrrp, states } = stage({ vrrp: 'V' });
    await turn();
    vrrp.worker(0).say({ type: 'hopeless', reason: 'EPERM', exitCode: 4 });
    expect(states).toEqual(['hopeless 4', 'stopping']);
  });

  test('does not start with a configuration that can not be used', async () => {
    const { vrrp, ended, lines, claimed } = stage({
      vrrp: 'V',
      diagnostics: [mistake('missing-argument')],
    });
    expect(await ended).toBe(2);
    expect(lines).toContain('a mistake of class missing-argument');
    expect(vrrp.workers).toHaveLength(0);
    expect([...claimed]).toEqual([]);
  });

  test('starts with a configuration that has lesser mistakes', async () => {
    const { vrrp, lines } = stage({ vrrp: 'V', diagnostics: [mistake('general')] });
    await turn();
    expect(vrrp.workers).toHaveLength(1);
    expect(lines).toContain('a mistake of class general');
  });

  test('that meets a mistake of its own stops its parts and ends with 70', async () => {
    const { daemon, vrrp, ended, lines, claimed } = stage({ vrrp: 'V' });
    await turn();
    daemon.fail(new Error('never expected'));
    expect(vrrp.worker(0).heard).toEqual([{ type: 'stop' }]);
    vrrp.worker(0).say({ type: 'stopped' });
    vrrp.worker(0).end();
    expect(await ended).toBe(70);
    expect(lines).toContainEqual(expect.stringMatching(/^Internal error: Error: never expected\n/));
    expect([...claimed]).toEqual([]);
  });

  test('that can not even read its configuration ends with 70', async () => {
    const { ended, claimed } = stage({ diagnostics: null as never });
    expect(await ended).toBe(70);
    expect([...claimed]).toEqual([]);
  });

  test('writes what workers log, runs what they ask for and hears their notices', async () => {
    const { vrrp, check, told, notices, mails } = stage({ vrrp: 'V', check: 'C' });
    await turn();
    const record = { part: 'x', event: 'e', level: 'info', text: 'hello', fields: {} } as const;
    check.worker(0).say({ type: 'log', records: [record] });
    expect(told).toEqual(['check: hello']);
    const notice = { of: 'instance', name: 'V', state: 'MASTER', priority: 1 } as const;
    vrrp.worker(0).say({ type: 'notify', notice });
    expect(notices).toEqual([notice]);
    const letter = { subject: 's', body: 'b' };
    check.worker(0).say({ type: 'mail', letter });
    expect(mails).toEqual([letter]);
    const timeout = undefined as never;
    vrrp.worker(0).say({ type: 'run-program', ticket: 5, argv: ['/x'], timeout });
    await turn();
    const outcome = { result: 'exited', status: 7 };
    expect(vrrp.worker(0).heard).toEqual([{ type: 'program-ended', ticket: 5, outcome }]);
  });

  test('lets onlookers see what workers count and tell, and what signals ask for', async () => {
    const { vrrp, seen, wish } = stage({ vrrp: 'V' });
    await turn();
    vrrp
      .worker(0)
      .say({ type: 'counters', changed: [{ object: 'A', values: { advert_sent: 1 } }] });
    const notice = { of: 'instance', name: 'V', state: 'MASTER', priority: 1 } as const;
    vrrp.worker(0).say({ type: 'notify', notice });
    await wish('json');
    vrrp.worker(0).die();
    const hears = 'sync hears of instance';
    expect(seen).toEqual(['vrrp counted A', 'notice', hears, 'dump json', 'vrrp died']);
  });

  test('ends the programs of a worker that died, and answers only a worker that asked', async () => {
    const { vrrp, cancelled } = stage({ vrrp: 'V' });
    await turn();
    vrrp
      .worker(0)
      .say({ type: 'run-program', ticket: 5, argv: ['/x'], timeout: undefined as never });
    vrrp.worker(0).die();
    await turn();
    expect(cancelled).toEqual(['vrrp']);
    expect(vrrp.worker(0).heard).toEqual([]);
    expect(vrrp.worker(1).heard).toEqual([]);
  });
});

import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { logger } from '@keepalived-ts/base/events.js';
import { describe, expect, test } from 'vitest';
import type { Prepared } from '#src/daemon/configuration.js';
import { Daemon, type DaemonParts } from '#src/daemon/daemon.js';
import { daemonEvents } from '#src/daemon/events.js';
import { Keeper } from '#src/daemon/keeper.js';
import type { Wish } from '#src/daemon/signals.js';
import { Supervisor } from '#src/daemon/supervisor.js';
import type { Notice } from '#src/ipc/messages.js';
import { FakeThreads } from '#test/support/fake-thread.js';
import { ManualClock } from '#test/support/manual-clock.js';

interface Scene {
  vrrp?: string;
  check?: string;
  diagnostics?: Diagnostic[];
}

const mistake = (kind: Diagnostic['class']): Diagnostic => ({
  severity: 'error',
  class: kind,
  message: `a mistake of class ${kind}`,
});

/** A daemon whose configurations are the given scenes, one after the other. */
function stage(...scenes: Scene[]) {
  const clock = new ManualClock();
  const vrrp = new FakeThreads<string>();
  const check = new FakeThreads<string>();
  const lines: string[] = [];
  const claimed = new Set<string>();
  const taken = new Set<string>();
  const cancelled: string[] = [];
  const notices: Notice[] = [];
  const told: string[] = [];
  let serve: ((wish: Wish) => void) | undefined;
  const log = logger('daemon', daemonEvents, (record) => lines.push(record.text));
  const prepare = async (): Promise<Prepared<string, string>> => {
    const { diagnostics = [], ...plans } = scenes.shift() ?? {};
    return { plans, diagnostics } as unknown as Prepared<string, string>;
  };
  const parts = {
    log,
    configFile: '/k.conf',
    prepare,
    journal: {
      open: async () => undefined,
      reopen: () => undefined,
      write: (part: string, { text }: { text: string }) => told.push(`${part}: ${text}`),
    },
    signals: {
      serve: (server: (wish: Wish) => void) => {
        serve = server;
      },
    },
    pidFiles: {
      claim: (which: string) => {
        if (taken.has(which)) return { claimed: false, file: `/run/${which}`, reason: undefined };
        claimed.add(which);
        return { claimed: true };
      },
      release: (which: string) => claimed.delete(which),
      releaseAll: () => claimed.clear(),
    },
    programs: {
      renew: () => undefined,
      cancel: (owner: string) => cancelled.push(owner),
      notice: (notice: Notice) => notices.push(notice),
      run: async () => ({ result: 'exited', status: 7 }),
      finish: async () => undefined,
    },
    supervise: (news: (part: 'vrrp' | 'check') => never) => {
      const keeper = (part: 'vrrp' | 'check', threads: FakeThreads<string>) =>
        new Keeper<string>({
          name: part,
          start: threads.start,
          detail: false,
          keepAtStop: false,
          respawn: true,
          clock,
          alarm: clock.alarm(),
          log,
          news: news(part),
        });
      return new Supervisor({ vrrp: keeper('vrrp', vrrp), check: keeper('check', check) });
    },
    ready: () => told.push('ready'),
  };
  const daemon = new Daemon(parts as unknown as DaemonParts<string, string>);
  const ended = daemon.run();
  const wish = async (what: Wish['wish'] & ('stop' | 'reload')): Promise<void> => {
    serve?.({ wish: what });
    await turn();
  };
  return {
    daemon,
    clock,
    vrrp,
    check,
    lines,
    claimed,
    taken,
    cancelled,
    notices,
    told,
    ended,
    wish,
  };
}

const turn = (): Promise<void> => new Promise((next) => setImmediate(next));
const events = (lines: string[]): string[] =>
  lines.filter((line) => /^(Reload|Startup|Stopping|Stopped Keep|Processing)/.test(line));

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
    const { vrrp, check, told, notices } = stage({ vrrp: 'V', check: 'C' });
    await turn();
    const record = { part: 'x', event: 'e', level: 'info', text: 'hello', fields: {} } as const;
    check.worker(0).say({ type: 'log', records: [record] });
    expect(told).toEqual(['check: hello']);
    const notice = { of: 'instance', name: 'V', state: 'MASTER', priority: 1 } as const;
    vrrp.worker(0).say({ type: 'notify', notice });
    expect(notices).toEqual([notice]);
    const timeout = undefined as never;
    vrrp.worker(0).say({ type: 'run-program', ticket: 5, argv: ['/x'], timeout });
    await turn();
    const outcome = { result: 'exited', status: 7 };
    expect(vrrp.worker(0).heard).toEqual([{ type: 'program-ended', ticket: 5, outcome }]);
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

describe('a reload', () => {
  const ready = ({ vrrp }: { vrrp: FakeThreads<string> }): void =>
    vrrp.worker(0).say({ type: 'ready' });

  test('gives each part its new plan', async () => {
    const it = stage({ vrrp: 'V' }, { vrrp: 'W' });
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([{ type: 'reload', plan: 'W' }]);
    expect(events(it.lines)).toEqual(['Startup complete', 'Reloading ...']);
    it.vrrp.worker(0).say({ type: 'reloaded' });
    await turn();
    expect(events(it.lines).at(-1)).toBe('Reload complete');
  });

  test('with an error changes nothing and tells every mistake', async () => {
    const diagnostics = [mistake('general'), mistake('unknown-keyword')];
    const it = stage({ vrrp: 'V' }, { vrrp: 'W', diagnostics });
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([]);
    expect(it.lines.slice(-3)).toEqual([
      'a mistake of class general',
      'a mistake of class unknown-keyword',
      'Reload of /k.conf refused: the configuration in use is kept',
    ]);
  });

  test('starts a part that appears and stops one that disappears, pid files with them', async () => {
    const it = stage({ vrrp: 'V' }, { check: 'C' });
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.check.worker(0).start.plan).toBe('C');
    expect(it.vrrp.worker(0).heard).toEqual([{ type: 'stop' }]);
    it.vrrp.worker(0).say({ type: 'stopped' });
    it.vrrp.worker(0).end();
    await turn();
    expect([...it.claimed]).toEqual(['parent', 'check']);
    expect(events(it.lines).at(-1)).toBe('Reload complete');
  });

  test('is refused when another daemon has the pid file of a part that appears', async () => {
    const it = stage({ vrrp: 'V' }, { vrrp: 'W', check: 'C' });
    await turn();
    ready(it);
    it.taken.add('check');
    await it.wish('reload');
    expect(it.check.workers).toHaveLength(0);
    expect(it.vrrp.worker(0).heard).toEqual([]);
    expect(it.lines.at(-1)).toContain('refused');
  });

  test('asked for while another runs is done afterwards, several as one', async () => {
    const it = stage({ vrrp: 'V' }, { vrrp: 'W' }, { vrrp: 'X' }, { vrrp: 'Y' });
    await turn();
    ready(it);
    for (let n = 0; n < 3; n++) await it.wish('reload');
    it.vrrp.worker(0).say({ type: 'reloaded' });
    await turn();
    it.vrrp.worker(0).say({ type: 'reloaded' });
    await turn();
    const plans = it.vrrp.worker(0).heard.map((message) => 'plan' in message && message.plan);
    expect(plans).toEqual(['W', 'X']);
    expect(events(it.lines).slice(1)).toEqual([
      'Reloading ...',
      'Reload already in progress, request queued',
      'Reload already in progress, request queued',
      'Reload complete',
      'Processing queued reload',
      'Reloading ...',
      'Reload complete',
    ]);
  });

  test('does not delay the stop', async () => {
    const it = stage({ vrrp: 'V' }, { vrrp: 'W' });
    await turn();
    ready(it);
    await it.wish('reload');
    await it.wish('stop');
    expect(it.vrrp.worker(0).heard.at(-1)).toEqual({ type: 'stop' });
    it.vrrp.worker(0).say({ type: 'stopped' });
    it.vrrp.worker(0).end();
    expect(await it.ended).toBe(0);
    expect(events(it.lines).slice(-2)).toEqual([
      'Stopping',
      expect.stringMatching(/^Stopped Keep/),
    ]);
    expect(it.lines).not.toContain('Reload complete');
  });
});

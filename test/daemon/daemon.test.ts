import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { logger } from '@keepalived-ts/base/events.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, test } from 'vitest';
import type { KeywordChange, ObjectChange } from '#src/config/diff/diff.js';
import type { Prepared } from '#src/daemon/configuration.js';
import { Daemon, type DaemonParts } from '#src/daemon/daemon.js';
import { daemonEvents } from '#src/daemon/events.js';
import { Keeper } from '#src/daemon/keeper.js';
import type { ReloadSettings } from '#src/daemon/reload-settings.js';
import type { Wish } from '#src/daemon/signals.js';
import { Succession } from '#src/daemon/succession.js';
import { Supervisor } from '#src/daemon/supervisor.js';
import type { Letter, Notice } from '#src/ipc/messages.js';
import { FakeThreads } from '#test/support/fake-thread.js';
import { ManualClock } from '#test/support/manual-clock.js';

interface Scene {
  vrrp?: string;
  check?: string;
  diagnostics?: Diagnostic[];
  /** A bug of ours while it is read. */
  throws?: Error;
  changes?: ObjectChange[];
  reload?: Partial<ReloadSettings>;
}

/** What is treated so in every scene. */
const treatment = { threads: { vrrp: {}, check: {} }, childWait: seconds(5) };

const changed = (name: string, ...keywords: KeywordChange[]): ObjectChange => ({
  kind: 'vrrp_instance',
  name,
  within: [],
  change: 'changed',
  keywords,
  meanings: ['re-election'],
});

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
  const seen: string[] = [];
  const notices: Notice[] = [];
  const mails: Letter[] = [];
  const told: string[] = [];
  const files: string[] = [];
  const states: string[] = [];
  let serve: ((wish: Wish) => void) | undefined;
  const log = logger('daemon', daemonEvents, (record) => lines.push(record.text));
  const prepare = async (): Promise<Prepared<string, string>> => {
    const { diagnostics = [], throws, changes, reload = {}, ...plans } = scenes.shift() ?? {};
    if (throws) throw throws;
    return {
      plans,
      diagnostics,
      changes,
      reload,
      notify: {},
      trackFiles: [],
      process: treatment,
    } as unknown as Prepared<string, string>;
  };
  const parts = {
    log,
    configFile: '/k.conf',
    succession: new Succession<string, string>({
      log,
      configFile: '/k.conf',
      prepare,
      compare: (_, next) => (next as unknown as Scene).changes ?? [changed('V')],
      files: {
        clear: () => undefined,
        whileMarked: async (marker, read) => {
          if (marker !== undefined) files.push(`make ${marker}`);
          const found = await read();
          if (marker !== undefined) files.push(`remove ${marker}`);
          return found;
        },
        record: (path) => void files.push(`write ${path}`),
      },
    }),
    timer: () => ({
      follow: (file: string | undefined) => void (file && files.push(`follow ${file}`)),
      close: () => undefined,
    }),
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
    host: { isLost: false, follow: () => undefined },
    manager: {
      ready: () => states.push('ready'),
      reloading: () => states.push('reloading'),
      stopping: () => states.push('stopping'),
      hopeless: (exitCode: number) => states.push(`hopeless ${exitCode}`),
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
      run: async () => ({ result: 'exited', status: 7 }),
    },
    notifier: {
      follow: async () => undefined,
      tell: (notice: Notice) => notices.push(notice),
      mail: (letter: Letter) => mails.push(letter),
      finish: async () => undefined,
    },
    sync: {
      follow: async () => undefined,
      hear: (notice: Notice) => seen.push(`sync hears of ${notice.of}`),
      stop: async () => void seen.push('sync stops'),
    },
    onlooker: {
      follow: () => undefined,
      counted: (part: string, object: string) => seen.push(`${part} counted ${object}`),
      notice: () => seen.push('notice'),
      died: (part: string) => seen.push(`${part} died`),
      dump: (which: string) => seen.push(`dump ${which}`),
      close: async () => undefined,
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
  const wish = async (what: 'stop' | 'reload' | 'json'): Promise<void> => {
    serve?.(what === 'json' ? { wish: 'dump', dump: what } : { wish: what });
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
    seen,
    notices,
    mails,
    told,
    files,
    states,
    ended,
    wish,
  };
}

const turn = (): Promise<void> => new Promise((next) => setImmediate(next));
const events = (lines: string[]): string[] =>
  lines.filter((line) => /^(Reload[ i]|Startup|Stopping|Stopped Keep|Processing)/.test(line));

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
    vrrp.worker(0).say({ type: 'counters', object: 'A', values: { advert_sent: 1 } });
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

  const REFUSED = 'Reload of /k.conf refused: the configuration in use is kept';

  test('with an error that is new changes nothing, tells every mistake and names the new one', async () => {
    const diagnostics = [mistake('general'), mistake('unknown-keyword')];
    const it = stage({ vrrp: 'V', diagnostics: [mistake('general')] }, { vrrp: 'W', diagnostics });
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([]);
    expect(it.lines.slice(-4)).toEqual([
      'a mistake of class general',
      'a mistake of class unknown-keyword',
      'The configuration in use does not have this mistake: a mistake of class unknown-keyword',
      REFUSED,
    ]);
  });

  test('bears the mistakes that the configuration in use has as well', async () => {
    const diagnostics = [mistake('general')];
    const it = stage({ vrrp: 'V', diagnostics }, { vrrp: 'W', diagnostics });
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([{ type: 'reload', plan: 'W' }]);
  });

  test('is refused with what a start would refuse', async () => {
    const it = stage({ vrrp: 'V' }, { vrrp: 'W', diagnostics: [mistake('missing-argument')] });
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([]);
    expect(it.lines.slice(-2)).toEqual(['Unable to use configuration /k.conf', REFUSED]);
  });

  test('says what changes, of many objects a part', async () => {
    const priority = { keyword: 'priority', old: '100', new: '150', isSecret: false } as const;
    const changes = Array.from({ length: 25 }, (_, i) =>
      changed(`V${i}`, { ...priority, meaning: 're-election' }),
    );
    const it = stage({ vrrp: 'V' }, { vrrp: 'W', changes });
    await turn();
    ready(it);
    await it.wish('reload');
    const said = it.lines.filter((line) => line.startsWith('Reload:'));
    expect(said).toHaveLength(21);
    expect(said[0]).toBe('Reload: vrrp_instance V0 changed (priority 100 -> 150): re-election');
    expect(said[20]).toBe('Reload: 5 more objects are changed');
  });

  test('of the same configuration says so and touches nothing', async () => {
    const it = stage({ vrrp: 'V' }, { vrrp: 'V, on other lines', changes: [] });
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([]);
    expect(it.lines.slice(-2)).toEqual([
      'Reload: the configuration has not changed',
      'Reload complete',
    ]);
  });

  test('leaves a part alone whose plan is the same', async () => {
    const it = stage({ vrrp: 'V', check: 'C' }, { vrrp: 'V', check: 'D' });
    await turn();
    ready(it);
    it.check.worker(0).say({ type: 'ready' });
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([]);
    expect(it.check.worker(0).heard).toEqual([{ type: 'reload', plan: 'D' }]);
  });

  test('is refused where it changes what only a restart can change', async () => {
    const namespace = { keyword: 'net_namespace', old: undefined, new: 'blue', isSecret: false };
    const changes = [changed('V', { ...namespace, meaning: 'restart needed' })];
    const it = stage({ vrrp: 'V' }, { vrrp: 'W', changes });
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([]);
    expect(it.lines.slice(-2)).toEqual([
      'Cannot change net_namespace at a reload - please restart keepalived',
      REFUSED,
    ]);
  });

  test('that meets a bug of ours while it reads keeps what works', async () => {
    const it = stage({ vrrp: 'V' }, { throws: new Error('a bug') }, { vrrp: 'W' });
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([]);
    expect(it.lines.slice(-2)).toEqual([
      expect.stringMatching(/^Internal error: Error: a bug\n/),
      REFUSED,
    ]);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([{ type: 'reload', plan: 'W' }]);
  });

  test('under reload_check_config is refused with any mistake, which is written down', async () => {
    const diagnostics = [{ ...mistake('deprecated'), severity: 'warning' } as const];
    const it = stage(
      { vrrp: 'V', diagnostics, reload: { check: '/var/log/check' } },
      { vrrp: 'W', diagnostics },
    );
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([]);
    expect(it.files).toEqual(['write /var/log/check']);
    expect(it.lines.slice(-3)).toEqual([
      'validate conf before Reload',
      'New config failed validation, see /var/log/check for details',
      REFUSED,
    ]);
  });

  test('marks its reading with reload_file and follows another reload_time_file', async () => {
    const it = stage(
      { vrrp: 'V', reload: { marker: '/run/reads' } },
      { vrrp: 'W', reload: { timeFile: '/etc/when' } },
    );
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.files).toEqual(['make /run/reads', 'remove /run/reads', 'follow /etc/when']);
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

import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { logger } from '@keepalived-ts/base/events.js';
import { seconds } from '@keepalived-ts/base/time.js';
import type { TlsCredentials } from '#checks/core/plan.js';
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

/** What the daemon finds each time it reads its configuration. */
export interface Scene {
  vrrp?: string;
  check?: string;
  diagnostics?: Diagnostic[];
  /** A bug of ours while it is read. */
  throws?: Error;
  changes?: ObjectChange[];
  reload?: Partial<ReloadSettings>;
  credentials?: Partial<TlsCredentials>;
}

/** What is treated so in every scene. */
const treatment = { threads: { vrrp: {}, check: {} }, childWait: seconds(5) };

export const changed = (name: string, ...keywords: KeywordChange[]): ObjectChange => ({
  kind: 'vrrp_instance',
  name,
  within: [],
  change: 'changed',
  keywords,
  meanings: ['re-election'],
});

export const mistake = (kind: Diagnostic['class']): Diagnostic => ({
  severity: 'error',
  class: kind,
  message: `a mistake of class ${kind}`,
});

/** A daemon whose configurations are the given scenes, one after the other. */
export function stage(...scenes: Scene[]) {
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
    const { throws, ...scene } = scenes.shift() ?? {};
    const { diagnostics = [], changes, reload = {}, credentials, ...plans } = scene;
    if (throws) throw throws;
    return {
      plans,
      diagnostics,
      changes,
      reload,
      credentials,
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
    host: { isLost: false, follow: () => undefined, leave: () => undefined },
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
      stopping: () => undefined,
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

export const turn = (): Promise<void> => new Promise((next) => setImmediate(next));
/** The lines about the daemon itself. */
export const events = (lines: string[]): string[] =>
  lines.filter((line) => /^(Reload[ i]|Startup|Stopping|Stopped Keep|Processing)/.test(line));

import { describe, expect, test } from 'vitest';
import { changed, events, mistake, stage, turn } from '#test/support/daemon-stage.js';
import type { FakeThreads } from '#test/support/fake-thread.js';

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

  test('brings other certificates from the same files', async () => {
    const it = stage(
      { vrrp: 'V', credentials: { certificate: 'one' } },
      { vrrp: 'W', credentials: { certificate: 'other' }, changes: [] },
    );
    await turn();
    ready(it);
    await it.wish('reload');
    expect(it.vrrp.worker(0).heard).toEqual([{ type: 'reload', plan: 'W' }]);
    expect(it.lines.at(-1)).toMatch(/^Reload: the files of SSL hold something else/);
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

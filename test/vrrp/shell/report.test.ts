import { seconds } from '@keepalived-ts/base/time.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromWorker } from '#src/ipc/messages.js';
import type { Effect } from '#vrrp/core/types.js';
import { Reports } from '#vrrp/shell/report.js';

const entered = (state: string) =>
  ({ do: 'log', event: { event: 'entered-state', instance: 'VI', state } }) as const;
const detail = { do: 'log', event: { event: 'master-timeout', instance: 'VI' } } as const;
const notify = { do: 'notify', instance: 'VI', state: 'MASTER', priority: 150 } as const;
const script: Effect & { do: 'run-script' } = {
  do: 'run-script',
  run: 7,
  script: {
    name: 'chk',
    argv: ['/bin/chk', '-x'],
    user: 'nobody',
    group: undefined,
    interval: seconds(1),
    timeout: seconds(3),
    rise: 1,
    fall: 1,
  },
};

describe('reports to the parent', () => {
  let posted: FromWorker[];
  let reports: Reports;
  beforeEach(() => {
    vi.useFakeTimers();
    posted = [];
    reports = new Reports((message) => posted.push(message), { detail: false });
  });
  afterEach(() => void vi.useRealTimers());

  it('keep the order of a turn, neighbouring lines in one message', () => {
    for (const effect of [entered('FAULT'), entered('BACKUP'), notify, entered('MASTER')]) {
      reports.perform(effect);
    }
    expect(posted).toEqual([]);
    reports.flush();
    expect(posted.map(({ type }) => type)).toEqual(['log', 'notify', 'log']);
    expect(posted[0]).toMatchObject({
      records: [
        { text: '(VI) Entering FAULT STATE', level: 'info', part: 'vrrp' },
        { text: '(VI) Entering BACKUP STATE' },
      ],
    });
    reports.flush();
    expect(posted).toHaveLength(3);
  });

  it('have details only with -D', () => {
    reports.perform(detail);
    reports.flush();
    expect(posted).toEqual([]);
    const detailed = new Reports((message) => posted.push(message), { detail: true });
    detailed.perform(detail);
    detailed.flush();
    expect(posted).toMatchObject([{ records: [{ event: 'master-timeout', level: 'detail' }] }]);
  });

  it('ask for programs by ticket, and know the script again when it has ended', () => {
    reports.perform(script);
    reports.flush();
    expect(posted).toEqual([
      {
        type: 'run-program',
        ticket: 1,
        argv: ['/bin/chk', '-x'],
        user: 'nobody',
        timeout: seconds(3),
      },
    ]);
    const outcome = { result: 'exited', status: 1 } as const;
    expect(reports.programEnded(1, outcome)).toEqual({
      kind: 'script',
      script: 'chk',
      run: 7,
      outcome,
    });
    expect(reports.programEnded(1, outcome)).toBeUndefined();
  });

  it('have counters once a second, of the instances whose counters changed', () => {
    for (let i = 0; i < 3; i++) {
      reports.perform({ do: 'count', instance: 'VI', counter: 'advert_rcvd' });
    }
    reports.perform({ do: 'count', instance: undefined, counter: 'vrid_err' });
    vi.advanceTimersByTime(999);
    expect(posted).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(posted).toMatchObject([
      {
        type: 'counters',
        changed: [
          { object: 'VI', values: { advert_rcvd: 3, chk_err: 0 } },
          { object: '', values: { vrid_err: 1 } },
        ],
      },
    ]);
    vi.advanceTimersByTime(5_000);
    expect(posted).toHaveLength(1);
  });

  it('hold nothing back at the end', () => {
    reports.perform(notify);
    reports.perform({ do: 'count', instance: 'VI', counter: 'pri_zero_sent' });
    reports.close();
    expect(posted.map(({ type }) => type)).toEqual(['notify', 'counters']);
  });
});

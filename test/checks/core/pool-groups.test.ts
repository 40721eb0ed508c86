import { describe, expect, it } from 'vitest';
import { type Answer, bad, good, Rehearsal } from '../rehearsal.js';

const HEAD = 'delay_loop 1\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n warmup 0';
const RS = (address: string): string =>
  `real_server ${address} 80 {\n TCP_CHECK {\n retry 0\n }\n }\n`;
const GROUP = 'virtual_server_group g {\n 10.0.0.1-2 80\n}\n';
const VS = (inner: string, name = 'group g'): string =>
  `virtual_server ${name} {\n ${HEAD}\n ${inner}\n }\n`;

/** Servers of the pattern are bad between two times. */
const badBetween =
  (from: number, to: number, server: RegExp): Answer =>
  (check, _question, t) =>
    t >= from && t < to && server.test(check.server) ? bad : good;
const notices = (play: Rehearsal): string[] => play.said().filter((line) => line.includes('*'));

describe('a virtual server that is a group', () => {
  it('checks a server once, and takes it out of every service', () => {
    const text = GROUP + VS(RS('10.1.1.1') + RS('10.1.1.2'));
    const play = new Rehearsal(text, badBetween(2, 9, /1\.1:/)).start().until(1.5);
    expect(play.probes).toHaveLength(2);
    expect(play.until(2.5).table()).toEqual([
      '10.0.0.1:80: 10.1.1.2:80=1',
      '10.0.0.2:80: 10.1.1.2:80=1',
    ]);
  });

  it('has one quorum and one sorry server', () => {
    const text = GROUP + VS(`sorry_server 10.9.9.9 80\n ${RS('10.1.1.1')}`);
    const play = new Rehearsal(text, badBetween(2, 9, /1\.1:/)).start().until(1.5);
    play.said();
    expect(notices(play.until(2.5))).toEqual([
      '2 * RS [10.1.1.1]:tcp:80 [g]:0 DOWN',
      '2 * VS [g]:0 DOWN',
    ]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.9.9.9:80=1', '10.0.0.2:80: 10.9.9.9:80=1']);
  });

  it('gains and loses entries at a reload, and keeps what it knows of servers', () => {
    const before = GROUP + VS(RS('10.1.1.1') + RS('10.1.1.2'));
    const after = before.replace('10.0.0.1-2', '10.0.0.2-3');
    const play = new Rehearsal(before, badBetween(1, 99, /1\.1:/)).start().until(2.5);
    expect(play.reload(after).table()).toEqual([
      '10.0.0.2:80: 10.1.1.2:80=1',
      '10.0.0.3:80: 10.1.1.2:80=1',
    ]);
  });

  it('believes the table that a dead thread left behind', () => {
    const text = GROUP + VS(RS('10.1.1.1') + RS('10.1.1.2'));
    const play = new Rehearsal(text, badBetween(1, 99, /1\.1:/)).start().until(2.5);
    const next = new Rehearsal(text, badBetween(0, 99, /1\.1:/)).start(play.wanted());
    expect(next.table()).toEqual(play.table());
  });
});

describe('two virtual servers that share a service', () => {
  it('keep a server in the table as long as one of them wants it', () => {
    const text = GROUP + VS(RS('10.1.1.1')) + VS(RS('10.1.1.2'), '10.0.0.1 80');
    const play = new Rehearsal(text, badBetween(2, 9, /1\.1:/)).start().until(1.5);
    expect(play.table()).toEqual([
      '10.0.0.1:80: 10.1.1.2:80=1 10.1.1.1:80=1',
      '10.0.0.2:80: 10.1.1.1:80=1',
    ]);
    expect(play.until(2.5).table()).toEqual(['10.0.0.1:80: 10.1.1.2:80=1', '10.0.0.2:80:']);
  });
});

describe('rs_init_notifies', () => {
  const text = (globals: string, alpha = ''): string =>
    `global_defs {\n ${globals}\n}\n${VS(`${alpha}\n${RS('10.1.1.1')}`, '10.0.0.1 80')}`;
  const UP = '0 * RS [10.1.1.1]:tcp:80 [10.0.0.1]:tcp:80 UP';
  const atStart = (config: string): string[] =>
    notices(new Rehearsal(config, () => good).start().until(0.5));

  it('tells at start of servers that count as up', () => {
    expect(atStart(text('rs_init_notifies'))).toEqual([UP, '0 * VS [10.0.0.1]:tcp:80 UP']);
    expect(atStart(text(''))).toEqual(['0 * VS [10.0.0.1]:tcp:80 UP']);
    expect(atStart(text('rs_init_notifies', 'alpha'))).toEqual([]);
  });

  it('tells at a reload of new servers', () => {
    const config = text('rs_init_notifies');
    const play = new Rehearsal(config, () => good).start().until(0.5);
    play.said();
    const more = config.replace(RS('10.1.1.1'), RS('10.1.1.1') + RS('10.1.1.2'));
    expect(notices(play.reload(more))).toEqual(['0.5 * RS [10.1.1.2]:tcp:80 [10.0.0.1]:tcp:80 UP']);
  });
});

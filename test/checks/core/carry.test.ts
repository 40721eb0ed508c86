import { describe, expect, it } from 'vitest';
import type { Table } from '#lvs/core/table.js';
import { type Answer, bad, good, Rehearsal } from '../rehearsal.js';

const HEAD = 'delay_loop 1\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n warmup 0';
const RS = (address: string, inner = '', checker = 'TCP_CHECK { }'): string =>
  `real_server ${address} 80 {\n ${inner}\n retry 1\n ${checker}\n }\n`;
const VS = (inner: string, address = '10.0.0.1'): string =>
  `virtual_server ${address} 80 {\n ${HEAD}\n ${inner}\n }\n`;
const SORRY = 'sorry_server 10.9.9.9 80';

const badServer =
  (server: RegExp): Answer =>
  (check) =>
    server.test(check.server) ? bad : good;

const news = (play: Rehearsal): string[] =>
  play
    .said()
    .filter((line) => !/Activating|it is bad|TCP/.test(line))
    .map((line) => line.replaceAll(/\[10\.\d+\.\d+\.(\d+)\]:tcp:80/g, '.$1'));

/** Two servers, one of them down. */
const base = VS(RS('10.1.1.1') + RS('10.1.1.2'));
function running(text = base, answer = badServer(/1\.2:/)): Rehearsal {
  const play = new Rehearsal(text, answer).start().until(3);
  play.said();
  play.asked();
  return play;
}

describe('a reload', () => {
  it('keeps what is known and starts the timers again', () => {
    const play = running().reload(base);
    expect(news(play)).toEqual(['3 Reloading']);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=1']);
    expect(news(play.until(4.5))).toEqual([]);
    expect(play.asked()).toEqual(['4 10.1.1.1:80 0', '4 10.1.1.2:80 0']);
  });

  it('ignores what probes of the old plan find', () => {
    const play = new Rehearsal(base, () => bad, { takes: 900_000 }).start().until(1.5);
    play.said();
    expect(news(play.reload(base).until(2.2))).toEqual(['1.5 Reloading']);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=1 10.1.1.2:80=1']);
  });

  it('takes a new server in at once, but not with alpha', () => {
    const added = VS(RS('10.1.1.1') + RS('10.1.1.2') + RS('10.1.1.3') + RS('10.1.1.4', 'alpha'));
    const play = running().reload(added);
    expect(news(play)).toEqual(['3 Reloading']);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=1 10.1.1.3:80=1']);
    expect(news(play.until(4.5))).toEqual(['4 Adding service .4 to VS .1', '4 * RS .4 .1 UP']);
  });

  it('tells of live servers that are gone, and of lost quorum', () => {
    const play = running().reload(VS(RS('10.1.1.2')));
    expect(news(play)).toEqual([
      '3 Reloading',
      '3 service .1 no longer exist',
      '3 * RS .1 .1 DOWN',
      '3 Lost quorum 1-0=1 > 0 for VS .1',
      '3 * VS .1 DOWN',
    ]);
  });

  it('says nothing to scripts of a server that was down anyway', () => {
    expect(news(running().reload(VS(RS('10.1.1.1'))))).toEqual([
      '3 Reloading',
      '3 service .2 no longer exist',
    ]);
  });

  it('removes a service with its servers and begins another', () => {
    const play = running().reload(VS(RS('10.1.1.5'), '10.0.0.7'));
    expect(news(play)).toEqual([
      '3 Reloading',
      '3 Removing Virtual Server .1',
      '3 Removing service .1 from VS .1',
      '3 * RS .1 .1 DOWN',
      '3 * VS .1 DOWN',
      '3 Gained quorum 1+0=1 <= 1 for VS .7',
      '3 * VS .7 UP',
    ]);
    expect(play.table()).toEqual(['10.0.0.7:80: 10.1.1.5:80=1']);
  });

  it('changes weights and says so', () => {
    const play = running().reload(VS(RS('10.1.1.1', 'weight 5') + RS('10.1.1.2', 'weight 6')));
    expect(news(play)).toEqual([
      '3 Reloading',
      '3 Changing weight from 1 to 5 for active service .1 of VS .1',
      '3 Changing weight from 1 to 6 for inactive service .2 of VS .1',
    ]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=5']);
  });

  it('gives a server whose checker is another one the benefit of the doubt', () => {
    const other = RS('10.1.1.2', '', 'TCP_CHECK {\n connect_port 81\n }');
    const play = running().reload(VS(RS('10.1.1.1') + other));
    expect(news(play)).toEqual(['3 Reloading', '3 Adding service .2 to VS .1', '3 * RS .2 .1 UP']);
  });

  it('but not with alpha, when it was down', () => {
    const other = RS('10.1.1.2', 'alpha', 'TCP_CHECK {\n connect_port 81\n }');
    const play = running().reload(VS(RS('10.1.1.1') + other));
    expect(news(play)).toEqual(['3 Reloading']);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=1']);
  });

  it('evaluates a quorum that has changed', () => {
    const play = running().reload(VS(`quorum 2\n ${RS('10.1.1.1')} ${RS('10.1.1.2')}`));
    expect(news(play)).toEqual([
      '3 Reloading',
      '3 Lost quorum 2-0=2 > 1 for VS .1',
      '3 * VS .1 DOWN',
    ]);
  });

  it('puts live servers back when the sorry server is taken away', () => {
    const with2 = `quorum 2\n ${RS('10.1.1.1')} ${RS('10.1.1.2')}`;
    const play = running(VS(`${SORRY}\n ${with2}`));
    expect(play.table()).toEqual(['10.0.0.1:80: 10.9.9.9:80=1']);
    play.reload(VS(with2));
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=1']);
  });
});

describe('a thread that finds the table of one that died', () => {
  /** What `play` wants at its end, as the kernel would give it. */
  const left = (play: Rehearsal): Table => play.wanted();

  it('serves on with it, without a word to scripts', () => {
    const found = left(running());
    const play = new Rehearsal(base, badServer(/1\.2:/)).start(found);
    expect(news(play)).toEqual([]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=1']);
    expect(news(play.until(4))).toEqual([]);
  });

  it('lets in a server that has recovered meanwhile', () => {
    const play = new Rehearsal(base, () => good).start(left(running())).until(2);
    expect(news(play)).toEqual(['1 Adding service .2 to VS .1', '1 * RS .2 .1 UP']);
  });

  it('leaves the sorry server in service until a check succeeds', () => {
    const text = VS(`${SORRY}\n ${RS('10.1.1.1')}`);
    const found = left(running(text, () => bad));
    const play = new Rehearsal(text, (_check, _question, t) => (t < 2 ? bad : good)).start(found);
    expect(news(play.until(1.5))).toEqual([]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.9.9.9:80=1']);
    expect(news(play.until(2.5))).toEqual([
      '2 Adding service .1 to VS .1',
      '2 * RS .1 .1 UP',
      '2 Gained quorum 1+0=1 <= 1 for VS .1',
      '2 Removing sorry server .9 from VS .1',
      '2 Adding alive servers to the pool for VS .1',
      '2 * VS .1 UP',
    ]);
  });

  it('knows inhibited servers as down', () => {
    const text = VS(`inhibit_on_failure\n ${RS('10.1.1.1')} ${RS('10.1.1.2')}`);
    const play = new Rehearsal(text, badServer(/1\.2:/)).start(left(running(text)));
    expect(play.until(3).table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=1 10.1.1.2:80=0']);
    expect(news(play)).toEqual([]);
  });

  it('begins a service that is not in the table', () => {
    const play = new Rehearsal(base, () => good).start(new Map());
    expect(news(play)).toEqual(['0 Gained quorum 1+0=1 <= 2 for VS .1', '0 * VS .1 UP']);
  });
});

import { describe, expect, it } from 'vitest';
import { quorumHeld } from '#checks/core/quorum.js';
import { type Answer, bad, good, Rehearsal } from '../rehearsal.js';

const HEAD = 'delay_loop 1\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n warmup 0';
const RS = (address: string, inner = ''): string =>
  `real_server ${address} 80 {\n ${inner}\n TCP_CHECK {\n retry 0\n }\n }\n`;
const VS = (inner: string): string => `virtual_server 10.0.0.1 80 {\n ${HEAD}\n ${inner}\n }\n`;
const SORRY = 'sorry_server 10.9.9.9 80';

/** Servers of the pattern are bad between two times. */
const badBetween =
  (from: number, to: number, server: RegExp): Answer =>
  (check, _question, t) =>
    t >= from && t < to && server.test(check.server) ? bad : good;

const news = (play: Rehearsal): string[] =>
  play
    .said()
    .filter((line) => !/Activating|it is bad|TCP/.test(line))
    .map((line) => line.replaceAll(/\[10\.\d+\.\d+\.(\d+)\]:tcp:80/g, '.$1'));

/** A play that ran well for two seconds. */
function running(text: string, answer: Answer): Rehearsal {
  const play = new Rehearsal(text, answer).start().until(1.5);
  play.said();
  return play;
}

describe('quorum', () => {
  it.each([
    // quorum, hysteresis, held, weight -> held
    [1, 0, false, 0, false],
    [1, 0, false, 1, true],
    [1, 0, true, 0, false],
    [3, 1, false, 3, false],
    [3, 1, false, 4, true],
    [3, 1, true, 2, true],
    [3, 1, true, 1, false],
    [0, 0, true, 0, false],
    [0, 0, false, 0, false],
  ])('%i with hysteresis %i, held %s, weight %i: %s', (quorum, hysteresis, held, weight, then) => {
    expect(quorumHeld({ quorum, hysteresis }, held, weight)).toBe(then);
  });
});

describe('a pool with a sorry server', () => {
  it('gives way to it when quorum is lost and takes over again (reference §5)', () => {
    const play = running(VS(`${SORRY}\n ${RS('10.1.1.1')}`), badBetween(2, 3.5, /1\.1:/));
    expect(news(play.until(2.5))).toEqual([
      '2 Removing service .1 from VS .1',
      '2 * RS .1 .1 DOWN',
      '2 Lost quorum 1-0=1 > 0 for VS .1',
      '2 Adding sorry server .9 to VS .1',
      '2 Removing alive servers from the pool for VS .1',
      '2 * VS .1 DOWN',
    ]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.9.9.9:80=1']);
    expect(news(play.until(4.5))).toEqual([
      '4 Adding service .1 to VS .1',
      '4 * RS .1 .1 UP',
      '4 Gained quorum 1+0=1 <= 1 for VS .1',
      '4 Removing sorry server .9 from VS .1',
      '4 Adding alive servers to the pool for VS .1',
      '4 * VS .1 UP',
    ]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=1']);
  });

  it('keeps live servers out while it serves, and counts their weights', () => {
    const servers = RS('10.1.1.1', 'weight 3') + RS('10.1.1.2') + RS('10.1.1.3');
    const text = VS(`quorum 3\n hysteresis 1\n ${SORRY}\n ${servers}`);
    const play = running(text, badBetween(2, 3.5, /1\.[123]:/));
    play.until(2.5);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.9.9.9:80=1']);
    const text2 = play.until(4.5).table();
    expect(text2).toEqual(['10.0.0.1:80: 10.1.1.1:80=3 10.1.1.2:80=1 10.1.1.3:80=1']);
  });

  it('needs quorum + hysteresis to come back', () => {
    const servers = RS('10.1.1.1', 'weight 3') + RS('10.1.1.2');
    const text = VS(`quorum 3\n hysteresis 1\n ${SORRY}\n ${servers}`);
    const answer: Answer = ({ server }, _question, t) =>
      t < 2 || t >= (server === '10.1.1.1:80' ? 3.5 : 5.5) ? good : bad;
    const play = running(text, answer).until(4.5);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.9.9.9:80=1']);
    play.said();
    expect(news(play.until(6.5)).filter((line) => line.includes('quorum'))).toEqual([
      '6 Gained quorum 3+1=4 <= 4 for VS .1',
    ]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=3 10.1.1.2:80=1']);
  });

  it('is disabled instead of removed with inhibit', () => {
    const text = VS(
      `inhibit_on_failure\n ${SORRY}\n sorry_server_inhibit\n ${RS('10.1.1.1', 'weight 5')}`,
    );
    const play = running(text, badBetween(2, 3.5, /1\.1:/));
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=5 10.9.9.9:80=0']);
    expect(news(play.until(2.5))).toEqual([
      '2 Disabling service .1 of VS .1',
      '2 * RS .1 .1 DOWN',
      '2 Lost quorum 1-0=1 > 0 for VS .1',
      '2 Enabling sorry server .9 to VS .1',
      '2 Removing alive servers from the pool for VS .1',
      '2 * VS .1 DOWN',
    ]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=0 10.9.9.9:80=1']);
  });
});

describe('a pool without sorry server', () => {
  it('keeps its remaining servers when quorum is lost', () => {
    const text = VS(`quorum 2\n ${RS('10.1.1.1')} ${RS('10.1.1.2')}`);
    const play = running(text, badBetween(2, 9, /1\.1:/)).until(2.5);
    expect(news(play)).toEqual([
      '2 Removing service .1 from VS .1',
      '2 * RS .1 .1 DOWN',
      '2 Lost quorum 2-0=2 > 1 for VS .1',
      '2 * VS .1 DOWN',
    ]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.2:80=1']);
  });
});

describe('the end', () => {
  it('names every server and runs no scripts without omega', () => {
    const play = running(VS(RS('10.1.1.1') + RS('10.1.1.2')), badBetween(2, 9, /1\.1:/)).until(3);
    play.said();
    expect(news(play.stop())).toEqual([
      '3 Stopping',
      '3 Shutting down service .1 from VS .1',
      '3 Shutting down service .2 from VS .1',
    ]);
  });

  it('tells of live servers and of the service with omega', () => {
    const text = VS(`omega\n inhibit_on_failure\n ${RS('10.1.1.1')} ${RS('10.1.1.2')}`);
    const play = running(text, badBetween(2, 9, /1\.1:/)).until(3);
    play.said();
    expect(news(play.stop())).toEqual([
      '3 Stopping',
      '3 Shutting down (inhibited) service .1 from VS .1',
      '3 Shutting down service .2 from VS .1',
      '3 * RS .2 .1 DOWN',
      '3 * VS .1 DOWN',
    ]);
    expect(
      play
        .until(9)
        .asked()
        .filter((line) => Number(line.split(' ')[0]) > 3),
    ).toEqual([]);
  });
});

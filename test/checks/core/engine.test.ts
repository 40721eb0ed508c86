import { describe, expect, it } from 'vitest';
import { down, undecided, up } from '#checks/core/define-checker.js';
import { type Answer, bad, good, Rehearsal } from '../rehearsal.js';

const HEAD = 'delay_loop 2\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n warmup 0';
const RS = (address: string, inner = 'TCP_CHECK { }'): string =>
  `real_server ${address} 80 {\n ${inner}\n }\n`;
const VS = (inner: string): string => `virtual_server 10.0.0.1 80 {\n ${HEAD}\n ${inner}\n }\n`;
const pages = (n: number, more = ''): string =>
  `HTTP_GET {\n ${more}\n ${'url {\n path /\n }\n'.repeat(n)} }`;

/** Bad between two times, in seconds. */
const badBetween =
  (from: number, to: number, server = /./): Answer =>
  (check, _question, t) =>
    t >= from && t < to && server.test(check.server) ? bad : good;

/** Lines without those that every start has, and without the reasons. */
const news = (play: Rehearsal): string[] =>
  play.said().filter((line) => !/Activating|it is bad/.test(line));

describe('a TCP check', () => {
  it('is asked a second after the start and then once in delay_loop', () => {
    const play = new Rehearsal(VS(RS('10.1.1.1')), () => good).start().until(6);
    expect(play.asked()).toEqual(['1 10.1.1.1:80 0', '3 10.1.1.1:80 0', '5 10.1.1.1:80 0']);
    expect(play.said()).toEqual([
      '0 Gained quorum 1+0=1 <= 1 for VS [10.0.0.1]:tcp:80',
      '0 * VS [10.0.0.1]:tcp:80 UP',
      '0 Activating healthchecker for service [10.1.1.1]:tcp:80 for VS [10.0.0.1]:tcp:80',
      '1 TCP connection to [10.1.1.1]:tcp:80 success.',
    ]);
  });

  it('waits a part of the warm-up first', () => {
    const text = VS(`warmup 10\n ${RS('10.1.1.1')}`);
    const play = new Rehearsal(text, () => good, { random: 0.5 }).start().until(7);
    expect(play.asked()).toEqual(['6 10.1.1.1:80 0']);
  });

  it('counts delay_loop from the end of a check', () => {
    const play = new Rehearsal(VS(RS('10.1.1.1')), () => good, { takes: 500_000 });
    expect(play.start().until(7).asked()).toEqual([
      '1 10.1.1.1:80 0',
      '3.5 10.1.1.1:80 0',
      '6 10.1.1.1:80 0',
    ]);
  });

  it('takes a server out at the very first failure, without retries', () => {
    const text = VS(`retry 2\n ${RS('10.1.1.1')}`);
    const play = new Rehearsal(text, () => bad).start().until(4);
    expect(news(play)).toEqual([
      '0 Gained quorum 1+0=1 <= 1 for VS [10.0.0.1]:tcp:80',
      '0 * VS [10.0.0.1]:tcp:80 UP',
      '1 TCP_CHECK on service [10.1.1.1]:tcp:80 failed.',
      '1 Removing service [10.1.1.1]:tcp:80 from VS [10.0.0.1]:tcp:80',
      '1 * RS [10.1.1.1]:tcp:80 [10.0.0.1]:tcp:80 DOWN',
      '1 Lost quorum 1-0=1 > 0 for VS [10.0.0.1]:tcp:80',
      '1 * VS [10.0.0.1]:tcp:80 DOWN',
    ]);
    expect(play.asked()).toEqual(['1 10.1.1.1:80 0', '3 10.1.1.1:80 0']);
    expect(play.table()).toEqual(['10.0.0.1:80:']);
  });

  it('needs retry + 1 failures later on, delay_before_retry apart, and one success', () => {
    const text = VS(`retry 2\n delay_before_retry 0.5\n ${RS('10.1.1.1')} ${RS('10.1.1.2')}`);
    const play = new Rehearsal(text, badBetween(3, 7, /1\.1:/)).start().until(2);
    play.said();
    play.asked();
    play.until(10);
    expect(play.asked().filter((line) => line.includes('1.1:'))).toEqual([
      '3 10.1.1.1:80 0',
      '3.5 10.1.1.1:80 0',
      '4 10.1.1.1:80 0',
      '6 10.1.1.1:80 0',
      '8 10.1.1.1:80 0',
      '10 10.1.1.1:80 0',
    ]);
    expect(news(play)).toEqual([
      '4 TCP_CHECK on service [10.1.1.1]:tcp:80 failed after 2 retries.',
      '4 Removing service [10.1.1.1]:tcp:80 from VS [10.0.0.1]:tcp:80',
      '4 * RS [10.1.1.1]:tcp:80 [10.0.0.1]:tcp:80 DOWN',
      '8 TCP connection to [10.1.1.1]:tcp:80 success.',
      '8 Adding service [10.1.1.1]:tcp:80 to VS [10.0.0.1]:tcp:80',
      '8 * RS [10.1.1.1]:tcp:80 [10.0.0.1]:tcp:80 UP',
    ]);
  });

  it('forgives a failure that a retry does not repeat', () => {
    const text = VS(`retry 1\n delay_before_retry 0.5\n ${RS('10.1.1.1')}`);
    const play = new Rehearsal(text, badBetween(3, 3.4)).start().until(2);
    play.said();
    expect(news(play.until(8))).toEqual([]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=1']);
  });

  it('tells every failed attempt only with log_all_failures', () => {
    const told = (inner: string): string[] => {
      const text = VS(`retry 2\n ${RS('10.1.1.1', `TCP_CHECK {\n ${inner}\n }`)}`);
      const play = new Rehearsal(text, badBetween(3, 4.5)).start().until(2);
      play.said();
      return play.until(8).said();
    };
    expect(told('')).toEqual([]);
    const line = 'TCP_CHECK on service [10.1.1.1]:tcp:80 for VS [10.0.0.1]:tcp:80: it is bad';
    expect(told('log_all_failures')).toEqual([`3 ${line}`, `4 ${line}`]);
  });

  it('keeps the state of a server that it could not ask, and says so once', () => {
    const answer: Answer = (_check, _question, t) =>
      t < 6 ? undecided('EMFILE', 'too many open files') : good;
    const play = new Rehearsal(VS(RS('10.1.1.1')), answer).start().until(8);
    expect(news(play).slice(2)).toEqual([
      "1 TCP_CHECK can't ask service [10.1.1.1]:tcp:80 for VS [10.0.0.1]:tcp:80," +
        ' its state is kept: too many open files',
      '7 TCP connection to [10.1.1.1]:tcp:80 success.',
    ]);
    expect(play.asked()).toHaveLength(4);
  });
});

describe('HTTP_GET with several urls', () => {
  it('asks one url each delay_loop and declares success after the round', () => {
    const play = new Rehearsal(VS(RS('10.1.1.1', pages(3))), () => good).start().until(9);
    expect(play.asked()).toEqual([
      '1 10.1.1.1:80 0',
      '3 10.1.1.1:80 1',
      '5 10.1.1.1:80 2',
      '7 10.1.1.1:80 0',
      '9 10.1.1.1:80 1',
    ]);
    expect(news(play).slice(2)).toEqual([
      '5 Remote Web server [10.1.1.1]:tcp:80 succeed on service.',
    ]);
  });

  /** As Debian's keepalived was seen to do it: 15.18 /a, 17.19 /b fails, 18.25 again, ... */
  it('stays at a failed url and wants it and then a whole round before the server is back', () => {
    const more = 'retry 1\n delay_before_retry 1';
    const answer: Answer = (_check, question, t) => (question === 1 && t < 12 ? bad : good);
    const play = new Rehearsal(VS(RS('10.1.1.1', pages(3, more))), answer).start().until(21);
    expect(play.asked()).toEqual([
      '1 10.1.1.1:80 0',
      '3 10.1.1.1:80 1',
      '4 10.1.1.1:80 1',
      '6 10.1.1.1:80 1',
      '8 10.1.1.1:80 1',
      '10 10.1.1.1:80 1',
      '12 10.1.1.1:80 1',
      '14 10.1.1.1:80 0',
      '16 10.1.1.1:80 1',
      '18 10.1.1.1:80 2',
      '20 10.1.1.1:80 0',
    ]);
    expect(news(play).slice(2)).toEqual([
      '4 HTTP_CHECK on service [10.1.1.1]:tcp:80 failed after 1 retries.',
      '4 Removing service [10.1.1.1]:tcp:80 from VS [10.0.0.1]:tcp:80',
      '4 * RS [10.1.1.1]:tcp:80 [10.0.0.1]:tcp:80 DOWN',
      '4 Lost quorum 1-0=1 > 0 for VS [10.0.0.1]:tcp:80',
      '4 * VS [10.0.0.1]:tcp:80 DOWN',
      '18 Remote Web server [10.1.1.1]:tcp:80 succeed on service.',
      '18 Adding service [10.1.1.1]:tcp:80 to VS [10.0.0.1]:tcp:80',
      '18 * RS [10.1.1.1]:tcp:80 [10.0.0.1]:tcp:80 UP',
      '18 Gained quorum 1+0=1 <= 1 for VS [10.0.0.1]:tcp:80',
      '18 * VS [10.0.0.1]:tcp:80 UP',
    ]);
  });

  it('makes no pauses on the way up with fast_recovery', () => {
    const text = VS(RS('10.1.1.1', pages(3, 'fast_recovery')));
    const play = new Rehearsal(text, badBetween(0, 2)).start().until(6);
    expect(play.asked()).toEqual([
      '1 10.1.1.1:80 0',
      '4 10.1.1.1:80 0',
      '4 10.1.1.1:80 0',
      '4 10.1.1.1:80 1',
      '4 10.1.1.1:80 2',
      '6 10.1.1.1:80 0',
    ]);
  });

  it('polls a failed url no faster than delay_before_retry', () => {
    const text = VS(RS('10.1.1.1', pages(1, 'delay_before_retry 5')));
    const play = new Rehearsal(text, () => bad).start().until(12);
    expect(play.asked()).toEqual(['1 10.1.1.1:80 0', '6 10.1.1.1:80 0', '11 10.1.1.1:80 0']);
  });
});

describe('alpha', () => {
  const text = VS(`alpha\n ${RS('10.1.1.1')} ${RS('10.1.1.2')}`);

  it('lets servers in after their first success and says nothing of the empty pool', () => {
    const play = new Rehearsal(text, badBetween(0, 4, /1\.2:/)).start();
    expect(play.table()).toEqual(['10.0.0.1:80:']);
    expect(news(play.until(6))).toEqual([
      '1 TCP connection to [10.1.1.1]:tcp:80 success.',
      '1 Adding service [10.1.1.1]:tcp:80 to VS [10.0.0.1]:tcp:80',
      '1 * RS [10.1.1.1]:tcp:80 [10.0.0.1]:tcp:80 UP',
      '1 Gained quorum 1+0=1 <= 1 for VS [10.0.0.1]:tcp:80',
      '1 * VS [10.0.0.1]:tcp:80 UP',
      '1 TCP_CHECK on service [10.1.1.2]:tcp:80 failed.',
      '1 * RS [10.1.1.2]:tcp:80 [10.0.0.1]:tcp:80 DOWN',
      '5 TCP connection to [10.1.1.2]:tcp:80 success.',
      '5 Adding service [10.1.1.2]:tcp:80 to VS [10.0.0.1]:tcp:80',
      '5 * RS [10.1.1.2]:tcp:80 [10.0.0.1]:tcp:80 UP',
    ]);
  });

  it('starts with the sorry server', () => {
    const play = new Rehearsal(
      VS(`alpha\n sorry_server 10.9.9.9 80\n ${RS('10.1.1.1')}`),
      () => good,
    ).start();
    expect(play.table()).toEqual(['10.0.0.1:80: 10.9.9.9:80=1']);
    expect(news(play)).toEqual([
      '0 Starting with quorum down 1-0=1 > 0 for VS [10.0.0.1]:tcp:80',
      '0 Adding sorry server [10.9.9.9]:tcp:80 to VS [10.0.0.1]:tcp:80',
      '0 Removing alive servers from the pool for VS [10.0.0.1]:tcp:80',
      '0 * VS [10.0.0.1]:tcp:80 DOWN',
    ]);
  });
});

describe('several checkers of one server', () => {
  it('take it out when the first fails and let it in when the last is content', () => {
    const both = 'TCP_CHECK { }\n TCP_CHECK {\n connect_port 81\n }';
    const answer: Answer = ({ target }, _question, t) =>
      t >= 3 && t < (target.port === 81 ? 8 : 6) ? bad : good;
    const play = new Rehearsal(VS(RS('10.1.1.1', both)), answer).start().until(2);
    play.said();
    expect(news(play.until(12)).filter((line) => /RS/.test(line))).toEqual([
      '4 * RS [10.1.1.1]:tcp:80 [10.0.0.1]:tcp:80 DOWN',
      '8 * RS [10.1.1.1]:tcp:80 [10.0.0.1]:tcp:80 UP',
    ]);
  });
});

describe('a checker that says a weight', () => {
  const MISC = 'MISC_CHECK {\n misc_path /bin/true\n misc_dynamic\n }';
  const FILE = 'FILE_CHECK {\n track_file f\n }';
  const HEADER = 'track_file f {\n file /x\n }\n';
  const server = (inner: string): string => VS(RS('10.1.1.1', inner) + RS('10.1.1.2'));

  it('has it in the table, as several of them together have it, until it fails', () => {
    const answer: Answer = (check, _q, t) => {
      if (check.keyword === 'MISC_CHECK') return t < 4 ? up('', { instead: 7 }) : bad;
      return check.keyword === 'FILE_CHECK' ? up('', { plus: -3 }) : good;
    };
    const text = HEADER + server(`weight 2\n ${MISC}\n ${FILE}`);
    const play = new Rehearsal(text, answer).start();
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=2 10.1.1.2:80=1']);
    play.until(3);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=4 10.1.1.2:80=1']);
    expect(play.said().filter((line) => line.includes('weight'))).toEqual([
      '1 Changing weight from 2 to 7 for active service [10.1.1.1]:tcp:80 of VS [10.0.0.1]:tcp:80',
      '1 Changing weight from 7 to 4 for active service [10.1.1.1]:tcp:80 of VS [10.0.0.1]:tcp:80',
    ]);
    play.until(8);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.2:80=1']);
  });

  it('keeps it over a reload that changes the configured one', () => {
    const answer: Answer = (check) =>
      check.keyword === 'MISC_CHECK' ? up('', { instead: 7 }) : good;
    const play = new Rehearsal(server(`weight 2\n ${MISC}`), answer).start().until(2);
    play.reload(server(`weight 5\n ${MISC}`));
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=7 10.1.1.2:80=1']);
  });

  it('can lose quorum by it', () => {
    const answer: Answer = (_c, _q, t) => up('', { instead: t < 3 ? 7 : 0 });
    const text = VS(`quorum 5\n ${RS('10.1.1.1', `weight 9\n ${MISC}`)}`);
    const play = new Rehearsal(text, answer).start().until(4);
    expect(play.said().filter((line) => /quorum/.test(line))).toEqual([
      '0 Gained quorum 5+0=5 <= 9 for VS [10.0.0.1]:tcp:80',
      '3 Lost quorum 5-0=5 > 0 for VS [10.0.0.1]:tcp:80',
    ]);
  });
});

describe('the pace of', () => {
  const takes = 1_500_000;
  const asked = (checker: string, answer: Answer, until: number): string[] =>
    new Rehearsal(VS(RS('10.1.1.1', checker)), answer, { takes })
      .start()
      .until(until)
      .asked()
      .map((line) => line.split(' ')[0] ?? '');

  it('MISC_CHECK counts from the start of its program, of others from the end', () => {
    expect(asked('MISC_CHECK {\n misc_path /bin/true\n }', () => good, 6)).toEqual(['1', '3', '5']);
    expect(asked('TCP_CHECK {\n }', () => good, 6)).toEqual(['1', '4.5']);
    // One that takes longer than delay_loop is begun again at once, and never twice at a time.
    const slow = 'MISC_CHECK {\n misc_path /bin/true\n delay_loop 1\n }';
    expect(asked(slow, () => good, 5)).toEqual(['1', '2.5', '4']);
  });

  it('SMTP_CHECK begins its retries anew while the server is down', () => {
    const smtp = 'SMTP_CHECK {\n retry 1\n delay_before_retry 0.5\n }';
    // The first failure is final; then two attempts each time.
    expect(asked(smtp, () => bad, 14)).toEqual(['1', '4.5', '6.5', '10', '12']);
    const tcp = 'TCP_CHECK {\n retry 1\n delay_before_retry 0.5\n }';
    expect(asked(tcp, () => bad, 14)).toEqual(['1', '4.5', '8', '11.5']);
  });
});

describe('a remark of a healthy server', () => {
  it('is logged when it is another than before', () => {
    const answer: Answer = (_c, _q, t) => ({
      is: 'up',
      detail: '',
      remark: t < 4 ? 'odd' : 'odder',
    });
    const play = new Rehearsal(VS(RS('10.1.1.1')), answer).start().until(8);
    expect(play.said().filter((line) => line.includes('odd'))).toEqual([
      '1 TCP_CHECK on service [10.1.1.1]:tcp:80 for VS [10.0.0.1]:tcp:80: odd',
      '5 TCP_CHECK on service [10.1.1.1]:tcp:80 for VS [10.0.0.1]:tcp:80: odder',
    ]);
  });
});

describe('a MISC_CHECK', () => {
  const fails = down('status', 'failed (exited with status 1)');
  const late = down('timeout', 'timed out');
  it.each([
    [0, fails, 'failed with retry disabled (exited with status 1)'],
    [1, fails, 'failed after 1 retry (exited with status 1)'],
    [2, late, 'timed out after 2 retries'],
  ])('says with retry %i how it failed, the first time, too', (retry, verdict, words) => {
    const check = `MISC_CHECK {\n misc_path /bin/true\n retry ${retry}\n }`;
    const play = new Rehearsal(VS(RS('10.1.1.1', check)), () => verdict).start().until(1.5);
    const of = 'Misc check for [[10.1.1.1]:tcp:80 VS [10.0.0.1]:tcp:80] by [/bin/true]';
    expect(news(play)).toContain(`1 ${of} ${words}.`);
  });
});

describe('ha_suspend', () => {
  const text = VS(`ha_suspend\n ${RS('10.1.1.1')}`);
  const of = 'healthchecker for service [10.1.1.1]:tcp:80 for VS [10.0.0.1]:tcp:80';

  it('lets nobody be asked before the address is there, and serves all the same', () => {
    const play = new Rehearsal(text, () => bad).start().until(5);
    expect(play.asked()).toEqual([]);
    expect(play.said()).toEqual([
      '0 Gained quorum 1+0=1 <= 1 for VS [10.0.0.1]:tcp:80',
      '0 * VS [10.0.0.1]:tcp:80 UP',
      `0 Deactivating ${of}`,
    ]);
    expect(play.table()).toEqual(['10.0.0.1:80: 10.1.1.1:80=1']);
    play.has('10.0.0.1', '192.0.2.1');
    expect(play.said()).toEqual([`5 Activating ${of}`]);
    play.until(8);
    expect(news(play).slice(0, 1)).toEqual(['7 TCP_CHECK on service [10.1.1.1]:tcp:80 failed.']);
    expect(play.table()).toEqual(['10.0.0.1:80:']);
  });

  it('keeps what is known while the address is away', () => {
    const play = new Rehearsal(text, badBetween(2, 5)).start().has('10.0.0.1').until(4);
    play.said();
    play.asked();
    play.has('192.0.2.1').until(8);
    expect(play.said()).toEqual([`4 Suspending ${of}`]);
    expect(play.asked()).toEqual([]);
    expect(play.table()).toEqual(['10.0.0.1:80:']);
    play.has('10.0.0.1').until(10);
    expect(news(play)).toContain('10 Adding service [10.1.1.1]:tcp:80 to VS [10.0.0.1]:tcp:80');
  });

  it('holds after a reload, and no more when that takes it out', () => {
    const play = new Rehearsal(text, () => good).start().reload(text).until(4);
    expect(play.said().at(-1)).toBe(`0 Deactivating ${of}`);
    expect(play.asked()).toEqual([]);
    play.reload(text.replace('ha_suspend', '')).until(6);
    expect(play.asked()).toEqual(['5 10.1.1.1:80 0']);
  });
});

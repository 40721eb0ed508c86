import { setImmediate as turn } from 'node:timers/promises';
import { type Duration, milliseconds, seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, test } from 'vitest';
import {
  type Delivery,
  Mailer,
  type MailNews,
  MOST_MAILS,
  type Posted,
} from '#src/notify/mailer.js';
import { ManualClock } from '#test/support/manual-clock.js';
import { turns } from '#test/support/programs.js';

const sent: Delivery = { result: 'sent', refused: [] };
const later: Delivery = { result: 'later', reason: 'connection refused' };
const letter = (subject: string) => ({ subject, body: 'b' });

/** A mailer whose server answers as `answer` says. */
function stage(answer: (posted: Posted, settings: string) => Delivery | Promise<Delivery>) {
  const news: MailNews[] = [];
  const tried: { subject: string; id: string; settings: string }[] = [];
  const clock = new ManualClock();
  const mailer = new Mailer<string>({
    deliver: async (posted, settings) => {
      tried.push({ subject: posted.letter.subject, id: posted.id, settings });
      return answer(posted, settings);
    },
    tell: (one) => news.push(one),
    clock,
    alarm: clock.alarm(),
  });
  mailer.follow('server');
  return {
    mailer,
    news,
    tried,
    /** Those tried since this was asked last. */
    subjects: () => tried.splice(0).map(({ subject }) => subject),
    wait: async (time: Duration): Promise<void> => {
      clock.advance(time);
      await turns(20);
    },
  };
}

test('mails go out one after the other, in order', async () => {
  let busy = 0;
  const { mailer, news, subjects } = stage(async () => {
    expect(++busy).toBe(1);
    await turn();
    busy--;
    return sent;
  });
  for (const subject of ['a', 'b', 'c']) mailer.send(letter(subject));
  await mailer.finish(seconds(5));
  expect(subjects()).toEqual(['a', 'b', 'c']);
  expect(news.map(({ news: what }) => what)).toEqual(['sent', 'sent', 'sent']);
});

test('without settings there is no mail', async () => {
  const { mailer, tried } = stage(() => sent);
  mailer.follow(undefined);
  mailer.send(letter('a'));
  await mailer.finish(seconds(1));
  expect(tried).toEqual([]);
});

test('a server that is away is tried again until it is there, told of once', async () => {
  let away = 8;
  const { mailer, news, subjects, wait } = stage(() => (away-- > 0 ? later : sent));
  mailer.send(letter('a'));
  mailer.send(letter('b'));
  await wait(seconds(0));
  for (const pause of [1, 2, 4, 8, 16, 32, 60]) {
    expect(subjects()).toEqual(['a']);
    await wait(seconds(pause - 0.001));
    expect(subjects()).toEqual([]);
    await wait(seconds(0.001));
  }
  expect(subjects()).toEqual(['a']);
  await wait(seconds(60));
  expect(subjects()).toEqual(['a', 'b']);
  await mailer.finish(seconds(1));
  expect(news).toEqual([
    { news: 'delayed', reason: 'connection refused', waiting: 2 },
    { news: 'sent', subject: 'a' },
    { news: 'sent', subject: 'b' },
  ]);
});

describe('a mail that the server puts off', () => {
  const putOff: Delivery = { result: 'deferred', refused: [], left: ['x@y'], reason: '451 later' };

  test('waits alone, longer each time, at most a quarter of an hour', async () => {
    const { mailer, news, subjects, tried, wait } = stage(({ letter: { subject } }) =>
      subject === 'a' ? putOff : sent,
    );
    mailer.send(letter('a'));
    mailer.send(letter('b'));
    await wait(seconds(0));
    const id = tried[0]?.id;
    expect(subjects()).toEqual(['a', 'b']);
    for (const pause of [30, 60, 120, 240, 480, 900, 900]) {
      mailer.send(letter('c'));
      await wait(seconds(pause - 0.001));
      expect(subjects()).toEqual(['c']);
      await wait(seconds(0.001));
      expect(tried[0]?.id).toBe(id);
      expect(subjects()).toEqual(['a']);
    }
    expect(news.slice(0, 2)).toEqual([
      { news: 'deferred', subject: 'a', recipients: ['x@y'], reason: '451 later' },
      { news: 'sent', subject: 'b' },
    ]);
    await mailer.finish(seconds(1));
    expect(subjects()).toEqual(['a']);
    expect(news.at(-1)).toEqual({ news: 'unsent', mails: 1 });
  });

  test('is tried again only for those who have not got it', async () => {
    const left: unknown[] = [];
    const answers: Delivery[] = [{ ...putOff, refused: ['no@y'] }, sent];
    const { mailer, news, wait } = stage((posted) => {
      left.push(posted.left);
      return answers.shift() ?? later;
    });
    mailer.send(letter('a'));
    await wait(seconds(0));
    await wait(seconds(30));
    expect(left).toEqual([undefined, ['x@y']]);
    expect(news).toEqual([
      { news: 'deferred', subject: 'a', recipients: ['x@y'], reason: '451 later' },
      { news: 'recipients-refused', subject: 'a', recipients: ['no@y'] },
      { news: 'sent', subject: 'a' },
    ]);
  });

  test('waits on while the server is away', async () => {
    const answers = [putOff, later, sent, sent];
    const { mailer, subjects, wait } = stage(() => answers.shift() ?? later);
    mailer.send(letter('a'));
    await wait(seconds(0));
    await wait(seconds(29.5));
    mailer.send(letter('b'));
    await wait(seconds(0));
    expect(subjects()).toEqual(['a', 'b']);
    await wait(seconds(0.5));
    expect(subjects()).toEqual([]);
    await wait(seconds(0.5));
    expect(subjects()).toEqual(['a', 'b']);
  });
});

test('a mail that is refused for good does not hold up the next', async () => {
  const { mailer, news } = stage(({ letter: { subject } }) =>
    subject === 'a' ? { result: 'never', reason: '550' } : { result: 'sent', refused: ['x@y'] },
  );
  mailer.send(letter('a'));
  mailer.send(letter('b'));
  await mailer.finish(seconds(1));
  expect(news).toEqual([
    { news: 'refused', subject: 'a', reason: '550' },
    { news: 'sent', subject: 'b' },
    { news: 'recipients-refused', subject: 'b', recipients: ['x@y'] },
  ]);
});

test('of too many the oldest goes, and the number is told', async () => {
  const { mailer, news } = stage(() => later);
  for (let i = 0; i < MOST_MAILS + 3; i++) mailer.send(letter(`${i}`));
  await mailer.finish(seconds(1));
  expect(news.filter(({ news: what }) => what !== 'delayed')).toEqual([
    { news: 'full' },
    { news: 'unsent', mails: MOST_MAILS },
    { news: 'dropped', mails: 3 },
  ]);
});

test('another server is tried at once', async () => {
  const { mailer, news, subjects, wait } = stage((_, settings) =>
    settings === 'server' ? later : sent,
  );
  mailer.send(letter('a'));
  await wait(seconds(0));
  expect(subjects()).toEqual(['a']);
  mailer.follow('other');
  await wait(seconds(0));
  await mailer.finish(seconds(1));
  expect(news.at(-1)).toEqual({ news: 'sent', subject: 'a' });
});

test('the end does not wait for a server that does not answer', async () => {
  const news: MailNews[] = [];
  const clock = new ManualClock();
  const mailer = new Mailer<string>({
    deliver: (_, __, signal) =>
      new Promise((end) => signal.addEventListener('abort', () => end(later))),
    tell: (one) => news.push(one),
    clock,
    alarm: clock.alarm(),
  });
  mailer.follow('server');
  mailer.send(letter('a'));
  await mailer.finish(milliseconds(20));
  expect(news).toEqual([{ news: 'unsent', mails: 1 }]);
});

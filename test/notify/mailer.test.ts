import { setImmediate as turn } from 'node:timers/promises';
import { milliseconds, seconds } from '@keepalived-ts/base/time.js';
import { expect, test } from 'vitest';
import {
  type Delivery,
  Mailer,
  type MailNews,
  MOST_MAILS,
  type Posted,
} from '#src/notify/mailer.js';
import { until } from '#test/support/wait.js';

const sent: Delivery = { result: 'sent', refused: [] };
const later: Delivery = { result: 'later', reason: 'connection refused' };
const letter = (subject: string) => ({ subject, body: 'b' });

/** A mailer whose server answers as `answer` says. */
function stage(answer: (posted: Posted, settings: string) => Delivery | Promise<Delivery>) {
  const news: MailNews[] = [];
  const tried: { subject: string; id: string; settings: string }[] = [];
  const mailer = new Mailer<string>(
    async (posted, settings) => {
      tried.push({ subject: posted.letter.subject, id: posted.id, settings });
      return answer(posted, settings);
    },
    (one) => news.push(one),
    milliseconds(5),
  );
  mailer.follow('server');
  return { mailer, news, tried, subjects: () => tried.map(({ subject }) => subject) };
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
  let away = 4;
  const { mailer, news, tried, subjects } = stage(() => (away-- > 0 ? later : sent));
  mailer.send(letter('a'));
  mailer.send(letter('b'));
  await until('all are sent', () => tried.length === 6);
  expect(subjects()).toEqual(['a', 'a', 'a', 'a', 'a', 'b']);
  expect(new Set(tried.map(({ id }) => id)).size).toBe(2);
  await mailer.finish(seconds(1));
  expect(news).toEqual([
    { news: 'delayed', reason: 'connection refused', waiting: 2 },
    { news: 'sent', subject: 'a' },
    { news: 'sent', subject: 'b' },
  ]);
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
  const { mailer, news, tried } = stage((_, settings) => (settings === 'server' ? later : sent));
  mailer.send(letter('a'));
  await until('it is tried', () => tried.length > 0);
  mailer.follow('other');
  await until('it is sent', () => news.some(({ news: what }) => what === 'sent'));
  await mailer.finish(seconds(1));
  expect(news.at(-1)).toEqual({ news: 'sent', subject: 'a' });
});

test('the end does not wait for a server that does not answer', async () => {
  const news: MailNews[] = [];
  const mailer = new Mailer<string>(
    (_, __, signal) => new Promise((end) => signal.addEventListener('abort', () => end(later))),
    (one) => news.push(one),
  );
  mailer.follow('server');
  mailer.send(letter('a'));
  await mailer.finish(milliseconds(20));
  expect(news).toEqual([{ news: 'unsent', mails: 1 }]);
});

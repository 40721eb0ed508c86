import { describe, expect, it } from 'vitest';
import { down, up } from '#checks/core/define-checker.js';
import { type Answer, bad, good, Rehearsal } from '../rehearsal.js';
import { checkers } from '../support.js';

const to = 'smtp_server 192.0.2.25\n notification_email {\n ops@example.com\n }';
const globals = (more = ''): string => `global_defs {\n ${to}\n ${more}\n }\n`;
const CHECK = 'TCP_CHECK {\n retry 0\n }';
const RS = (inner = '', checks = CHECK): string =>
  `real_server 10.1.1.1 80 {\n ${inner}\n ${checks}\n }\n`;
const VS = (inner: string, servers = RS()): string =>
  `virtual_server 10.0.0.1 80 {\n delay_loop 1\n lvs_sched rr\n lvs_method NAT\n protocol TCP
  warmup 0\n ${inner}\n ${servers}\n }\n`;

/** Bad between 2 s and 3.5 s. */
const dips: Answer = (_check, _question, t) => (t >= 2 && t < 3.5 ? bad : good);
const mails = (play: Rehearsal): string[] =>
  play.said().flatMap((line) => line.match(/(?<=mail: ).*/)?.[0] ?? []);
const inAll = (text: string, answer = dips): string[] =>
  mails(new Rehearsal(text, answer).start().until(4.5));

const ofServer = 'Realserver [10.1.1.1]:tcp:80 of virtual server [10.0.0.1]:tcp:80';
const DOWN = `${ofServer} - DOWN: => TCP CHECK failed on service <=`;
const UP = `${ofServer} - UP: => TCP CHECK succeed on service <=`;

describe('mail of a real server', () => {
  it('tells by default when its checker changes its mind', () => {
    expect(inAll(globals() + VS(''))).toEqual([DOWN, UP]);
  });

  it.each([
    ['there is no mail server', VS('')],
    ['smtp_alert is off', globals('smtp_alert off') + VS('')],
    ['smtp_alert_checker is off', globals('smtp_alert\n smtp_alert_checker off') + VS('')],
    ['its own smtp_alert is off', globals() + VS('', RS('smtp_alert off'))],
  ])('is not sent where %s', (_, text) => {
    expect(inAll(text)).toEqual([]);
  });

  it('tells of a second checker that fails, unless no_checker_emails', () => {
    const servers = RS('', `${CHECK}\n UDP_CHECK {\n retry 0\n }`);
    const udp = `${ofServer} - DOWN: => UDP CHECK failed on service <=`;
    const stays: Answer = (_check, _question, t) => (t >= 2 ? bad : good);
    expect(inAll(globals() + VS('', servers), stays)).toEqual([DOWN, udp]);
    expect(inAll(globals('no_checker_emails') + VS('', servers), stays)).toEqual([DOWN]);
  });

  it.each([
    ['', good, 'UP: => MISC CHECK succeeded on service <='],
    ['', bad, 'DOWN: => MISC CHECK failed on service <='],
    ['alpha', good, 'UP: => MISC CHECK succeeded on service <='],
    ['alpha', bad, 'DOWN: => MISC CHECK failed on service <='],
  ])('tells the first word of a MISC_CHECK, whatever it is: %s', (alpha, verdict, mail) => {
    const text = globals() + VS(alpha, RS('', 'MISC_CHECK {\n misc_path /bin/true\n }'));
    expect(inAll(text, () => verdict)).toEqual([`${ofServer} - ${mail}`]);
    const changes = (alpha === '') === (verdict === bad);
    const quiet = text.replace('global_defs {', 'global_defs {\n no_checker_emails');
    expect(inAll(quiet, () => verdict)).toHaveLength(changes ? 1 : 0);
  });

  it('tells of its removal, and with omega of the end', () => {
    const text = globals() + VS('omega');
    const other = VS('omega', RS().replace('10.1.1.1', '10.1.1.2'));
    const play = new Rehearsal(text, () => good).start().until(1.5);
    expect(mails(play.reload(globals() + other))).toEqual([`${ofServer} - DOWN: => Removing <=`]);
    const [end] = mails(play.until(2.5).stop());
    expect(end).toContain('[10.1.1.2]:tcp:80 of virtual server [10.0.0.1]:tcp:80 - DOWN');
    expect(end).toContain('=> Shutting down <=');
  });
});

describe('mail of a virtual server', () => {
  it('tells of quorum where it is asked for', () => {
    const said = inAll(globals() + VS('smtp_alert', RS('smtp_alert off')));
    expect(said).toEqual([
      'Virtualserver [10.0.0.1]:tcp:80 - UP: => Gained quorum 1+0=1 <= 1 <=',
      'Virtualserver [10.0.0.1]:tcp:80 - DOWN: => Lost quorum 1+0=1 <= 0 <=',
      'Virtualserver [10.0.0.1]:tcp:80 - UP: => Gained quorum 1+0=1 <= 1 <=',
    ]);
  });
});

describe('the words of a checker in a mail', () => {
  const timeout = down('timeout', 'timed out');
  it.each([
    ['TCP_CHECK', up('x'), 'TCP CHECK succeed on service'],
    ['UDP_CHECK', bad, 'UDP CHECK failed on service'],
    ['PING_CHECK', bad, 'ICMP CHECK failed on service'],
    ['DNS_CHECK', up('x'), 'DNS_CHECK: succeed on service'],
    ['HTTP_GET', up('x'), 'CHECK succeed on service'],
    ['SSL_GET', bad, 'CHECK failed on service : HTTP/SSL request failed'],
    ['SMTP_CHECK', bad, 'CHECK failed on service : it is bad'],
    ['MISC_CHECK', up('x'), 'MISC CHECK succeeded on service'],
    ['MISC_CHECK', bad, 'MISC CHECK failed on service'],
    ['MISC_CHECK', timeout, 'MISC CHECK timed out on service'],
  ] as const)('%s', (keyword, verdict, words) => {
    if (verdict.is === 'undecided') throw new Error('no word');
    expect(checkers.get(keyword)?.mail?.(verdict)).toBe(words);
  });
});

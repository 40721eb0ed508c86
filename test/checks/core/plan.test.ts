import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import type { Target } from '#checks/core/define-checker.js';
import type { CheckerPlan } from '#checks/core/plan.js';
import { targetOf } from '#checks/core/target.js';
import { examined, planOf } from '../support.js';

/** The plan of one checker in one real server of one virtual server. */
function settled(checker: string, rs = '', vs = ''): CheckerPlan & { target: Target } {
  const text = `
    virtual_server 10.0.0.1 80 {
      lvs_sched rr
      lvs_method NAT
      protocol TCP
      ${vs}
      real_server 192.168.1.2 8080 {
        ${rs}
        ${checker}
      }
    }`;
  const { plan, diagnostics } = planOf(text);
  expect(diagnostics).toEqual([]);
  const [check] = plan.checks;
  const server = plan.services[0]?.realServers[0];
  if (!check || !server) throw new Error('no checker in the plan');
  return { ...check, target: targetOf(check, server) };
}

const url = 'url {\n path /\n }';

describe('the plan of a checker', () => {
  it('has the defaults of keepalived where nobody says anything', () => {
    expect(settled('TCP_CHECK { }')).toMatchObject({
      service: 'TCP 10.0.0.1:80',
      server: '192.168.1.2:8080',
      target: { address: '192.168.1.2', port: 8080, connectTimeout: seconds(5) },
      rules: {
        retry: 1,
        delayBeforeRetry: seconds(1),
        delayLoop: seconds(60),
        warmup: seconds(60),
        connectTimeout: seconds(5),
        deadline: seconds(5),
        alpha: false,
        logAllFailures: false,
      },
      question: { round: undefined },
    });
  });

  it('waits 3 s before a retry of HTTP_GET, and asks one url after the other', () => {
    expect(settled(`HTTP_GET {\n ${url}\n ${url}\n fast_recovery\n }`)).toMatchObject({
      rules: { retry: 1, delayBeforeRetry: seconds(3), deadline: seconds(300) },
      question: { round: { questions: 2, fast: true } },
    });
  });

  const times = (n: number): string => `delay_loop ${n}\n delay_before_retry ${n}\n retry ${n}
    warmup ${n}\n connect_timeout ${n}`;
  const all = (n: number) => ({
    delayLoop: seconds(n),
    delayBeforeRetry: seconds(n),
    retry: n,
    warmup: seconds(n),
    connectTimeout: seconds(n),
  });
  it.each([
    ['virtual server', settled('TCP_CHECK { }', '', times(7)), 7],
    ['real server', settled('TCP_CHECK { }', times(8), times(7)), 8],
    ['checker', settled(`TCP_CHECK {\n ${times(9)}\n }`, times(8), times(7)), 9],
  ])('takes its times from the nearest that has them: the %s', (_, plan, n) => {
    expect(plan.rules).toMatchObject(all(n));
  });

  it('lets a real server overrule the longer pause of HTTP_GET', () => {
    const plan = settled(`HTTP_GET {\n ${url}\n }`, 'delay_before_retry 1');
    expect(plan.rules.delayBeforeRetry).toBe(seconds(1));
  });

  it('warms up for delay_loop unless told otherwise', () => {
    expect(settled('TCP_CHECK {\n delay_loop 4\n }').rules.warmup).toBe(seconds(4));
  });

  it('inherits virtualhost and alpha', () => {
    const plan = settled(`HTTP_GET {\n ${url}\n }`, 'alpha', 'virtualhost www.example');
    expect(plan).toMatchObject({
      question: { surroundings: { virtualhost: 'www.example' } },
      rules: { alpha: true },
    });
    expect(settled('TCP_CHECK {\n alpha off\n }', 'alpha').rules.alpha).toBe(false);
  });

  it('connects elsewhere and from elsewhere when told to', () => {
    const where = 'connect_ip 10.1.1.1\n connect_port 99\n bindto 10.1.1.2\n bind_port 1000';
    expect(settled(`TCP_CHECK {\n ${where}\n }`).target).toEqual({
      address: '10.1.1.1',
      port: 99,
      bindTo: '10.1.1.2',
      bindPort: 1000,
      bindIf: undefined,
      mark: 0,
      connectTimeout: seconds(5),
    });
  });

  it('takes nb_get_retry for retry', () => {
    const text = `virtual_server 10.0.0.1 80 {\n lvs_sched rr\n lvs_method NAT\n protocol TCP
      real_server 10.0.0.2 80 {\n HTTP_GET {\n ${url}\n nb_get_retry 4\n }\n }\n }`;
    expect(planOf(text).plan.checks[0]?.rules.retry).toBe(4);
  });

  it('is the same question whatever its times, and another with another url', () => {
    const identity = (...args: Parameters<typeof settled>): string => {
      const { keyword, connect, question } = settled(...args);
      return JSON.stringify([keyword, connect, question.identity]);
    };
    const same = identity(`HTTP_GET {\n ${url}\n }`);
    expect(identity(`HTTP_GET {\n ${times(3)}\n\n ${url}\n }`)).toBe(same);
    expect(identity('HTTP_GET {\n url {\n path /x\n }\n }')).not.toBe(same);
    expect(identity(`HTTP_GET {\n ${url}\n }`, 'virtualhost x')).not.toBe(same);
    expect(identity(`HTTP_GET {\n ${url}\n connect_port 1\n }`)).not.toBe(same);
    expect(identity('TCP_CHECK { }')).not.toBe(same);
  });

  it('shares what checkers have in common, also after it was posted', () => {
    const rs = (n: number): string =>
      `real_server 10.0.0.${n} 80 {\n HTTP_GET {\n ${url}\n }\n }\n`;
    const { plan } = planOf(`virtual_server 10.0.0.1 80 {\n ${rs(2)} ${rs(3)} }`);
    const [one, two] = structuredClone(plan).checks;
    expect(one?.question).toBe(two?.question);
    expect(one?.rules).toBe(two?.rules);
    expect(one?.connect).toBe(two?.connect);
  });

  it('can be posted to a thread', () => {
    const { plan } = planOf(`virtual_server 10.0.0.1 80 {\n real_server 10.0.0.2 80 {
      weight 3\n HTTP_GET {\n ${url}\n }\n }\n }`);
    expect(structuredClone(plan)).toEqual(plan);
  });
});

describe('what is wrong with a checker', () => {
  const messages = (checker: string, server = '192.168.1.2 80'): string[] => {
    const { diagnostics } = planOf(`virtual_server 10.0.0.1 80 {\n lvs_sched rr\n lvs_method NAT
      protocol TCP\n real_server ${server} {\n ${checker}\n }\n }`);
    return diagnostics.map(({ severity, message, at }) => `${at?.line} ${severity}: ${message}`);
  };

  it('HTTP_GET without a url', () => {
    expect(messages('HTTP_GET {\n }')).toEqual(['7 error: HTTP_GET has no url']);
  });

  it('a digest or status code that is none', () => {
    const page = 'path /\n digest 123\n status_code 200-100 700 204';
    expect(messages(`HTTP_GET {\n url {\n ${page}\n }\n }`)).toEqual([
      "9 error: digest '123' is not 32 hexadecimal digits",
      "10 error: invalid HTTP status code or range '200-100'",
      "10 error: invalid HTTP status code or range '700'",
    ]);
  });

  it('a second digest, of which the first counts', () => {
    const page = `path /\n digest ${'a'.repeat(32)}\n digest ${'b'.repeat(32)}`;
    expect(messages(`HTTP_GET {\n url {\n ${page}\n }\n }`)).toEqual([
      '10 error: digest already specified - ignoring',
    ]);
  });

  it('a source address of the other family, without which it asks', () => {
    const text = `virtual_server 10.0.0.1 80 {\n lvs_sched rr\n lvs_method NAT
      protocol TCP\n real_server 192.168.1.2 80 {\n
      TCP_CHECK {\n bindto 2001:db8::1\n }
      TCP_CHECK {\n bindto 2001:db8::1\n connect_ip 2001:db8::2\n }
      TCP_CHECK {\n bindto 10.0.0.2\n connect_ip 2001:db8::2\n }\n }\n }`;
    const { plan, diagnostics } = planOf(text);
    expect(plan.checks.map(({ connect }) => connect.bindTo)).toEqual([
      undefined,
      '2001:db8::1',
      undefined,
    ]);
    expect(diagnostics.map(({ message, at }) => `${at?.line} ${message}`)).toEqual([
      '8 TCP_CHECK: bindto 2001:db8::1 is of another family than 192.168.1.2 - ignoring',
      '15 TCP_CHECK: bindto 10.0.0.2 is of another family than 2001:db8::2 - ignoring',
    ]);
  });
});

describe('a checker that stands for several', () => {
  const around = (inner: string): string =>
    `track_file drain {\n file /run/drain\n weight 3\n }
    virtual_server 10.0.0.1 80 {\n lvs_sched rr\n lvs_method NAT\n protocol TCP
    delay_loop 9\n real_server 10.1.1.1 25 {\n ${inner}\n }\n }`;

  it('SMTP_CHECK checks each host beside the real server', () => {
    const hosts = 'host {\n connect_ip 10.1.1.2\n }\n host {\n connect_port 26\n retry 4\n }';
    const { plan } = planOf(
      around(`SMTP_CHECK {\n helo_name me\n connect_timeout 2\n ${hosts}\n }`),
    );
    expect(
      plan.checks.map(({ connect, rules }) => [connect.address, connect.port, rules.retry]),
    ).toEqual([
      [undefined, undefined, 1],
      ['10.1.1.2', undefined, 1],
      [undefined, 26, 4],
    ]);
    for (const { question } of plan.checks)
      expect(question.options).toMatchObject({ helo_name: 'me' });
  });

  it('FILE_CHECK goes by the file of its track_file, at a pace of its own', () => {
    const { plan, diagnostics } = planOf(
      around('alpha\n FILE_CHECK {\n track_file drain\n }\n FILE_CHECK {\n track_file none\n }'),
    );
    expect(plan.checks).toHaveLength(1);
    expect(plan.checks[0]?.question.surroundings.trackFile).toEqual({
      name: 'drain',
      file: '/run/drain',
      weight: { weight: 3, reverse: false },
    });
    expect(plan.checks[0]?.rules).toMatchObject({ delayLoop: seconds(1), retry: 0, alpha: false });
    expect(diagnostics.map(({ message }) => message)).toContain('track_file none not found');
  });

  it('DNS_CHECK waits delay_loop before a retry, and tries four times', () => {
    const { plan } = planOf(around('DNS_CHECK {\n }'));
    expect(plan.checks[0]?.rules).toMatchObject({ delayBeforeRetry: seconds(9), retry: 3 });
  });

  it('MISC_CHECK may run as long as the virtual server has for a delay_loop', () => {
    const { plan } = planOf(around('MISC_CHECK {\n misc_path /bin/true\n delay_loop 2\n }'));
    expect(plan.checks[0]?.rules).toMatchObject({
      retry: 0,
      fromStart: true,
      // The time-out, which the parent sees to, and the time for it to start the program.
      deadline: seconds(9 + 60),
    });
  });
});

describe('a service for all ports', () => {
  it('wants a port for checks that connect to one, and none for a ping', () => {
    const service = (checker: string): string =>
      `virtual_server 10.0.0.1 0 {\n lvs_sched rr\n lvs_method NAT\n protocol TCP
      persistence_timeout 5\n real_server 10.1.1.1 0 {\n ${checker} {\n }\n }\n }`;
    const codes = (checker: string) => planOf(service(checker)).diagnostics.map(({ code }) => code);
    expect(codes('TCP_CHECK')).toContain('check-without-port');
    expect(codes('PING_CHECK')).not.toContain('check-without-port');
  });
});

describe('the socket that IPVS is asked by', () => {
  it('has the receive buffer of the program, or that of the configuration', () => {
    const buffer = (globals: string) => planOf(`global_defs {\n${globals}\n}`).plan.ipvs.buffer;
    expect(buffer('')).toBeUndefined();
    expect(buffer('lvs_netlink_cmd_rcv_bufs 50000')).toEqual({
      receiveBuffer: 50_000,
      withinLimit: true,
    });
    const most = 'lvs_netlink_cmd_rcv_bufs 4294967295\nlvs_netlink_cmd_rcv_bufs_force';
    expect(buffer(most)).toEqual({ receiveBuffer: 2 ** 31 - 1, withinLimit: false });
  });
});

it('without a plan the same is said', () => {
  const service = (lines: string): string =>
    `virtual_server 10.0.0.1 80 {\nprotocol TCP\nlvs_sched rr\nlvs_method NAT\n${lines}}\n`;
  const text = [
    service('real_server 10.0.0.2 80 {\nTCP_CHECK {\nbindto ::1\n}\n}\n'),
    service('real_server 10.0.0.3 80 {\nFILE_CHECK {\ntrack_file none\n}\n}\nquorum 9\n'),
    service('real_server fe80::1 80 {\n}\n'),
    'virtual_server fwmark 1 {\nreal_server 10.0.0.4 {\nTCP_CHECK {\n}\n}\n}\n',
  ].join('');
  const { plan, diagnostics } = planOf(text);
  expect(diagnostics.length).toBeGreaterThan(7);
  expect(examined(text)).toEqual({ services: plan.services.length, diagnostics });
});

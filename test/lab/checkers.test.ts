import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';
import { keepalived, ours } from './director-lab.js';

/** The servers, by what ails them in the middle of the play. */
const ADDRESSES = {
  good: '10.20.0.11',
  refuse: '10.20.0.12',
  silent: '10.20.0.13',
  slow: '10.20.0.14',
  wrong: '10.20.0.15',
  half: '10.20.0.16',
} as const;
type Mood = keyof typeof ADDRESSES;
const moods = Object.keys(ADDRESSES) as Mood[];
/** Answers to pings only, and in the middle not even to them. */
const MUTE = '10.20.0.17';
const VIP = '10.10.0.100';
const WEIGHT = 2;
const RETRY = 2;
/** Seconds. The pauses are far enough apart to be told from each other on a slow machine. */
const DELAY_LOOP = 6;
const DELAY_BEFORE_RETRY = 1;
const BETWEEN = 4;

/** A service on a port of its own, with the servers whose checker it is tried on. */
interface Trial {
  port: number;
  checker: string;
  servers?: readonly Mood[];
  /** The servers that fall ill, and the weights that others then have. */
  fails: readonly Mood[];
  weights?: Partial<Record<Mood, number>>;
}

const page = 'url {\n path /\n status_code 200\n }';
const ill: readonly Mood[] = ['refuse', 'silent', 'slow', 'wrong', 'half'];
const trials: Record<string, Trial> = {
  TCP_CHECK: { port: 9, checker: 'TCP_CHECK { }', fails: ['refuse'] },
  HTTP_GET: { port: 80, checker: `HTTP_GET {\n ${page}\n }`, fails: ill },
  SSL_GET: { port: 443, checker: `SSL_GET {\n ${page}\n }`, fails: ill },
  SMTP_CHECK: { port: 25, checker: 'SMTP_CHECK { }', fails: ill },
  DNS_CHECK: { port: 53, checker: 'DNS_CHECK {\n name example\n }', fails: ill },
  'UDP_CHECK with a reply': {
    port: 7,
    checker: 'UDP_CHECK {\n payload 30313233\n require_reply 30313233\n min_reply_length 4\n }',
    fails: ill,
  },
  UDP_CHECK: { port: 8, checker: 'UDP_CHECK {\n connect_port 7\n }', fails: ['refuse'] },
  MISC_CHECK: {
    port: 2,
    checker: 'MISC_CHECK {\n misc_path "/run/misc.sh ADDRESS"\n misc_timeout 6\n }',
    servers: ['good', 'slow', 'wrong'],
    fails: ['slow', 'wrong'],
  },
  'MISC_CHECK with weights': {
    port: 3,
    checker: 'MISC_CHECK {\n misc_path "/run/misc.sh ADDRESS"\n misc_dynamic\n }',
    servers: ['good', 'wrong', 'half'],
    fails: ['wrong'],
    weights: { half: 10 },
  },
  FILE_CHECK: {
    port: 4,
    checker: 'FILE_CHECK {\n track_file extra\n }',
    servers: ['good'],
    fails: [],
    weights: { good: WEIGHT + 5 },
  },
};

const server = (address: string, port: number, checker: string): string =>
  `real_server ${address} ${port} {\n weight ${WEIGHT}\n ${checker.replace('ADDRESS', address)}\n }`;
const service = (port: number, servers: string[]): string => `
  virtual_server ${VIP} ${port} {
    delay_loop ${DELAY_LOOP}
    retry ${RETRY}
    delay_before_retry ${DELAY_BEFORE_RETRY}
    connect_timeout 3
    warmup 0
    lvs_sched rr
    lvs_method NAT
    protocol TCP
    ${servers.join('\n')}
  }`;

const config = [
  'global_defs {\n script_user root\n }',
  'track_file extra {\n file /run/extra/number\n weight 1\n }',
  ...Object.values(trials).map(({ port, checker, servers = moods }) =>
    service(
      port,
      servers.map((mood) => server(ADDRESSES[mood], port, checker)),
    ),
  ),
  service(1, [server(MUTE, 1, 'PING_CHECK { }'), server(ADDRESSES.good, 1, 'PING_CHECK { }')]),
].join('\n');

/** What both say of a change, and the story behind it, which only ours tells. */
const CHANGE = /^(Adding|Removing|Changing|Gained|Lost|Misc check|ICMP|UDP_|TCP_)/;
const STORY = /^\w+ on service \S+ for VS \S+ /;

/** Servers, and two directors beside each other, each in a namespace of its own. */
const play = `
  set -e
  for n in s d e; do ip netns add $n; ip -n $n link set lo up; done
  ip -n s link add br0 type bridge; ip -n s link set br0 up
  for n in d e; do
    ip link add eth0 netns $n type veth peer name port-$n netns s
    ip -n s link set dev port-$n master br0 up; ip -n $n link set eth0 up
  done
  ip -n d addr add 10.20.0.1/24 dev eth0; ip -n e addr add 10.20.0.2/24 dev eth0
  for a in ${[...Object.values(ADDRESSES), MUTE].join(' ')}; do ip -n s addr add $a/24 dev br0; done
  mkdir -p /run/moods /run/extra
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=x \\
    -keyout /run/key.pem -out /run/cert.pem 2>/dev/null
  cat >/run/misc.sh <<'END'
#!/bin/sh
read mood </run/moods/$1 || exit 0
case $mood in wrong) exit 1;; slow) sleep 20;; half) exit 12;; esac
END
  chmod 755 /run/misc.sh
  cat >/run/test.conf <<'END'
${config}
END
  ip netns exec s node test/lab/fixtures/patients.mjs /run/moods /run/cert.pem /run/key.pem \\
    ${Object.values(ADDRESSES).join(' ')} >/run/visits 2>&1 &
  for i in $(seq 100); do grep -q ready /run/visits && break; sleep 0.1; done
  table() { ip netns exec $1 ipvsadm -Sn | sort; }
  # Both directors log every change: a table stands still when their logs do.
  shot() {
    sleep $2
    for i in $(seq 40); do
      [ -z "$(find /run/d.log /run/e.log -newermt '-5 seconds')" ] && break; sleep 1
    done
    echo "== $1 keepalived"; table d; echo "== $1 ours"; table e
  }
  ip netns exec d ${keepalived} -f /run/test.conf -p /run/d.pid -c /run/dc.pid >/run/d.log 2>&1 & d=$!
  ip netns exec e ${ours} -f /run/test.conf -p /run/e.pid -c /run/ec.pid >/run/e.log 2>&1 & e=$!
  trap 'kill $d $e 2>/dev/null || true' EXIT
  shot start 3
  ${moods.map((mood) => `echo ${mood} >/run/moods/${ADDRESSES[mood]}`).join('\n')}
  ip -n s addr del ${MUTE}/24 dev br0; echo 5 >/run/extra/number
  shot ill 24
  rm /run/moods/* /run/extra/number; ip -n s addr add ${MUTE}/24 dev br0
  shot well 4
  kill $d $e; wait $d $e || true
  echo "== visits"; cat /run/visits
  echo "== log keepalived"; cat /run/d.log; echo "== log ours"; cat /run/e.log
`;

/** The sections of what was printed, by their titles. */
const sections = (printed: string): Map<string, string[]> =>
  new Map(
    printed.split(/^== /m).flatMap((text): [string, string[]][] => {
      const [title, ...lines] = text.split('\n');
      return title ? [[title, lines.filter((line) => line !== '')]] : [];
    }),
  );

/** The servers of a service in a table, with their weights. */
function poolOf(lines: readonly string[], port: number): Record<string, number> {
  const found = lines.flatMap((line): [string, number][] => {
    const [, at, address, weight] = /-a -t \S+:(\d+) -r (\S+):\d+ -m -w (\d+)/.exec(line) ?? [];
    return Number(at) === port && address ? [[address, Number(weight)]] : [];
  });
  return Object.fromEntries(found);
}

/** Pauses between the visits of one director to a server that answers wrongly: short or long. */
function pauses(visits: readonly string[], kind: string, from: string): string {
  const times = visits.flatMap((line) => {
    const [time, what, address, whence, mood] = line.split(' ');
    const isMine = what === kind && address === ADDRESSES.wrong && whence?.endsWith(from);
    return isMine && mood === 'wrong' ? [Number(time)] : [];
  });
  return times
    .slice(1)
    .map((time, i) => (time - (times[i] ?? 0) < BETWEEN ? 's' : 'L'))
    .join('');
}

describe.skipIf(noLab)('every checker moves the table as keepalived does', () => {
  let lab: Lab;
  let seen = new Map<string, string[]>();
  beforeAll(async () => {
    lab = await Lab.boot();
    seen = sections(await lab.output(play, 240));
  }, 360_000);
  afterAll(() => lab?.close());

  const pools = (shot: string, port: number) =>
    ['ours', 'keepalived'].map((who) => poolOf(seen.get(`${shot} ${who}`) ?? [], port));

  it.each(Object.entries(trials))('%s', (_, { port, servers = moods, fails, weights }) => {
    const pool = (gone: readonly Mood[], changed: Trial['weights'] = {}) =>
      Object.fromEntries(
        servers
          .filter((mood) => !gone.includes(mood))
          .map((mood) => [ADDRESSES[mood], changed[mood] ?? WEIGHT]),
      );
    expect(pools('start', port)).toEqual([pool([]), pool([])]);
    expect(pools('ill', port)).toEqual([pool(fails, weights), pool(fails, weights)]);
    expect(pools('well', port)).toEqual([pool([]), pool([])]);
  });

  it('PING_CHECK', () => {
    const both = { [ADDRESSES.good]: WEIGHT, [MUTE]: WEIGHT };
    const one = { [ADDRESSES.good]: WEIGHT };
    expect(pools('start', 1)).toEqual([both, both]);
    expect(pools('ill', 1)).toEqual([one, one]);
    expect(pools('well', 1)).toEqual([both, both]);
  });

  // After `retry` short pauses a server is down and asked at long ones; SMTP_CHECK begins anew.
  it.each([
    ['http', 'ssL'],
    ['https', 'ssL'],
    ['dns', 'ssL'],
    ['smtp', 'ssLss'],
  ])('%s is retried as often, after the same pauses', (kind, expected) => {
    const visits = seen.get('visits') ?? [];
    const found = ['10.20.0.2', '10.20.0.1'].map((from) => pauses(visits, kind, from));
    for (const pause of found) expect(pause).toMatch(new RegExp(`^${expected}`));
  });

  it('says the same of each change', () => {
    const told = (who: string): string[] =>
      (seen.get(`log ${who}`) ?? [])
        .map((line) => line.slice('Sat Nov 21 13:24:16 2026: '.length))
        .filter((line) => CHANGE.test(line) && !STORY.test(line))
        .sort();
    expect(told('ours')).toEqual(told('keepalived'));
    expect(told('ours').length).toBeGreaterThan(40);
  });
});

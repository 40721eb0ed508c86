import { createHash } from 'node:crypto';

/** Debian's keepalived and ours, as they are started in the foreground. */
export const keepalived = 'keepalived -n -l -D -C';
export const ours = 'node dist/program/cli.js -n -l -D -C';

export const VIP = '10.10.0.100';
export const SERVERS = ['10.20.0.11', '10.20.0.12', '10.20.0.13', '10.20.0.14', '10.20.0.15'];
export const SORRY = '10.20.0.99';

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/**
 * A client, a director and web servers in namespaces `c`, `d` and `s`, in a row. The director
 * translates addresses, so the servers answer through it. Settles once in a booted lab.
 */
export const buildNetwork = `
  set -e
  for n in c d s; do ip netns add $n; ip -n $n link set lo up; done
  ip link add c0 netns c type veth peer name d0 netns d
  ip link add s0 netns s type veth peer name d1 netns d
  ip -n c addr add 10.10.0.2/24 dev c0; ip -n d addr add 10.10.0.1/24 dev d0
  ip -n d addr add ${VIP}/24 dev d0
  ip -n d addr add 10.20.0.1/24 dev d1
  for a in ${[...SERVERS, SORRY].join(' ')}; do ip -n s addr add $a/24 dev s0; done
  for l in c/c0 d/d0 d/d1 s/s0; do ip -n \${l%/*} link set \${l#*/} up; done
  ip -n s route add default via 10.20.0.1
  ip netns exec d sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
  mkdir -p /run/moods
  ip netns exec s node test/lab/fixtures/web.mjs servers /run/moods ${[...SERVERS, SORRY].join(' ')} \\
    >/run/web.log 2>&1 &
  for i in $(seq 100); do
    ip netns exec s ss -Hltn | grep -q '${SORRY}:80' && exit 0; sleep 0.1
  done
  cat /run/web.log; exit 1
`;

/** Sets how servers behave: `mood('status', '10.20.0.11')`. */
export const mood = (word: string, ...servers: string[]): string =>
  servers.map((server) => `echo ${word} >/run/moods/${server}`).join('\n');

/**
 * Runs a director, with a client asking all the time. `steps` is bash; `shot NAME` in it waits
 * until the table is another than at the last shot and has stood still for a while, and keeps it
 * with the client's last answers.
 */
export const play = (director: string, config: string, steps: string): string => `
  cat >/run/test.conf <<'END_OF_CONFIG'
${config}
END_OF_CONFIG
  table() { ip netns exec d ipvsadm -Sn | sort; }
  kept=
  shot() {
    for i in $(seq 60); do [ "$(table)" != "$kept" ] && break; sleep 0.3; done
    last=; still=0
    for i in $(seq 40); do
      now=$(table); sleep 0.4
      if [ "$now" = "$last" ]; then still=$((still + 1)); else still=0; last=$now; fi
      [ $still -ge 3 ] && break
    done
    kept=$last
    echo "== $1"; echo "$last"
    echo "-- answers"; tail -n 4 /run/client.log | cut -d' ' -f2-
  }
  rm -f /run/moods/*
  ip netns exec d ${director} -f /run/test.conf -p /run/d.pid -c /run/dc.pid >/run/director.log 2>&1 &
  director=$!
  ip netns exec c node test/lab/fixtures/web.mjs client ${VIP} >/run/client.log 2>&1 &
  client=$!
  trap 'kill $director $client 2>/dev/null' EXIT
  ${steps}
  kill $director; wait $director; status=$?
  echo "== stopped $status"; table
  echo "-- log"; cat /run/director.log
`;

/** What `shot` kept, by name: the table and who answered. */
export interface Shot {
  table: string[];
  answers: string[];
}

export interface Played {
  shots: Map<string, Shot>;
  log: string;
}

/** Takes apart what a play printed. */
export function played(stdout: string): Played {
  const [scenes = '', log = ''] = stdout.split('-- log\n');
  const shots = scenes
    .split(/^== /m)
    .slice(1)
    .map((scene): [string, Shot] => {
      const [name = '', ...lines] = scene.trimEnd().split('\n');
      const cut = lines.indexOf('-- answers');
      const table = cut < 0 ? lines : lines.slice(0, cut);
      const answers = cut < 0 ? [] : lines.slice(cut + 1);
      return [name, { table: table.filter((line) => line !== ''), answers }];
    });
  return { shots: new Map(shots), log };
}

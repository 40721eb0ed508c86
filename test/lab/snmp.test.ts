import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';
import { noSnmpd, type SeenTrap } from '../support/snmp.js';
import {
  buildNetwork,
  ours as director,
  keepalived,
  mood,
  SERVERS,
  SORRY,
  VIP,
} from './director-lab.js';

const CHECKER = '.1.3.6.1.4.1.9586.100.5.3';
const [A = '', B = '', C = ''] = SERVERS;

const config = `
global_defs {
  router_id lb1
  script_user root
  enable_script_security
  enable_snmp_checker
  enable_traps
  snmp_socket unix:/run/agentx
  snmp_vs_stats_update_interval 0.01
  snmp_rs_stats_update_interval 0.01
  lvs_timeouts tcp 700 udp 30
}
virtual_server_group web {
  10.10.0.110 80
  10.10.0.120-122 81
  fwmark 7
}
virtual_server ${VIP} 80 {
  protocol TCP
  lvs_sched wrr
  lvs_method NAT
  delay_loop 1.5
  delay_before_retry 1
  connect_timeout 1
  warmup 0
  retry 2
  quorum 2
  hysteresis 1
  persistence_timeout 50
  persistence_granularity 255.255.255.0
  alpha
  omega
  quorum_up "/usr/bin/true up"
  quorum_down "/usr/bin/true down"
  virtualhost www.example.com
  sorry_server ${SORRY} 80
  real_server ${A} 80 {
    weight 3
    uthreshold 100
    lthreshold 50
    notify_up "/usr/bin/true rs"
    TCP_CHECK {
    }
  }
  real_server ${B} 80 {
    inhibit_on_failure
    lvs_method TUN type gue port 5555
    TCP_CHECK {
    }
  }
}
virtual_server fwmark 5 {
  lvs_sched sh
  sh-port
  lvs_method DR
  delay_loop 6
  real_server ${C} 0 {
  }
}
virtual_server group web {
  protocol UDP
  ops
  lvs_sched rr
  lvs_method TUN
  real_server ${C} 80 {
    weight 7
  }
}
`;

/** Columns that keepalived has had since 2.4 only: paths, rates of 64 bits, checkers not run. */
const later = /\.5\.3\.(3\.1\.7[2-8]|4\.1\.(5[6-9]|6[0-3]))\./;
const isOld = (line: string): boolean => !later.test(line);

/** Starts a director beside snmpd, waits until all is settled, and walks the tree twice. */
const walked = (program: string): string => `
  cat >/run/snmpd.conf <<'END'
master agentx
agentXSocket unix:/run/agentx
agentAddress udp:127.0.0.1:1161
rwcommunity public
trap2sink 127.0.0.1:1162 public
END
  cat >/run/test.conf <<'END_OF_CONFIG'
${config}
END_OF_CONFIG
  rm -f /run/moods/* /run/agentx
  export SNMP_PERSISTENT_DIR=/run/snmp-state
  in_d() { ip netns exec d "$@"; }
  walk() { in_d snmpwalk -m '' -On -v2c -c public 127.0.0.1:1161 ${CHECKER}; }
  # The walk once it stands still.
  settled() {
    last=; still=0
    for i in $(seq 60); do
      now=$(walk)
      if [ "$now" = "$last" ]; then still=$((still + 1)); else still=0; last=$now; fi
      [ $still -ge 2 ] && break; sleep 1
    done
    echo "$last"
  }
  ip netns exec d node test/support/trap-receiver.mjs 1162 >/run/traps & receiver=$!
  for i in $(seq 100); do grep -q listening /run/traps && break; sleep 0.1; done
  ip netns exec d snmpd -f -Lf /run/snmpd.log -C -c /run/snmpd.conf & snmpd=$!
  for i in $(seq 100); do [ -S /run/agentx ] && break; sleep 0.1; done
  ip netns exec d ${program} -f /run/test.conf -p /run/d.pid -c /run/dc.pid >/run/director.log 2>&1 & director=$!
  trap 'kill $director $snmpd $receiver 2>/dev/null; wait' EXIT
  for i in $(seq 150); do in_d ipvsadm -Sn | grep -q ${A} && break; sleep 0.2; done
  echo "== good"; settled
  ${mood('refuse', A, B)}
  for i in $(seq 150); do in_d ipvsadm -Sn | grep -q ${SORRY} && break; sleep 0.2; done
  echo "== bad"; settled
  in_d snmpset -m '' -On -v2c -c public 127.0.0.1:1161 ${CHECKER}.4.1.7.2.1 i 9
  for i in $(seq 50); do in_d ipvsadm -Sn | grep -q -- '-w 9' && break; sleep 0.1; done
  echo "== set"; in_d ipvsadm -Sn | sort
  sleep 1
  echo "== traps"; grep trap /run/traps
  told=$(grep -c trap /run/traps)
  kill $director; wait $director
  for i in $(seq 50); do [ $(grep -c trap /run/traps) -ge $((told + 5)) ] && break; sleep 0.1; done
  echo "== last traps"; grep trap /run/traps | tail -n +$((told + 1))
  echo "== log"; cat /run/director.log
`;

const scenes = (stdout: string): Map<string, string[]> =>
  new Map(
    stdout
      .split(/^== /m)
      .slice(1)
      .map((scene) => {
        const [name = '', ...lines] = scene.trimEnd().split('\n');
        return [name, lines];
      }),
  );

/**
 * The different traps, in no order, without the number of servers that are up: keepalived tells
 * how many there were at each change, we how many there are when the trap is sent.
 */
const distinct = (lines: readonly string[] = []): string[] => {
  const traps = lines.map((line) => JSON.parse(line) as SeenTrap);
  const masked = traps.map(({ trap, variables }) =>
    JSON.stringify([trap, variables.map((v) => (v.oid === UP ? { ...v, value: 'n' } : v))]),
  );
  return [...new Set(masked)].sort();
};
/** virtualServerRealServersUp */
const UP = `${CHECKER.slice(1)}.3.1.21`;

describe.skipIf(noLab ?? noSnmpd)('SNMP of a director', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot();
    await lab.output(buildNetwork);
  }, 120_000);
  afterAll(() => lab?.close());

  it("shows services, groups and servers as Debian's keepalived does", async () => {
    const theirs = scenes(await lab.output(walked(keepalived), 200));
    const ours = scenes(await lab.output(walked(director), 200));
    for (const scene of ['good', 'bad', 'set']) {
      expect(theirs.get(scene)?.length, scene).toBeGreaterThan(2);
      expect(ours.get(scene)?.filter(isOld), scene).toEqual(theirs.get(scene));
    }
    const [seen, expected] = [ours, theirs].map((of) => distinct(of.get('traps')));
    expect(expected?.length).toBeGreaterThan(8);
    expect(seen).toEqual(expected);
    expect(theirs.get('last traps')).toHaveLength(5);
    expect(ours.get('last traps')).toEqual(theirs.get('last traps'));
  });
});

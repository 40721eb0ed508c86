import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';

const OURS = 'node dist/program/cli.js';
const DEBIANS = 'keepalived';
const config = (line: string): string => `
global_defs {
  ${line}
}
vrrp_instance V {
  interface e0
  virtual_router_id 5
  state BACKUP
  virtual_ipaddress {
    10.0.0.9/24
  }
}
virtual_server 10.0.0.9 80 {
  lvs_sched rr
  lvs_method NAT
  protocol TCP
  real_server 10.0.0.7 80 {
  }
}`;

/** `ROLE INTERFACE ID`, and the rest where that is not the kernel's default. */
const shown = (text: string): string[] =>
  text
    .split('\n')
    .map((line) =>
      line
        .replace(/ sync daemon \(mcast=(\w+), syncid=(\d+), /, ' $1 $2 ')
        .replace(/(maxlen=\d+, )?group=224.0.0.81, port=8848, ttl=1\)$/, '')
        .trim(),
    )
    .filter((line) => line !== '');

/** What a script in the lab may call: the rest is up to the steps. */
const tools = `
  daemons() { ipvsadm -l --daemon -n; }
  # Waits for a daemon of this description, or for none, and shows what there is.
  scene() {
    for i in $(seq 150); do
      if [ "$2" = none ]; then [ -z "$(daemons)" ] && break
      else daemons | grep -q "$2" && break; fi
      sleep 0.2
    done
    echo "== $1"; daemons
  }
  write() { cat >/run/lab/sync.conf; }
  run() {
    $* -n -l -f /run/lab/sync.conf -p /run/lab/k.pid -r /run/lab/v.pid -c /run/lab/c.pid \\
      >>/run/lab/sync.log 2>&1 & pid=$!
  }
  finish() { kill $pid; wait $pid; }
  trap 'cat /run/lab/sync.log >&2' EXIT`;

const conf = (line: string): string => `write <<'END_OF_CONFIG'\n${config(line)}\nEND_OF_CONFIG`;
const OPTIONS = 'id 9 maxlen 1300 port 9000 ttl 3 group 239.1.1.1';

const following = (daemon: string): string => `${tools}
  ${conf('lvs_sync_daemon e0 inst V')}
  run ${daemon}
  scene start 'backup.*syncid=5'
  scene master 'master.*syncid=5'
  ${conf(`lvs_sync_daemon e0 inst V ${OPTIONS}`)}
  kill -HUP $pid
  scene reloaded 'master.*syncid=9'
  ip link set e1 down
  scene fault 'backup.*syncid=9'
  ip link set e1 up
  scene again 'master.*syncid=9'
  finish
  scene stopped none
  ${conf('lvs_sync_daemon e0 id 7')}
  run ${daemon}
  scene both 'backup.*syncid=7'
  finish
  scene 'both stopped' none`;

describe.skipIf(noLab)('the sync daemons of IPVS', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot();
    await lab.output(`
      ip link add e0 type veth peer name e1; ip link set e0 up; ip link set e1 up
      ip addr add 10.0.0.1/24 dev e0`);
  });
  afterAll(() => lab?.close());

  it.each([OURS, DEBIANS])('follow an instance, or take both roles: %s', async (daemon) => {
    expect(shown(await lab.output(following(daemon), 200))).toEqual([
      '== start',
      'backup e0 5',
      '== master',
      'master e0 5',
      '== reloaded',
      'master e0 9 maxlen=1300, group=239.1.1.1, port=9000, ttl=3)',
      '== fault',
      'backup e0 9 maxlen=1300, group=239.1.1.1, port=9000, ttl=3)',
      '== again',
      'master e0 9 maxlen=1300, group=239.1.1.1, port=9000, ttl=3)',
      '== stopped',
      '== both',
      'master e0 7',
      'backup e0 7',
      '== both stopped',
    ]);
  });

  it('are replaced after a crash and end with the keyword; those of others stay', async () => {
    const script = `${tools}
      ${conf('lvs_sync_daemon e0 inst V')}
      run ${OURS}
      scene master 'master.*syncid=5'
      kill -9 $pid; wait $pid
      ipvsadm --start-daemon backup --mcast-interface e1 --syncid 77
      scene crashed 'backup.*syncid=77'
      run ${OURS}
      for i in $(seq 150); do grep -q 'start-daemon backup' /run/lab/sync.log && break; sleep 0.2; done
      scene master 'master.*syncid=5'
      ${conf('')}
      kill -HUP $pid
      for i in $(seq 150); do daemons | grep -q syncid=5 || break; sleep 0.2; done
      scene removed 'backup.*syncid=77'
      finish
      scene stopped 'backup.*syncid=77'`;
    expect(shown(await lab.output(script, 200))).toEqual([
      '== master',
      'master e0 5',
      '== crashed',
      'master e0 5',
      'backup e1 77',
      '== master',
      'master e0 5',
      'backup e1 77',
      '== removed',
      'backup e1 77',
      '== stopped',
      'backup e1 77',
    ]);
  });
});

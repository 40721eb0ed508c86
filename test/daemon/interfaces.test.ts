import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { missingInterfaces, presentInterfaces } from '#src/daemon/interfaces.js';
import { loadText } from '#test/support/config.js';

const said = (text: string, ...present: string[]): string[] => {
  const messages: string[] = [];
  missingInterfaces(loadText(text).config, new Set(present), ({ at, message }) =>
    messages.push(`${at?.line} ${message}`),
  );
  return messages;
};

const instance = `vrrp_instance V {
  interface eth0
  virtual_router_id 1
  virtual_ipaddress {
    10.0.0.1 dev eth1
    10.0.0.2
  }
  track_interface {
    eth2
  }
}
`;

describe('interfaces that do not exist', () => {
  it('are said of instances, addresses and trackers', () => {
    expect(said(instance)).toEqual([
      "2 WARNING - interface eth0 for vrrp_instance V doesn't exist",
      "5 WARNING - interface eth1 for ip address 10.0.0.1 doesn't exist",
      "9 WARNING - interface eth2 for track_interface of V doesn't exist",
    ]);
    expect(said(instance, 'eth0', 'eth1', 'eth2')).toEqual([]);
  });

  it('are said of routes, rules, static addresses, sync groups and garp groups', () => {
    const text = `static_ipaddress {
  10.0.0.5 dev a1
}
static_routes {
  10.1.0.0/16 dev a2
  10.2.0.0/16 no_track nexthop via 10.0.0.1 dev a3
}
static_rules {
  iif a4 oif a5 table 1 preference 5
}
garp_group {
  garp_interval 1
  interface a6
  interfaces {
    eth0 a7
  }
}
vrrp_sync_group G {
  track_interface {
    a8
  }
}
`;
    const names = said(text, 'eth0').map((line) =>
      line.replace(/^(\d+) .* interface (\w+) .*$/, '$1 $2'),
    );
    expect(names.toSorted()).toEqual(
      ['2 a1', '5 a2', '6 a3', '9 a4', '9 a5', '13 a6', '14 a7', '20 a8'].toSorted(),
    );
  });

  it('may be absent with dynamic_interfaces', () => {
    expect(said(`global_defs {\n dynamic_interfaces\n}\n${instance}`)).toEqual([]);
  });

  it('are those that the kernel does not list', () => {
    const present = presentInterfaces();
    for (const name of Object.keys(networkInterfaces())) expect(present).toContain(name);
    expect(present).not.toContain('face');
  });

  it('are not asked for where there is no /proc', () => {
    expect(presentInterfaces('/nowhere/net/dev')).toBeUndefined();
    expect(missingInterfaces(loadText(instance).config, undefined, () => undefined)).toBe(false);
  });
});

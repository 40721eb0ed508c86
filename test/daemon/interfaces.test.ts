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
      "1 WARNING - interface eth0 for vrrp_instance V doesn't exist",
      "5 WARNING - interface eth1 for ip address 10.0.0.1 doesn't exist",
      "9 WARNING - interface eth2 for track_interface of V doesn't exist",
    ]);
    expect(said(instance, 'eth0', 'eth1', 'eth2')).toEqual([]);
  });

  it('may be absent with dynamic_interfaces', () => {
    expect(said(`global_defs {\n dynamic_interfaces\n}\n${instance}`)).toEqual([]);
  });

  it('are those that the kernel does not list', () => {
    const present = presentInterfaces();
    for (const name of Object.keys(networkInterfaces())) expect(present).toContain(name);
    expect(present).not.toContain('face');
  });
});

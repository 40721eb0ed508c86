import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';

/** A kernel that has IPVS would serve; the lab shows that. */
const skipped = noNamespaces ?? (existsSync('/proc/net/ip_vs') ? 'the kernel has IPVS' : undefined);

const config = `
virtual_server 10.0.0.1 80 {
  lvs_sched rr
  lvs_method NAT
  protocol TCP
  real_server 10.0.0.2 80 {
    TCP_CHECK { }
  }
}
`;

describe.skipIf(skipped)('a kernel without IPVS', () => {
  it('ends the daemon with exit status 1 and says what is missing, as keepalived', async () => {
    const lan = await Lan.create({ nodes: ['a'] });
    try {
      const daemon = await startOurs(lan.node('a'), config, { options: ['-C'] });
      expect(await daemon.process.ended()).toBe(1);
      expect(daemon.log()).toContain("IPVS: Can't initialize ipvs");
      expect(daemon.log()).toContain('could not load its module ip_vs');
    } finally {
      await lan.remove();
    }
  });
});

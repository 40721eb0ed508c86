import { describe, it } from 'vitest';
import { noNamespaces } from '../support/netns.js';
import { a, b, start } from '../support/two-routers.js';
import { simple, VIP } from '../support/vrrp-conf.js';
import { never } from '../support/wait.js';

/** What the kernel tells is heard, not polled for; a busy machine has time, in milliseconds. */
const SOON = 5_000;

describe.skipIf(noNamespaces)('interfaces that come and go', () => {
  it('down is FAULT and the other node takes over; up again, it takes back', async () => {
    const strong = await start(a, simple({ priority: 200 }));
    await start(b, simple({ priority: 100 }));
    await a.gains(VIP);
    await a.link('down');
    await strong.logged('(VI_1): entering FAULT state (interface eth0 down)', SOON);
    await a.loses(VIP, SOON);
    await b.gains(VIP);
    await a.link('up');
    await strong.logged('Netlink reports eth0 up', SOON);
    await b.loses(VIP);
    await a.gains(VIP);
    await strong.logged(/Entering FAULT STATE[\s\S]*Entering BACKUP STATE[\s\S]*Entering MASTER/);
  });

  it('deleted is FAULT; created again, the instance works on the new one', async () => {
    const strong = await start(a, simple({ priority: 200 }));
    const weak = await start(b, simple({ priority: 100 }));
    await a.gains(VIP);
    await a.disconnect();
    await strong.logged('(VI_1) Entering FAULT STATE', SOON);
    await strong.logged('Interface eth0 deleted', SOON);
    await b.gains(VIP);
    await a.connect('eth0', `${a.address}/24`);
    await strong.logged('Interface eth0 added', SOON);
    await a.gains(VIP);
    await b.loses(VIP);
    // The new socket hears as well: b with a higher priority is obeyed.
    await weak.stop();
    await start(b, simple({ priority: 250 }));
    await a.loses(VIP);
    await b.gains(VIP);
  });

  it('with a flapping link never leave the address on two nodes for long', async () => {
    await start(a, simple({ priority: 200 }));
    await start(b, simple({ priority: 100 }));
    await a.gains(VIP);
    for (let i = 0; i < 5; i++) {
      await a.link('down');
      await a.link('up');
    }
    await a.gains(VIP);
    await b.loses(VIP);
    await never('b keeps the address', async () => (await b.has(VIP)) && (await a.has(VIP)), {
      within: 1_000,
    });
  });
});

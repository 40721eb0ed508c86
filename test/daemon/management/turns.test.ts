import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logger } from '@keepalived-ts/base/events.js';
import { describe, expect, it } from 'vitest';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import { daemonEvents } from '#src/daemon/events.js';
import { Dumps } from '#src/daemon/management/dumps.js';
import { Snmp } from '#src/daemon/management/snmp.js';
import type { View, Views } from '#src/daemon/management/view.js';

const BUG = expect.stringMatching(/^Internal error: Error: never expected\n/);

/** Views that can't be made, as long as they are told so. */
function scene() {
  const lines: string[] = [];
  const log = logger('daemon', daemonEvents, ({ text }) => lines.push(text));
  let isBroken = true;
  const make = async (): Promise<View> => {
    if (isBroken) throw new Error('never expected');
    return { config: { global_defs: {} } } as View;
  };
  const views = { current: make, recent: make, forget: () => undefined } as unknown as Views;
  const mend = (): void => {
    isBroken = false;
  };
  return { lines, log, views, mend };
}

describe('a mistake of ours', () => {
  it('in a dump is told, and the next dump is made', async () => {
    const { lines, log, views, mend } = scene();
    let resets = 0;
    const reset = (): void => void resets++;
    const dumps = new Dumps({ views, log, temporary: '/nowhere', epoch: () => 0, reset });
    await dumps.write('statistics-clear');
    expect([lines, resets]).toEqual([[BUG], 0]);
    mend();
    await dumps.write('statistics-clear');
    expect(resets).toBe(1);
  });

  it('in a trap is told, and SNMP still ends', async () => {
    const { lines, log, views } = scene();
    const options = { all: false, socket: join(tmpdir(), 'there-is-no-master') };
    const snmp = new Snmp({ options, views, log, adjust: () => undefined });
    snmp.follow({ enable_snmp_vrrp: true, enable_traps: true } as GlobalDefsConfig);
    snmp.notice({ of: 'instance', name: 'V', state: 'MASTER', priority: 1 });
    await snmp.close();
    expect(lines).toContainEqual(BUG);
  });
});

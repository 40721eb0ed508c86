import type { Timeouts } from '@keepalived-ts/ipvs-netlink/settings.js';
import { describe, expect, it } from 'vitest';
import { WholeTable } from '#lvs/shell/whole-table.js';
import { FakeIpvs } from '../../support/fake-ipvs.js';

const timeouts = { tcp: 7200, tcpFin: undefined, udp: 60 };
const unknown = { found: undefined, leave: () => undefined };
const nothing = { flush: false, flushAtStop: false, timeouts: undefined };

describe('IPVS as a whole', () => {
  it('is left alone where nothing is asked for', async () => {
    const ipvs = new FakeIpvs();
    const whole = new WholeTable(ipvs, unknown);
    expect(await whole.begin(nothing)).toEqual([]);
    expect(await whole.end(nothing)).toEqual([]);
    expect(ipvs.takeAsked()).toEqual([]);
  });

  it('is emptied at start and at the end', async () => {
    const ipvs = new FakeIpvs();
    const whole = new WholeTable(ipvs, unknown);
    await whole.begin({ ...nothing, flush: true });
    expect(ipvs.takeAsked()).toEqual(['flush']);
    await whole.end({ ...nothing, flushAtStop: true });
    expect(ipvs.takeAsked()).toEqual(['flush']);
  });

  it('gets timeouts, other ones at a reload, and its own back at the end', async () => {
    const ipvs = new FakeIpvs();
    const whole = new WholeTable(ipvs, unknown);
    await whole.begin({ ...nothing, timeouts });
    expect(ipvs.kept).toEqual({ tcp: 7200, tcpFin: 120, udp: 60 });
    await whole.follow({ timeouts: { tcp: undefined, tcpFin: 30, udp: undefined } });
    expect(ipvs.kept).toEqual({ tcp: 900, tcpFin: 30, udp: 300 });
    await whole.end(nothing);
    expect(ipvs.kept).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
  });

  it('gets back the timeouts that it had before a thread that died', async () => {
    const ipvs = new FakeIpvs();
    const noted: Timeouts[] = [];
    const leave = (former: Timeouts | undefined): void => void (former && noted.push(former));
    await new WholeTable(ipvs, { found: undefined, leave }).begin({ ...nothing, timeouts });
    expect(noted).toEqual([{ tcp: 900, tcpFin: 120, udp: 300 }]);
    const successor = new WholeTable(ipvs, { found: noted[0], leave });
    await successor.begin({ ...nothing, timeouts });
    expect(ipvs.kept).toEqual({ tcp: 7200, tcpFin: 120, udp: 60 });
    await successor.end(nothing);
    expect(ipvs.kept).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
    expect(noted).toHaveLength(1);
  });

  it('tells what the kernel refused', async () => {
    const ipvs = new FakeIpvs();
    ipvs.refuse.set('flush', 'EINVAL');
    const refused = await new WholeTable(ipvs, unknown).begin({ ...nothing, flush: true });
    expect(refused.join()).toContain('flush');
  });
});

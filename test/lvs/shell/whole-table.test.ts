import { describe, expect, it } from 'vitest';
import { WholeTable } from '#lvs/shell/whole-table.js';
import { FakeIpvs } from '../../support/fake-ipvs.js';

const timeouts = { tcp: 7200, tcpFin: undefined, udp: 60 };
const nothing = { flush: false, flushAtStop: false, timeouts: undefined };

describe('IPVS as a whole', () => {
  it('is left alone where nothing is asked for', async () => {
    const ipvs = new FakeIpvs();
    const whole = new WholeTable(ipvs);
    expect(await whole.begin(nothing)).toEqual([]);
    expect(await whole.end(nothing)).toEqual([]);
    expect(ipvs.takeAsked()).toEqual([]);
  });

  it('is emptied at start and at the end', async () => {
    const ipvs = new FakeIpvs();
    const whole = new WholeTable(ipvs);
    await whole.begin({ ...nothing, flush: true });
    expect(ipvs.takeAsked()).toEqual(['flush']);
    await whole.end({ ...nothing, flushAtStop: true });
    expect(ipvs.takeAsked()).toEqual(['flush']);
  });

  it('gets timeouts, other ones at a reload, and its own back at the end', async () => {
    const ipvs = new FakeIpvs();
    const whole = new WholeTable(ipvs);
    await whole.begin({ ...nothing, timeouts });
    expect(ipvs.kept).toEqual({ tcp: 7200, tcpFin: 120, udp: 60 });
    await whole.follow({ timeouts: { tcp: undefined, tcpFin: 30, udp: undefined } });
    expect(ipvs.kept).toEqual({ tcp: 900, tcpFin: 30, udp: 300 });
    await whole.end(nothing);
    expect(ipvs.kept).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
  });

  it('tells what the kernel refused', async () => {
    const ipvs = new FakeIpvs();
    ipvs.refuse.set('flush', 'EINVAL');
    const refused = await new WholeTable(ipvs).begin({ ...nothing, flush: true });
    expect(refused.join()).toContain('flush');
  });
});

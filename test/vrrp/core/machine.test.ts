import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { cells, type RouterInput, step } from '#vrrp/core/machine.js';
import { masterDownInterval, skewTime } from '#vrrp/core/router.js';
import type { State } from '#vrrp/core/types.js';
import { advert, at, counts, deeds, events, router } from './values.js';

const [LOWER, HIGHER] = [ip('10.0.0.0'), ip('10.0.0.9')];

describe('timers (RFC 3768 section 6.1)', () => {
  it.each([
    [1, 996_094],
    [100, 609_375],
    [150, 414_063],
    [254, 7_813],
    [255, 3_906],
  ])('the skew of priority %i is %i microseconds', (priority, skew) => {
    expect(skewTime(router({ priority }))).toBe(skew);
  });

  it('the master is down after three intervals and the skew', () => {
    expect(masterDownInterval(router({ advertInterval: seconds(2) }))).toBe(6_609_375);
    expect(masterDownInterval(router({ downTimerAdverts: 1 }))).toBe(1_609_375);
  });

  it("an owner's skew counts from 255 even while it runs lowered", () => {
    expect(skewTime(router({ priority: 255 }, { priority: 254 }))).toBe(3_906);
  });
});

describe('the table', () => {
  it('has a cell for each state and input', () => {
    expect(cells).toHaveLength(4 * 13);
  });

  it.each(cells)('%s: an unrelated or repeated call does not throw', (cell) => {
    const [state, kind] = cell.split(' ') as [State, RouterInput['kind']];
    const inputs = {
      start: { kind: 'start' },
      deadline: { kind: 'deadline' },
      advert: { kind: 'advert', advert: advert(100), from: HIGHER },
      priority: { kind: 'priority', priority: 100 },
      fault: { kind: 'fault', cause: 'no address' },
      recover: { kind: 'recover', cause: 'interface eth9' },
      'address-lost': { kind: 'address-lost' },
      lead: { kind: 'lead' },
      yield: { kind: 'yield' },
      suspend: { kind: 'suspend' },
      reannounce: { kind: 'reannounce' },
      reload: { kind: 'reload', plan: router().plan, priority: 100 },
      stop: { kind: 'stop', told: 'STOP', keepAddresses: false },
    } as const;
    const before = router({}, { state, faults: state === 'FAULT' ? ['no address'] : [] });
    const [after] = step(before, inputs[kind], at(5));
    expect(['INIT', 'BACKUP', 'MASTER', 'FAULT']).toContain(after.state);
  });
});

describe('INIT', () => {
  it('becomes BACKUP and waits for the master', () => {
    const [vr, effects] = step(router(), { kind: 'start' }, at(0));
    expect(vr).toMatchObject({ state: 'BACKUP', deadline: 3_609_375 });
    expect(deeds(effects)).toEqual(['notify BACKUP 100']);
  });

  it('becomes FAULT and says why, when something is wrong', () => {
    const broken = router({}, { faults: ['interface eth0', 'no address'] });
    const [vr, effects] = step(broken, { kind: 'start' }, at(0));
    expect(vr).toMatchObject({ state: 'FAULT', deadline: null });
    expect(events(effects)).toEqual(['fault-interface', 'fault-no-address', 'started-fault']);
    expect(deeds(effects)).toEqual(['notify FAULT 100']);
  });

  it('becomes a silent FAULT while a script has not run yet', () => {
    const waiting = router({}, { faults: ['awaiting chk'] });
    const [vr, effects] = step(waiting, { kind: 'start' }, at(0));
    expect(vr.state).toBe('FAULT');
    expect(effects).toEqual([]);
  });

  it('of an owner that wants to be MASTER becomes a BACKUP that nobody hears of', () => {
    const owner = router({ priority: 255, wanted: 'MASTER' });
    const [vr, effects] = step(owner, { kind: 'start' }, at(0));
    expect(vr).toMatchObject({ state: 'BACKUP', deadline: 1 });
    expect(effects).toEqual([]);
  });

  it('of an owner that does not want to be MASTER waits as everybody does', () => {
    const [vr] = step(router({ priority: 255 }), { kind: 'start' }, at(0));
    expect(vr).toMatchObject({ state: 'BACKUP', deadline: 3_003_906 });
  });
});

describe('BACKUP', () => {
  const backup = router({}, { state: 'BACKUP', deadline: at(3) });

  it('does nothing when woken too early', () => {
    expect(step(backup, { kind: 'deadline' }, at(2.9))).toEqual([backup, []]);
  });

  it('takes over when the master is silent: advert, addresses, ARP, notify, in this order', () => {
    const [vr, effects] = step(backup, { kind: 'deadline' }, at(3));
    expect(vr).toMatchObject({ state: 'MASTER', deadline: at(4), secondBatch: at(8) });
    expect(deeds(effects)).toEqual([
      'send-advert 100',
      'add-addresses 10.0.0.100',
      'announce 10.0.0.100 x5',
      'notify MASTER 100',
    ]);
    expect(events(effects)).toEqual(['master-timeout', 'entered-state', 'setting-vips']);
    expect(counts(effects)).toEqual(['become_master', 'advert_sent']);
  });

  it('that hears priority 0 waits only its skew time (RFC 3768 section 6.4.2)', () => {
    const [vr] = step(backup, { kind: 'advert', advert: advert(0), from: LOWER }, at(1));
    expect(vr.deadline).toBe(at(1) + 609_375);
  });

  it.each([100, 101, 255])('follows a master of priority %i', (priority) => {
    const [vr] = step(backup, { kind: 'advert', advert: advert(priority), from: LOWER }, at(1));
    expect(vr).toMatchObject({ deadline: at(1) + 3_609_375, master: LOWER });
  });

  it('does not restart its timer for a weaker master', () => {
    const [vr, effects] = step(backup, { kind: 'advert', advert: advert(99), from: LOWER }, at(1));
    expect(vr.deadline).toBe(at(3));
    expect(events(effects)).toEqual(['discarded-lower']);
  });

  it('restarts its timer for a weaker master with nopreempt', () => {
    const patient = { ...backup, plan: { ...backup.plan, nopreempt: true } };
    const [vr] = step(patient, { kind: 'advert', advert: advert(1), from: LOWER }, at(1));
    expect(vr.deadline).toBe(at(1) + 3_609_375);
  });

  it('bears a weaker master until preempt_delay after the first of its adverts', () => {
    const plan = { ...backup.plan, preemptDelay: seconds(10) };
    const input = { kind: 'advert', advert: advert(50), from: LOWER } as const;
    const [first] = step({ ...backup, plan }, input, at(1));
    expect(first).toMatchObject({ preemptAt: at(11), deadline: at(1) + 3_609_375 });
    const [before] = step(first, input, at(10.9));
    expect(before).toMatchObject({ preemptAt: at(11), deadline: at(10.9) + 3_609_375 });
    const [after] = step(before, input, at(11.1));
    expect(after.deadline).toBe(before.deadline);
  });

  it('shifts its timer when its priority changes', () => {
    const [vr, effects] = step(backup, { kind: 'priority', priority: 228 }, at(1));
    expect(vr).toMatchObject({ priority: 228, deadline: at(2.5) });
    expect(events(effects)).toEqual(['priority-changed']);
  });

  it('goes to FAULT without a word on the wire', () => {
    const [vr, effects] = step(backup, { kind: 'fault', cause: 'script chk' }, at(1));
    expect(vr).toMatchObject({ state: 'FAULT', deadline: null, faults: ['script chk'] });
    expect(deeds(effects)).toEqual(['notify FAULT 100']);
  });
});

describe('MASTER', () => {
  const master = router(
    { excluded: [] },
    { state: 'MASTER', deadline: at(10), secondBatch: at(12), complaints: ['bad-ttl'] },
  );

  it('advertises in its rhythm, also when woken late', () => {
    const [vr, effects] = step(master, { kind: 'deadline' }, at(10.3));
    expect(vr.deadline).toBe(at(11));
    expect(deeds(effects)).toEqual(['send-advert 100']);
    const [late] = step(master, { kind: 'deadline' }, at(13.5));
    expect(late.deadline).toBe(at(14.5));
  });

  it('announces again after garp_master_delay', () => {
    const [vr, effects] = step({ ...master, deadline: at(13) }, { kind: 'deadline' }, at(12));
    expect(vr.secondBatch).toBeNull();
    expect(deeds(effects)).toEqual(['announce 10.0.0.100 x5']);
  });

  it('yields to a higher priority without a last word', () => {
    const [vr, effects] = step(
      master,
      { kind: 'advert', advert: advert(101), from: LOWER },
      at(10),
    );
    expect(vr).toMatchObject({
      state: 'BACKUP',
      deadline: at(10) + 3_609_375,
      secondBatch: null,
      complaints: [],
    });
    expect(deeds(effects)).toEqual(['remove-addresses 10.0.0.100', 'notify BACKUP 100']);
    expect(counts(effects)).toEqual(['release_master']);
  });

  it.each([
    ['higher', HIGHER, 'BACKUP'],
    ['lower', LOWER, 'MASTER'],
    ['same', ip('10.0.0.1'), 'MASTER'],
  ])('with equal priorities and a %s address of the other is %s', (_, from, state) => {
    const [vr] = step(master, { kind: 'advert', advert: advert(100), from }, at(10));
    expect(vr.state).toBe(state);
  });

  it('compares addresses as numbers: 10.0.0.10 is higher than 10.0.0.9', () => {
    const nine = { ...master, source: ip('10.0.0.9') };
    const from = ip('10.0.0.10');
    const [vr] = step(nine, { kind: 'advert', advert: advert(100), from }, at(10));
    expect(vr.state).toBe('BACKUP');
  });

  it('answers a weaker master with an advert and ARP, and once more later', () => {
    const input = { kind: 'advert', advert: advert(50), from: HIGHER } as const;
    const [vr, effects] = step(master, input, at(9.5));
    expect(vr).toMatchObject({ deadline: at(10.5), lowerPrioBatch: at(14.5) });
    expect(deeds(effects)).toEqual([
      'send-advert 100',
      'announce 10.0.0.100 x5',
      'notify MASTER_RX_LOWER_PRI 100',
    ]);
  });

  it('does not answer with lower_prio_no_advert, and keeps its rhythm', () => {
    const mute = { ...master, plan: { ...master.plan, lowerPrioNoAdvert: true } };
    const input = { kind: 'advert', advert: advert(50), from: HIGHER } as const;
    const [vr, effects] = step(mute, input, at(9.5));
    expect(vr.deadline).toBe(at(10));
    expect(deeds(effects)).toEqual(['announce 10.0.0.100 x5', 'notify MASTER_RX_LOWER_PRI 100']);
  });

  it('in a fault resigns twice, gives the addresses back and tells the parent', () => {
    const [vr, effects] = step(master, { kind: 'fault', cause: 'script chk' }, at(10));
    expect(vr).toMatchObject({ state: 'FAULT', deadline: null });
    expect(deeds(effects)).toEqual([
      'send-advert 0',
      'send-advert 0',
      'remove-addresses 10.0.0.100',
      'notify FAULT 100',
    ]);
    expect(counts(effects).filter((c) => c === 'pri_zero_sent')).toHaveLength(2);
  });

  it('sends nothing while its interface is down', () => {
    const cut = { ...master, linkUp: false };
    const [, effects] = step(cut, { kind: 'fault', cause: 'interface eth0' }, at(10));
    expect(deeds(effects)).toEqual(['remove-addresses 10.0.0.100', 'notify FAULT 100']);
    expect(events(effects)).not.toContain('sent-zero');
  });

  it('whose VIP was taken resigns and is back after its skew time', () => {
    const [vr, effects] = step(master, { kind: 'address-lost' }, at(10));
    expect(vr).toMatchObject({ state: 'BACKUP', deadline: at(10) + 609_375 });
    expect(deeds(effects)).toEqual([
      'send-advert 0',
      'remove-addresses 10.0.0.100',
      'notify BACKUP 100',
    ]);
  });

  it('that stops resigns; with -V it leaves without a word', () => {
    const stop = { kind: 'stop', told: 'STOP', keepAddresses: false } as const;
    const [vr, effects] = step(master, stop, at(10));
    expect(vr).toMatchObject({ state: 'INIT', deadline: null });
    expect(deeds(effects)).toEqual([
      'send-advert 0',
      'remove-addresses 10.0.0.100',
      'notify STOP 100',
    ]);
    const [, kept] = step(master, { ...stop, keepAddresses: true }, at(10));
    expect(deeds(kept)).toEqual(['notify STOP 100']);
  });

  it('numbers its adverts from 1 and skips 0', () => {
    const [vr, effects] = step({ ...master, ipId: 65_535 }, { kind: 'deadline' }, at(10));
    expect(vr.ipId).toBe(1);
    expect(effects).toContainEqual(expect.objectContaining({ do: 'send-advert', id: 1 }));
  });
});

describe('FAULT', () => {
  const fault = router({}, { state: 'FAULT', faults: ['script chk', 'interface eth1'] });

  it('lasts until every cause is gone', () => {
    const [still, none] = step(fault, { kind: 'recover', cause: 'script chk' }, at(1));
    expect([still.state, still.faults, none]).toEqual(['FAULT', ['interface eth1'], []]);
    const [vr, effects] = step(still, { kind: 'recover', cause: 'interface eth1' }, at(2));
    expect(vr).toMatchObject({ state: 'BACKUP', deadline: at(2) + 3_609_375 });
    expect(deeds(effects)).toEqual(['notify BACKUP 100']);
  });

  it('of an owner ends in MASTER', () => {
    const owner = router(
      { priority: 255, wanted: 'MASTER' },
      { state: 'FAULT', faults: ['no address'] },
    );
    const [vr] = step(owner, { kind: 'recover', cause: 'no address' }, at(1));
    expect(vr.state).toBe('MASTER');
  });

  it('that nobody knew of is told when the first script has failed', () => {
    const silent = router({}, { state: 'FAULT', faults: ['awaiting chk'], hushed: true });
    const [, effects] = step(silent, { kind: 'fault', cause: 'script chk' }, at(1));
    expect(events(effects)).toEqual(['fault-script']);
    expect(deeds(effects)).toEqual(['notify FAULT 100']);
  });
});

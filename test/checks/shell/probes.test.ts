import { milliseconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { type Checker, defineChecker, up, type Verdict } from '#checks/core/define-checker.js';
import type { CheckerPlan } from '#checks/core/plan.js';
import { ProbeFailure } from '#checks/core/probe-io.js';
import { Probes } from '#checks/shell/probes.js';
import { io } from '../real-io.js';
import { loopback, planOf } from '../support.js';

const [check] = planOf(
  'virtual_server 10.0.0.1 80 {\n real_server 10.0.0.2 80 {\n TCP_CHECK { }\n }\n }',
).plan.checks;
if (!check) throw new Error('no check');
const plan: CheckerPlan = { ...check, rules: { ...check.rules, deadline: milliseconds(50) } };
const asked = (checker: Checker) => ({ plan, target: loopback(80), checker, question: 0 });

const checkerThat = (probe: Checker['probe']): Checker =>
  defineChecker({
    keyword: 'TEST_CHECK',
    doc: '',
    keywords: {},
    phrase: () => '',
    probe,
  });
const verdictOf = (checker: Checker): Promise<Verdict> =>
  new Promise((done) => new Probes(io).run(asked(checker), done));
const never = checkerThat(() => new Promise(() => {}));

describe('a probe', () => {
  it('gives its verdict', async () => {
    expect(await verdictOf(checkerThat(async () => up('fine')))).toEqual(up('fine'));
  });

  it('that fails counts as down', async () => {
    const failing = checkerThat(async () => {
      throw new ProbeFailure('no-reply', 'closed');
    });
    expect(await verdictOf(failing)).toEqual({ is: 'down', reason: 'no-reply', detail: 'closed' });
  });

  it('that does not end has failed at its deadline, whether it heeds the signal or not', async () => {
    expect(await verdictOf(never)).toMatchObject({ is: 'down', reason: 'timeout' });
    const heeding = checkerThat(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    expect(await verdictOf(heeding)).toMatchObject({ is: 'down', reason: 'timeout' });
  });

  it('that is cancelled is aborted and not heard of again', async () => {
    const probes = new Probes(io);
    const heard: Verdict[] = [];
    let aborted = false;
    const watching = checkerThat(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve(up('late'));
          });
        }),
    );
    probes.run(asked(watching), (verdict) => heard.push(verdict));
    probes.cancel();
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(aborted).toBe(true);
    expect(heard).toEqual([]);
  });

  it('waits for its turn where many run, first come, first served', async () => {
    const ends: (() => void)[] = [];
    const waiting = checkerThat(
      () => new Promise((resolve) => ends.push(() => resolve(up('ended')))),
    );
    const patient = { ...asked(waiting), plan: { ...plan, rules: check.rules } };
    const probes = new Probes(io, 2);
    const done: number[] = [];
    for (const i of [0, 1, 2, 3]) probes.run(patient, () => done.push(i));
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await expect.poll(() => done).toEqual([1]);
    expect(ends).toHaveLength(3);
    for (const end of ends) end();
    await expect.poll(() => ends.length).toBe(4);
    ends[3]?.();
    await expect.poll(() => done).toEqual([1, 0, 2, 3]);
  });

  it('that waits for its turn is not asked when it is cancelled', async () => {
    let begun = 0;
    const counting = checkerThat(() => {
      begun++;
      return new Promise(() => {});
    });
    const probes = new Probes(io, 1);
    probes.run(asked(counting), () => {});
    probes.run(asked(counting), () => {});
    probes.cancel();
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(begun).toBe(1);
  });
});

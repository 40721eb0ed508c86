import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { ended, isUp, newScript, replanned, runDue, type Script } from '#vrrp/core/script.js';
import type { ScriptOutcome } from '#vrrp/core/types.js';
import { at, deeds, events, scriptPlan } from './values.js';

const ok: ScriptOutcome = { result: 'exited', status: 0 };
const bad: ScriptOutcome = { result: 'exited', status: 1 };

/** The states after each outcome: + up, - down, ? not known. */
function history(script: Script, outcomes: string): string {
  let current = script;
  return [...outcomes]
    .map((c) => {
      [current] = ended(current, c === 's' ? ok : bad);
      const up = isUp(current);
      return up === undefined ? '?' : up ? '+' : '-';
    })
    .join('');
}

describe('a tracked script', () => {
  it.each([
    // rise, fall, outcomes (s, f), states
    [1, 1, 'sfsf', '+-+-'],
    [3, 3, 's', '+'],
    [3, 3, 'f', '-'],
    [1, 3, 'sffsfff', '++++++-'],
    [3, 1, 'sfssfsss', '+------+'],
    [2, 2, 'sffssff', '++--++-'],
    [2, 3, 'fsfss', '----+'],
  ])('with rise %i and fall %i after %s is %s', (rise, fall, outcomes, states) => {
    expect(history(newScript(scriptPlan({ rise, fall }), at(0)), outcomes)).toBe(states);
  });

  it('is unknown before its first run has ended', () => {
    expect(isUp(newScript(scriptPlan(), at(0)))).toBeUndefined();
  });

  it('runs at once and then in its interval, whatever the last run does', () => {
    const [running, first] = runDue(newScript(scriptPlan(), at(0)), at(0), 1);
    expect(deeds(first)).toEqual(['run-script chk']);
    expect(runDue(running, at(0.9), 1)).toEqual([running, []]);
    const [skipped, none] = runDue(running, at(1), 1);
    expect(events(none)).toEqual(['script-still-running']);
    expect(deeds(none)).toEqual([]);
    const [free] = ended(skipped, ok);
    expect(deeds(runDue(free, at(2), 1)[1])).toEqual(['run-script chk']);
  });

  it('that is late again and again is told of once, until it was in time', () => {
    let script = newScript(scriptPlan(), at(0));
    const told: number[] = [];
    const due = (second: number): void => {
      const [next, effects] = runDue(script, at(second), second);
      script = next;
      if (events(effects).length > 0) told.push(second);
    };
    for (const second of [0, 1, 2, 3, 4, 5, 6, 7]) {
      due(second);
      // Those that begin at 0, 2 and 6 last longer than a second, those at 4 and 5 do not.
      if (second % 2 === 1 || second === 4) [script] = ended(script, { result: 'timed-out' });
    }
    expect(told).toEqual([1, 7]);
  });

  it('tells of a new exit status, of the first result and of each change', () => {
    const [up, first] = ended(newScript(scriptPlan({ fall: 2 }), at(0)), ok);
    expect(events(first)).toEqual(['script-succeeded']);
    const [shaky, second] = ended(up, bad);
    expect(events(second)).toEqual(['script-status']);
    const [down, third] = ended(shaky, bad);
    expect(events(third)).toEqual(['script-failed']);
    expect(events(ended(down, bad)[1])).toEqual([]);
  });

  it.each<[ScriptOutcome, string]>([
    [{ result: 'exited', status: 7 }, 'failed (exited with status 7)'],
    [{ result: 'signalled', signal: 9 }, 'failed (due to signal 9)'],
    [{ result: 'timed-out' }, 'timed_out'],
    [{ result: 'failed', reason: 'ENOENT' }, 'failed (ENOENT)'],
  ])('%j has failed', (outcome, reason) => {
    const [next, effects] = ended(newScript(scriptPlan(), at(0)), outcome);
    expect(isUp(next)).toBe(false);
    expect(effects).toContainEqual({
      do: 'log',
      event: { event: 'script-failed', script: 'chk', reason },
    });
  });

  it('keeps its count over a reload that does not change it', () => {
    const [up] = ended(newScript(scriptPlan(), at(0)), ok);
    expect(replanned(up, scriptPlan(), at(5))).toBe(up);
  });

  it('keeps what it says over a reload of its times and counts, and runs in the new interval', () => {
    const [running] = runDue(newScript(scriptPlan({ interval: seconds(60) }), at(0)), at(0), 1);
    const [up] = ended(running, ok);
    const other = replanned(up, scriptPlan({ interval: seconds(2), rise: 3, fall: 2 }), at(5));
    expect(isUp(other)).toBe(true);
    expect(other.nextRun).toBe(at(7));
    expect(history(other, 'fffsss')).toBe('+----+');
    const [down] = ended(running, bad);
    expect(isUp(replanned(down, scriptPlan({ rise: 3 }), at(5)))).toBe(false);
    const unknown = replanned(running, scriptPlan({ rise: 3 }), at(5));
    expect(isUp(unknown)).toBeUndefined();
    expect(unknown.isRunning).toBe(true);
  });

  it('that a reload changed while it ran begins anew, and the old run says nothing', () => {
    const [running] = runDue(newScript(scriptPlan(), at(0)), at(0), 1);
    const changed = replanned(running, scriptPlan({ argv: ['/bin/other'] }), at(0.5));
    expect(changed).toMatchObject({ counter: undefined, isRunning: true, nextRun: at(0.5) });
    const [free, none] = ended(changed, bad);
    expect(isUp(free)).toBeUndefined();
    expect(none).toEqual([]);
    expect(deeds(runDue(free, at(0.5), 1)[1])).toEqual(['run-script chk']);
  });
});

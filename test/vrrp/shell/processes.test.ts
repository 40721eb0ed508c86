import type { ProcEvent } from '@keepalived-ts/netlink/proc-events.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProcessFacts } from '#vrrp/core/process-match.js';
import { factsOf } from '#vrrp/shell/proc-files.js';
import { Processes } from '#vrrp/shell/processes.js';
import { processPlan } from '../core/values.js';

/** A /proc, and a kernel that tells of it, or does not. */
class Machine {
  readonly running = new Map<number, ProcessFacts>();
  readonly told: string[] = [];
  readonly logged: string[] = [];
  listening = false;
  tell: (event: ProcEvent) => void = () => undefined;
  overrun: () => void = () => undefined;
  readonly processes: Processes;

  constructor({ refuses = false } = {}) {
    this.processes = new Processes({
      listen: (onEvent, onOverrun) => {
        if (refuses) throw new Error('no permission');
        this.listening = true;
        this.tell = onEvent;
        this.overrun = onOverrun;
        return {
          close: () => {
            this.listening = false;
          },
        };
      },
      read: async (pid) => this.running.get(pid),
      readAll: async function* (this: Machine) {
        for (const [pid, facts] of this.running) yield { pid, facts };
      }.bind(this),
      feed: (input) => {
        if (input.kind === 'process') this.told.push(`${input.process} ${input.count}`);
      },
      log: (event) => void this.logged.push(event.event),
    });
  }

  run(pid: number, comm: string): void {
    this.running.set(pid, { comm, argv: [comm] });
  }
}

const settled = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0);
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('processes that the kernel tells of', () => {
  it('are counted at the start, when they become what is tracked, and when they end', async () => {
    const machine = new Machine();
    machine.run(10, 'nginx');
    machine.run(11, 'sshd');
    await machine.processes.follow([processPlan()]);
    machine.tell({ what: 'acknowledged', error: 0 });
    expect(machine.told).toEqual(['web 1']);
    machine.run(12, 'nginx');
    machine.tell({ what: 'forked', pid: 12, parent: 1 });
    machine.tell({ what: 'renamed', pid: 12 });
    await settled();
    expect(machine.told).toEqual(['web 1', 'web 2']);
    machine.running.delete(10);
    machine.tell({ what: 'ended', pid: 10 });
    expect(machine.told).toEqual(['web 1', 'web 2', 'web 1']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(machine.logged).toEqual([]);
  });

  it('count as what their parent is until they become another program', async () => {
    const machine = new Machine();
    machine.run(10, 'nginx');
    await machine.processes.follow([processPlan()]);
    machine.tell({ what: 'forked', pid: 12, parent: 10 });
    expect(machine.told).toEqual(['web 1', 'web 2']);
    machine.run(12, 'sh');
    machine.tell({ what: 'renamed', pid: 12 });
    await settled();
    expect(machine.told.at(-1)).toBe('web 1');
  });

  it('are looked for again when news were lost', async () => {
    const machine = new Machine();
    await machine.processes.follow([processPlan()]);
    machine.run(10, 'nginx');
    machine.overrun();
    await settled();
    expect(machine.told).toEqual(['web 0', 'web 1']);
  });

  it('are not heard of any more when nothing is tracked', async () => {
    const machine = new Machine();
    await machine.processes.follow([processPlan()]);
    expect(machine.listening).toBe(true);
    await machine.processes.follow([]);
    expect(machine.listening).toBe(false);
  });
});

describe('processes that the kernel does not tell of', () => {
  it.each([
    ['refuses', new Machine({ refuses: true }), 0],
    ['says nothing', new Machine(), 1_000],
  ])('are looked for once a second, and that is said: it %s', async (_, machine, patience) => {
    machine.run(10, 'nginx');
    await machine.processes.follow([processPlan()]);
    await vi.advanceTimersByTimeAsync(patience);
    expect(machine.logged).toEqual(['processes-polled']);
    machine.running.delete(10);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(machine.told).toEqual(['web 1', 'web 0']);
    machine.run(11, 'nginx');
    await vi.advanceTimersByTimeAsync(1_100);
    expect(machine.told).toEqual(['web 1', 'web 0', 'web 1']);
    machine.processes.close();
    machine.running.clear();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(machine.told).toHaveLength(3);
  });
});

describe('what /proc says', () => {
  it('is a name, which may have brackets, and a command line', () => {
    expect(factsOf('12 (a) b) S 1 12', 'prog\0-x\0\0')).toEqual({
      comm: 'a) b',
      argv: ['prog', '-x', ''],
    });
    expect(factsOf('12 (kworker) I 2', '')).toEqual({ comm: 'kworker', argv: [] });
  });

  it('is nothing of a process that has ended, or where it makes no sense', () => {
    expect(factsOf('12 (nginx) Z 1', '')).toBeUndefined();
    expect(factsOf('', '')).toBeUndefined();
  });
});

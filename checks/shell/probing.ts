import type { Checkers } from '../core/define-checker.js';
import type { CheckPlan } from '../core/plan.js';
import type { ProbeIo } from '../core/probe-io.js';
import { probeIo } from './probe-io.js';
import { Probes } from './probes.js';
import { loadCheckers } from './registry.js';
import type { Tls } from './tls.js';

/** All that probes: the checkers, and what they do it with. */
export class Probing {
  readonly checkers: Checkers;
  readonly probes: Probes;
  private tls: Tls | undefined;

  constructor(checkers: Checkers, runProgram: ProbeIo['runProgram']) {
    this.checkers = checkers;
    this.probes = new Probes(probeIo({ runProgram, tls: () => this.tls }));
  }

  static async load(runProgram: ProbeIo['runProgram']): Promise<Probing> {
    return new Probing(await loadCheckers(), runProgram);
  }

  /** Loads what a plan's checks need, and only that, before the first of them is due. */
  async prepare({ checks, tls }: CheckPlan): Promise<void> {
    if (!checks.some(({ keyword }) => this.checkers.get(keyword)?.speaksTls)) return;
    const { Tls } = await import('./tls.js');
    this.tls = new Tls(tls);
  }
}

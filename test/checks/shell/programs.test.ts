import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { ProbeFailure, verdictOn } from '#checks/core/probe-io.js';
import { Programs } from '#checks/shell/programs.js';
import type { FromWorker } from '#src/ipc/messages.js';

const call = { argv: ['/bin/x', 'y'], user: 'u', group: undefined, timeout: seconds(3) };

function programs() {
  const posted: FromWorker[] = [];
  return { posted, programs: new Programs((message) => posted.push(message)) };
}

describe('a program of a check', () => {
  it('is run by the parent, which tells how it ended', async () => {
    const { posted, programs: p } = programs();
    const first = p.run(call, new AbortController().signal);
    const second = p.run(call, new AbortController().signal);
    expect(posted).toMatchObject([
      { type: 'run-program', ticket: 0, argv: ['/bin/x', 'y'], user: 'u', timeout: seconds(3) },
      { type: 'run-program', ticket: 1 },
    ]);
    p.ended(1, { result: 'timed-out' });
    p.ended(0, { result: 'exited', status: 2 });
    expect(await first).toEqual({ result: 'exited', status: 2 });
    expect(await second).toEqual({ result: 'timed-out' });
  });

  it('that could not be started says nothing about the server', async () => {
    const { programs: p } = programs();
    const run = p.run(call, new AbortController().signal);
    p.ended(0, { result: 'failed', reason: 'EAGAIN' });
    const failure = await run.catch((error: unknown) => error);
    if (!(failure instanceof ProbeFailure)) throw failure;
    expect(verdictOn(failure)).toMatchObject({ is: 'undecided', detail: 'EAGAIN' });
  });

  it('is ended when its check is broken off, and its end is passed over then', async () => {
    const { posted, programs: p } = programs();
    const abort = new AbortController();
    const run = p.run(call, abort.signal).catch((error: unknown) => error);
    abort.abort(new ProbeFailure('cancelled', 'no longer wanted'));
    expect(posted.at(-1)).toEqual({ type: 'end-program', ticket: 0 });
    expect(await run).toMatchObject({ reason: 'cancelled' });
    p.ended(0, { result: 'exited', status: 0 });
  });
});

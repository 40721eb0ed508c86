import { expect, it } from 'vitest';
import { Reports } from '#checks/shell/report.js';
import type { FromWorker } from '#src/ipc/messages.js';

it('tells what is logged before what is mailed or told of it', () => {
  const posted: FromWorker[] = [];
  const reports = new Reports((message) => posted.push(message), { detail: true });
  const letter = { subject: 'Realserver R of virtual server V - DOWN', body: '=> it <=' };
  const notice = {
    of: 'real-server',
    service: 'V',
    server: 'R',
    state: 'DOWN',
    script: undefined,
  } as const;
  reports.perform({ do: 'log', event: { event: 'reloading' } });
  reports.perform({ do: 'mail', letter });
  reports.perform({ do: 'log', event: { event: 'stopping' } });
  reports.perform({ do: 'notify', notice });
  expect(posted.map(({ type }) => type)).toEqual(['log', 'mail', 'log', 'notify']);
  expect(posted[1]).toEqual({ type: 'mail', letter });
  reports.close();
});

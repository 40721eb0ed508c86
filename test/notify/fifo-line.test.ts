import { expect, test } from 'vitest';
import { fifoLine } from '#src/notify/fifo-line.js';

const service = '[10.1.1.1]:tcp:80';
const server = '[10.1.1.5]:tcp:80';

test.each([
  [{ of: 'instance', name: 'V', state: 'MASTER', priority: 120 }, 'INSTANCE "V" MASTER 120\n'],
  [{ of: 'group', name: 'G', state: 'BACKUP', priority: 0 }, 'GROUP "G" BACKUP 0\n'],
] as const)('a change of VRRP is a line for its fifos', (notice, text) => {
  expect(fifoLine(notice)).toEqual({ scope: 'vrrp', text });
});

test('a change of a server or service is a line for those of LVS', () => {
  const script = undefined;
  expect(fifoLine({ of: 'real-server', service, server, state: 'UP', script })).toEqual({
    scope: 'lvs',
    text: 'RS [10.1.1.5]:tcp:80 [10.1.1.1]:tcp:80 UP\n',
  });
  expect(fifoLine({ of: 'virtual-server', service, state: 'DOWN', script })).toEqual({
    scope: 'lvs',
    text: 'VS [10.1.1.1]:tcp:80 DOWN\n',
  });
});

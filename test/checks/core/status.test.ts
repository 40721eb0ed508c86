import { expect, it } from 'vitest';
import { bad, good, Rehearsal } from '../rehearsal.js';

const TEXT = `virtual_server 10.0.0.1 80 {
  delay_loop 2
  lvs_sched rr
  lvs_method NAT
  protocol TCP
  warmup 0
  real_server 10.1.1.1 80 {
    weight 3
    TCP_CHECK { }
  }
  real_server 10.1.1.2 80 {
    TCP_CHECK { }
  }
}`;

it('tells how services and servers stand, and which have not been checked yet', () => {
  const play = new Rehearsal(TEXT, ({ server }) => (server === '10.1.1.2:80' ? bad : good)).start();
  const server = (name: string, weight: number) => ({ name, alive: true, weight, failed: 0 });
  const first = { ...server('[10.1.1.1]:tcp:80', 3), notRun: 1 };
  const second = { ...server('[10.1.1.2]:tcp:80', 1), notRun: 1 };
  const service = { name: '[10.0.0.1]:tcp:80', quorumUp: true };
  expect(play.status().services).toEqual([{ ...service, weight: 4, servers: [first, second] }]);
  expect(play.until(2).status().services).toEqual([
    {
      ...service,
      weight: 3,
      servers: [
        { ...first, notRun: 0 },
        { ...second, alive: false, failed: 1, notRun: 0 },
      ],
    },
  ]);
});

import { describe, expect, it } from 'vitest';
import type { ServicePlan } from '#lvs/core/plan.js';
import {
  desiredEntries,
  desiredTable,
  initialState,
  kernelWeight,
  type ServerState,
} from '#lvs/core/table.js';
import { planOf } from '../../support/lvs-plan.js';

const HEAD = 'virtual_server 10.0.0.1 80 {\n protocol TCP\n lvs_sched rr\n lvs_method NAT\n';
const SERVERS = ['1', '2']
  .map((n) => `real_server 192.168.0.${n} 80 {\n weight ${n}\n}\n`)
  .join('');
const plan = (lines = ''): ServicePlan => planOf(`${HEAD}${lines}\n${SERVERS}}\n`);

const up = (weight: number): ServerState => ({ alive: true, weight });
const down = (weight: number): ServerState => ({ alive: false, weight });

/** The pool in words, such as `192.168.0.1:80 w1`. */
const pool = (settled: ServicePlan, quorumUp: boolean, ...servers: ServerState[]): string[] =>
  desiredEntries(settled, { quorumUp, servers })
    .flatMap(([, entry]) => [...entry.destinations])
    .map(([key, { weight }]) => `${key} w${weight}`);

describe('the desired table', () => {
  it('holds the live servers at their weights', () => {
    expect(pool(plan(), true, up(1), up(2))).toEqual(['192.168.0.1:80 w1', '192.168.0.2:80 w2']);
    expect(pool(plan(), true, down(1), up(2))).toEqual(['192.168.0.2:80 w2']);
  });

  it('holds failed servers at weight 0 with inhibit_on_failure', () => {
    expect(pool(plan('inhibit_on_failure'), true, down(1), up(2))).toEqual([
      '192.168.0.1:80 w0',
      '192.168.0.2:80 w2',
    ]);
  });

  it('keeps the remaining servers when quorum is lost without a sorry server', () => {
    expect(pool(plan('quorum 3'), false, down(1), up(2))).toEqual(['192.168.0.2:80 w2']);
  });

  it('swaps live servers for the sorry server when quorum is lost', () => {
    const settled = plan('quorum 3\nsorry_server 192.168.0.9 81');
    expect(pool(settled, false, down(1), up(2))).toEqual(['192.168.0.9:81 w1']);
    expect(pool(settled, true, up(1), up(2))).toEqual(['192.168.0.1:80 w1', '192.168.0.2:80 w2']);
  });

  it('keeps inhibited servers at weight 0 beside the sorry server', () => {
    const settled = plan('quorum 3\ninhibit_on_failure\nsorry_server 192.168.0.9 81');
    expect(pool(settled, false, down(1), up(2))).toEqual([
      '192.168.0.1:80 w0',
      '192.168.0.2:80 w0',
      '192.168.0.9:81 w1',
    ]);
  });

  it('keeps an inhibited sorry server at weight 0 while it is not needed', () => {
    const settled = plan('sorry_server 192.168.0.9 81\nsorry_server_inhibit');
    expect(pool(settled, true, up(1), down(2))).toEqual(['192.168.0.1:80 w1', '192.168.0.9:81 w0']);
    expect(pool(settled, false, down(1), down(2))).toEqual(['192.168.0.9:81 w1']);
  });

  it('has a sorry server that is also a real server once', () => {
    const settled = plan('inhibit_on_failure\nsorry_server 192.168.0.2 80\nsorry_server_inhibit');
    expect(pool(settled, true, up(1), up(2))).toEqual(['192.168.0.1:80 w1', '192.168.0.2:80 w2']);
    expect(pool(settled, false, down(1), down(2))).toEqual([
      '192.168.0.1:80 w0',
      '192.168.0.2:80 w1',
    ]);
  });

  it('gives the kernel only weights that it takes', () => {
    expect([-5, 0, 7, 2 ** 31].map(kernelWeight)).toEqual([0, 0, 7, 2 ** 31 - 1]);
    expect(pool(plan(), true, up(-3), up(2 ** 40))).toEqual([
      '192.168.0.1:80 w0',
      '192.168.0.2:80 w2147483647',
    ]);
  });

  it('stands by service key, at first as before any check', () => {
    const settled = plan('alpha\nsorry_server 192.168.0.9 81');
    const table = desiredTable([settled], new Map());
    expect([...table.keys()]).toEqual(['TCP 10.0.0.1:80']);
    expect([...(table.get('TCP 10.0.0.1:80')?.destinations.keys() ?? [])]).toEqual([
      '192.168.0.9:81',
    ]);
  });
});

describe('before any check', () => {
  it('servers count as up, and quorum is held when their weight suffices', () => {
    expect(initialState(plan('quorum 3'))).toEqual({ quorumUp: true, servers: [up(1), up(2)] });
    expect(initialState(plan('quorum 3\nhysteresis 1')).quorumUp).toBe(false);
  });

  it('alpha servers count as down', () => {
    expect(initialState(plan('alpha'))).toEqual({ quorumUp: false, servers: [down(1), down(2)] });
  });
});

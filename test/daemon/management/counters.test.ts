import { describe, expect, it } from 'vitest';
import { CounterBoard } from '#src/daemon/management/counters.js';

describe('the board of counters', () => {
  it('has what each object last told', () => {
    const board = new CounterBoard();
    board.note('vrrp', 'A', { advert_sent: 1 });
    board.note('vrrp', 'A', { advert_sent: 4 });
    board.note('vrrp', 'B', { advert_sent: 2 });
    board.note('check', 'A', { up: 9 });
    expect([...board.of('vrrp')]).toEqual([
      ['A', { advert_sent: 4 }],
      ['B', { advert_sent: 2 }],
    ]);
  });

  it('goes on counting where a worker that died left off', () => {
    const board = new CounterBoard();
    board.note('vrrp', 'A', { advert_sent: 4 });
    board.restart('vrrp');
    expect(board.of('vrrp').get('A')).toEqual({ advert_sent: 4 });
    board.note('vrrp', 'A', { advert_sent: 2 });
    expect(board.of('vrrp').get('A')).toEqual({ advert_sent: 6 });
  });

  it('counts from zero after a reset, also across the death of a worker', () => {
    const board = new CounterBoard();
    board.note('vrrp', 'A', { advert_sent: 4 });
    board.reset('vrrp');
    board.note('vrrp', 'A', { advert_sent: 5 });
    expect(board.of('vrrp').get('A')).toEqual({ advert_sent: 1 });
    board.restart('vrrp');
    board.note('vrrp', 'A', { advert_sent: 1 });
    expect(board.of('vrrp').get('A')).toEqual({ advert_sent: 2 });
  });

  it('remembers the last protocol error of an instance', () => {
    const board = new CounterBoard();
    expect(board.note('vrrp', 'A', { advert_rcvd: 1, chk_err: 0 })).toEqual([]);
    expect(board.note('vrrp', 'A', { advert_rcvd: 1, chk_err: 1 })).toEqual(['chk_err']);
    expect(board.note('vrrp', 'A', { advert_rcvd: 2, chk_err: 1 })).toEqual([]);
    expect(board.lastError.get('A')).toBe('chk_err');
  });

  it('tells of authentication that failed, which is no protocol error', () => {
    const board = new CounterBoard();
    const both = { auth_failure: 2, authtype_mismatch: 1, vers_err: 1 };
    expect(board.note('vrrp', 'A', both)).toEqual([
      'vers_err',
      'authtype_mismatch',
      'auth_failure',
    ]);
    expect(board.note('vrrp', 'A', { ...both, auth_failure: 3 })).toEqual(['auth_failure']);
    expect(board.lastError.get('A')).toBe('vers_err');
  });
});

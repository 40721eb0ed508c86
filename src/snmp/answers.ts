import type { Request, Response } from './agentx.js';
import type { Oid } from './oid.js';
import type { SetError, Tree } from './tree.js';
import type { VarBind } from './value.js';

/** RFC 3416 §3 and RFC 2741 §6.2.16. */
export const errors = {
  none: 0,
  'general-error': 5,
  'no-access': 6,
  'wrong-type': 7,
  'wrong-value': 10,
  'no-creation': 11,
  'commit-failed': 14,
  'not-writable': 17,
} as const satisfies Record<SetError | string, number>;

export const response = (varBinds: readonly VarBind[], error = 0, index = 0): Response => ({
  type: 'response',
  error,
  index,
  varBinds,
});

type Query = Extract<Request, { type: 'get' | 'get-next' | 'get-bulk' }>;

/** What a tree has to say to a query. */
export function answer<V extends object, C>(tree: Tree<V, C>, view: V, query: Query): Response {
  const next = (start: Oid, include: boolean, end: Oid): VarBind =>
    tree.next(view, start, include, end) ?? { oid: start, value: { type: 'end-of-mib-view' } };
  switch (query.type) {
    case 'get':
      return response(query.ranges.map(({ start }) => get(tree, view, start)));
    case 'get-next':
      return response(query.ranges.map((r) => next(r.start, r.include, r.end)));
    case 'get-bulk': {
      const { ranges, nonRepeaters, repetitions } = query;
      const found = ranges.slice(0, nonRepeaters).map((r) => next(r.start, r.include, r.end));
      let row = ranges.slice(nonRepeaters);
      for (let n = 0; n < repetitions && row.length > 0; n++) {
        const binds = row.map((r) => next(r.start, r.include, r.end));
        found.push(...binds);
        if (binds.every(({ value }) => value.type === 'end-of-mib-view')) break;
        row = row.map(({ end }, i) => ({ start: binds[i]?.oid ?? [], include: false, end }));
      }
      return response(found);
    }
  }
}

function get<V extends object, C>(tree: Tree<V, C>, view: V, oid: Oid): VarBind {
  const value = tree.get(view, oid);
  return { oid, value: typeof value === 'string' ? { type: value } : value };
}

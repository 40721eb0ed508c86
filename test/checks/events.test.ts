import { type EventOf, render } from '@keepalived-ts/base/events.js';
import { expect, test } from 'vitest';
import { checkEvents } from '#checks/events.js';

type Event = EventOf<typeof checkEvents>;

const S = { service: '[10.0.0.1]:tcp:80' };
const RS = { ...S, server: '[10.0.0.2]:tcp:80' };
const story = { ...RS, checker: 'TCP_CHECK', detail: 'connection refused' };
const quorum = { ...S, quorum: 2, hysteresis: 1 };
const sorry = { ...S, sorry: '[10.9.9.9]:tcp:80' };

/** The texts as keepalived 2.2.7 writes them; what 2.2.7 does not say is marked with *. */
const texts: [Event, string, string][] = [
  // * of ours, in place of a flood
  [
    { event: 'lines-dropped', lines: 3 },
    'warning',
    '3 lines are missing here: more than 2000 a second',
  ],
  [{ event: 'ipvs-init' }, 'info', 'Initializing ipvs'],
  // * of ours
  [{ event: 'ipvs-adopted', services: 4 }, 'info', 'Adopting 4 virtual servers left in IPVS'],
  // * of ours
  [
    { event: 'ipvs-filled', services: 2, servers: 9, seconds: 0.5, age: 1, worked: 0.25 },
    'info',
    'IPVS: 2 virtual servers and 9 real servers in 0.50 s from the plan,' +
      " 1.00 s from the thread's start (0.25 s of work)",
  ],
  [
    { event: 'ipvs-refused', words: 'new-service: ENOENT' },
    'error',
    'IPVS cmd refused: new-service: ENOENT',
  ],
  [
    { event: 'addresses-refused', words: 'list addresses: ENOMEM' },
    'error',
    "The addresses of this machine can't be read, and are asked for again: list addresses: ENOMEM",
  ],
  [{ event: 'reloading' }, 'info', 'Reloading'],
  [{ event: 'stopping' }, 'info', 'Stopping'],
  [
    { event: 'activating', ...RS },
    'info',
    'Activating healthchecker for service [10.0.0.2]:tcp:80 for VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'deactivating', ...RS },
    'info',
    'Deactivating healthchecker for service [10.0.0.2]:tcp:80 for VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'suspending', ...RS },
    'info',
    'Suspending healthchecker for service [10.0.0.2]:tcp:80 for VS [10.0.0.1]:tcp:80',
  ],
  [{ event: 'check-succeeded', phrase: 'It is well' }, 'info', 'It is well'],
  [{ event: 'check-failed', phrase: 'It is ill' }, 'info', 'It is ill'],
  // * of ours: why, of a failure that decides, of any, and of a success
  ...(
    [
      ['failure-reason', 'detail'],
      ['attempt-failed', 'info'],
      ['remark', 'info'],
    ] as const
  ).map(([event, level]): [Event, string, string] => [
    { event, ...story },
    level,
    'TCP_CHECK on service [10.0.0.2]:tcp:80 for VS [10.0.0.1]:tcp:80: connection refused',
  ]),
  [
    { event: 'undecided', ...story, detail: 'EMFILE' },
    'warning',
    "TCP_CHECK can't ask service [10.0.0.2]:tcp:80 for VS [10.0.0.1]:tcp:80," +
      ' its state is kept: EMFILE',
  ],
  [{ event: 'adding', ...RS }, 'info', 'Adding service [10.0.0.2]:tcp:80 to VS [10.0.0.1]:tcp:80'],
  [
    { event: 'removing', ...RS },
    'info',
    'Removing service [10.0.0.2]:tcp:80 from VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'enabling', ...RS },
    'info',
    'Enabling service [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'disabling', ...RS },
    'info',
    'Disabling service [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'shutting-down', ...RS, inhibited: false },
    'info',
    'Shutting down service [10.0.0.2]:tcp:80 from VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'shutting-down', ...RS, inhibited: true },
    'info',
    'Shutting down (inhibited) service [10.0.0.2]:tcp:80 from VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'weight-changed', ...RS, from: 1, to: 5, alive: true },
    'info',
    'Changing weight from 1 to 5 for active service [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'weight-changed', ...RS, from: 5, to: 1, alive: false },
    'info',
    'Changing weight from 5 to 1 for inactive service [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80',
  ],
  [{ event: 'no-longer-exists', ...RS }, 'info', 'service [10.0.0.2]:tcp:80 no longer exist'],
  [{ event: 'service-removed', ...S }, 'info', 'Removing Virtual Server [10.0.0.1]:tcp:80'],
  [
    { event: 'quorum-gained', ...quorum, weight: 3 },
    'info',
    'Gained quorum 2+1=3 <= 3 for VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'quorum-lost', ...quorum, weight: 0 },
    'info',
    'Lost quorum 2-1=1 > 0 for VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'quorum-down-at-start', ...quorum, weight: 0 },
    'info',
    'Starting with quorum down 2-1=1 > 0 for VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'adding-sorry', ...sorry },
    'info',
    'Adding sorry server [10.9.9.9]:tcp:80 to VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'removing-sorry', ...sorry },
    'info',
    'Removing sorry server [10.9.9.9]:tcp:80 from VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'enabling-sorry', ...sorry },
    'info',
    'Enabling sorry server [10.9.9.9]:tcp:80 to VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'disabling-sorry', ...sorry },
    'info',
    'Disabling sorry server [10.9.9.9]:tcp:80 from VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'pool-restored', ...S },
    'info',
    'Adding alive servers to the pool for VS [10.0.0.1]:tcp:80',
  ],
  [
    { event: 'pool-removed', ...S },
    'info',
    'Removing alive servers from the pool for VS [10.0.0.1]:tcp:80',
  ],
];

test.each(texts)('%j is told as operators know it', (event, level, text) => {
  expect(render('check', checkEvents, event)).toMatchObject({ level, text });
});

test('every line of the catalogue is pinned', () => {
  const pinned = new Set(texts.map(([{ event }]) => event));
  expect([...pinned].sort()).toEqual(Object.keys(checkEvents).sort());
});

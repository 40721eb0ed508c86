import { event } from '@keepalived-ts/base/events.js';
import { lineLimitEvents } from '#src/ipc/line-limit.js';

interface OfServer {
  server: string;
  service: string;
}
interface OfSorry {
  sorry: string;
  service: string;
}
interface OfQuorum {
  service: string;
  quorum: number;
  hysteresis: number;
  weight: number;
}

interface OfProbe extends OfServer {
  checker: string;
  detail: string;
}

/** What a probe met, whichever event it belongs to. */
const story = (e: OfProbe): string =>
  `${e.checker} on service ${e.server} for VS ${e.service}: ${e.detail}`;

/** Every line the check thread can log. The texts are those that operators grep for. */
export const checkEvents = {
  ...lineLimitEvents,
  'ipvs-init': event('info', 'Initializing ipvs'),
  'ipvs-adopted': event<{ services: number }>(
    'info',
    (e) => `Adopting ${e.services} virtual servers left in IPVS`,
  ),
  'ipvs-filled': event<{
    services: number;
    servers: number;
    seconds: number;
    age: number;
    worked: number;
  }>(
    'info',
    (e) =>
      `IPVS: ${e.services} virtual servers and ${e.servers} real servers` +
      ` in ${e.seconds.toFixed(2)} s from the plan, ${e.age.toFixed(2)} s from the thread's start` +
      ` (${e.worked.toFixed(2)} s of work)`,
  ),
  'ipvs-refused': event<{ words: string }>('error', (e) => `IPVS cmd refused: ${e.words}`),
  'addresses-refused': event<{ words: string }>(
    'error',
    (e) => `The addresses of this machine can't be read, and are asked for again: ${e.words}`,
  ),
  reloading: event('info', 'Reloading'),
  stopping: event('info', 'Stopping'),
  activating: event<OfServer>(
    'info',
    (e) => `Activating healthchecker for service ${e.server} for VS ${e.service}`,
  ),
  deactivating: event<OfServer>(
    'info',
    (e) => `Deactivating healthchecker for service ${e.server} for VS ${e.service}`,
  ),
  suspending: event<OfServer>(
    'info',
    (e) => `Suspending healthchecker for service ${e.server} for VS ${e.service}`,
  ),
  'check-succeeded': event<{ phrase: string }>('info', (e) => e.phrase),
  'check-failed': event<{ phrase: string }>('info', (e) => e.phrase),
  'failure-reason': event('detail', story),
  'attempt-failed': event('info', story),
  remark: event('info', story),
  undecided: event<OfProbe>(
    'warning',
    (e) =>
      `${e.checker} can't ask service ${e.server} for VS ${e.service}, its state is kept: ${e.detail}`,
  ),
  adding: event<OfServer>('info', (e) => `Adding service ${e.server} to VS ${e.service}`),
  removing: event<OfServer>('info', (e) => `Removing service ${e.server} from VS ${e.service}`),
  enabling: event<OfServer>('info', (e) => `Enabling service ${e.server} of VS ${e.service}`),
  disabling: event<OfServer>('info', (e) => `Disabling service ${e.server} of VS ${e.service}`),
  'shutting-down': event<OfServer & { inhibited: boolean }>(
    'info',
    (e) =>
      `Shutting down ${e.inhibited ? '(inhibited) ' : ''}service ${e.server} from VS ${e.service}`,
  ),
  'weight-changed': event<OfServer & { from: number; to: number; alive: boolean }>(
    'info',
    (e) =>
      `Changing weight from ${e.from} to ${e.to} for ${e.alive ? 'active' : 'inactive'}` +
      ` service ${e.server} of VS ${e.service}`,
  ),
  'no-longer-exists': event<OfServer>('info', (e) => `service ${e.server} no longer exist`),
  'service-removed': event<{ service: string }>(
    'info',
    (e) => `Removing Virtual Server ${e.service}`,
  ),
  'quorum-gained': event<OfQuorum>(
    'info',
    (e) =>
      `Gained quorum ${e.quorum}+${e.hysteresis}=${e.quorum + e.hysteresis} <= ${e.weight}` +
      ` for VS ${e.service}`,
  ),
  'quorum-lost': event<OfQuorum>(
    'info',
    (e) =>
      `Lost quorum ${e.quorum}-${e.hysteresis}=${e.quorum - e.hysteresis} > ${e.weight}` +
      ` for VS ${e.service}`,
  ),
  'quorum-down-at-start': event<OfQuorum>(
    'info',
    (e) =>
      `Starting with quorum down ${e.quorum}-${e.hysteresis}=${e.quorum - e.hysteresis}` +
      ` > ${e.weight} for VS ${e.service}`,
  ),
  'adding-sorry': event<OfSorry>(
    'info',
    (e) => `Adding sorry server ${e.sorry} to VS ${e.service}`,
  ),
  'removing-sorry': event<OfSorry>(
    'info',
    (e) => `Removing sorry server ${e.sorry} from VS ${e.service}`,
  ),
  'enabling-sorry': event<OfSorry>(
    'info',
    (e) => `Enabling sorry server ${e.sorry} to VS ${e.service}`,
  ),
  'disabling-sorry': event<OfSorry>(
    'info',
    (e) => `Disabling sorry server ${e.sorry} from VS ${e.service}`,
  ),
  'pool-restored': event<{ service: string }>(
    'info',
    (e) => `Adding alive servers to the pool for VS ${e.service}`,
  ),
  'pool-removed': event<{ service: string }>(
    'info',
    (e) => `Removing alive servers from the pool for VS ${e.service}`,
  ),
};

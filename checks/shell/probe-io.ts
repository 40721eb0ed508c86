import { Socket } from 'node:net';
import type { ProbeIo } from '../core/probe-io.js';
import { withConnection } from './connection.js';

/** What probes may do, done on the event loop of this thread. */
export const probeIo: ProbeIo = {
  tcpConnect: (target, signal) => withConnection(new Socket(), target, signal, async () => {}),
  // undici is large: it is loaded by the first HTTP check, when the table is long in the kernel.
  httpGet: async (target, head, signal) => {
    const { httpGet } = await import('./http-get.js');
    return httpGet(target, head, signal);
  },
};

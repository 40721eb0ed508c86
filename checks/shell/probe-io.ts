import { Socket } from 'node:net';
import type { ProbeIo } from '../core/probe-io.js';
import { withConnection } from './connection.js';
import { httpGet } from './http-get.js';

/** What probes may do, done on the event loop of this thread. */
export const probeIo: ProbeIo = {
  tcpConnect: (target, signal) => withConnection(new Socket(), target, signal, async () => {}),
  httpGet,
};

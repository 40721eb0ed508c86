import { readFile } from '#src/files/read.js';
import type { ProbeIo } from '../core/probe-io.js';
import { withConnection } from './connection.js';
import { datagram } from './datagram.js';
import { httpGet } from './http-get.js';
import { search } from './search.js';
import { converse } from './talk.js';
import type { Tls } from './tls.js';

/** What probes may do, done on the event loop of this thread; programs by the parent. */
export const probeIo = (parts: {
  runProgram: ProbeIo['runProgram'];
  /** Our side of TLS; `undefined` while no checker needs it. */
  tls: () => Tls | undefined;
}): ProbeIo => ({
  tcpConnect: (target, signal) => withConnection(target, signal, async () => {}),
  httpGet: (target, request, signal) => httpGet(target, request, signal, parts.tls()),
  search,
  converse,
  datagram,
  readFile,
  runProgram: parts.runProgram,
});

import { defineChecker, failedAfter, up } from '../core/define-checker.js';

export default defineChecker({
  keyword: 'TCP_CHECK',
  doc: 'Healthy when a TCP connection is accepted. It is closed at once.',
  keywords: {},
  phrases: (server, retries) => ({
    up: `TCP connection to ${server} success.`,
    down: failedAfter('TCP_CHECK', server, retries),
    downAtFirst: failedAfter('TCP_CHECK', server, 0),
  }),
  async probe({ target, io, signal }) {
    await io.tcpConnect(target, signal);
    return up('connected');
  },
});

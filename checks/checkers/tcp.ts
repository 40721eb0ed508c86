import { defineChecker, up } from '../core/define-checker.js';

export default defineChecker({
  keyword: 'TCP_CHECK',
  doc: 'Healthy when a TCP connection is accepted. It is closed at once.',
  keywords: {},
  phrases: (server) => ({
    up: `TCP connection to ${server} success.`,
    down: `TCP_CHECK on service ${server}`,
  }),
  async probe({ target, io, signal }) {
    await io.tcpConnect(target, signal);
    return up('connected');
  },
});

import { defineChecker, failedAfter, succeedOrFail, up } from '../core/define-checker.js';

export default defineChecker({
  keyword: 'TCP_CHECK',
  doc: 'Healthy when a TCP connection is accepted. It is closed at once.',
  example: 'TCP_CHECK {\n  connect_timeout 3\n}',
  keywords: {},
  mail: succeedOrFail('TCP CHECK'),
  phrase: ({ server, verdict, retries }) =>
    verdict.is === 'up'
      ? `TCP connection to ${server} success.`
      : failedAfter('TCP_CHECK', server, retries),
  async probe({ target, io, signal }) {
    await io.tcpConnect(target, signal);
    return up('connected');
  },
});

import { seconds } from '@keepalived-ts/base/time.js';
import { defineChecker, failedAfter } from '../core/define-checker.js';
import { fetchPage, remarkPatterns, webMail } from '../core/http.js';
import { sslKeywords } from '../core/web-keywords.js';

export default defineChecker({
  keyword: 'SSL_GET',
  doc: 'Healthy when web pages come back by TLS with the right status and body.',
  manual:
    'Certificates of servers are not verified: a check asks whether the server works. ' +
    'Our own certificate, for servers that want one, is set in the `SSL` block.',
  example: 'SSL_GET {\n  enable_sni\n  url {\n    path /health\n    status_code 200\n  }\n}',
  keywords: sslKeywords,
  check({ url }, report) {
    if (url.length === 0) report('SSL_GET has no url', { hint: 'add a url { path /... } block' });
    remarkPatterns(url, report);
  },
  mail: webMail,
  phrase: ({ server, verdict, retry }) =>
    verdict.is === 'up'
      ? `Remote Web server ${server} succeed on service.`
      : failedAfter('SSL_CHECK', server, retry),
  identity: ({ url, virtualhost }) => [url, virtualhost],
  defaults: { delayBeforeRetry: seconds(3) },
  questions: ({ url }) => url.length,
  recoversFast: ({ fast_recovery }) => fast_recovery,
  speaksTls: true,
  // One connect_timeout for the connection, one for all that follows.
  patience: 2,
  probe: (probe) =>
    fetchPage(probe, (page) => ({
      // Compat: the virtual host of a real server is not among these (reference §9).
      serverName: probe.options.enable_sni
        ? (page.virtualhost ?? probe.options.virtualhost ?? probe.surroundings.serviceHost)
        : undefined,
      goodbye: page.tls_compliant ?? probe.options.tls_compliant,
    })),
});

import { seconds } from '@keepalived-ts/base/time.js';
import { defineChecker, failedAfter } from '../core/define-checker.js';
import { fetchPage, remarkPatterns, webMail } from '../core/http.js';
import { httpKeywords } from '../core/web-keywords.js';

export default defineChecker({
  keyword: 'HTTP_GET',
  doc: 'Healthy when web pages come back with the right status and body.',
  example: 'HTTP_GET {\n  url {\n    path /health\n    status_code 200\n  }\n}',
  keywords: httpKeywords,
  check({ url }, report) {
    if (url.length === 0) report('HTTP_GET has no url', { hint: 'add a url { path /... } block' });
    remarkPatterns(url, report);
  },
  mail: webMail,
  phrase: ({ server, verdict, retry }) =>
    verdict.is === 'up'
      ? `Remote Web server ${server} succeed on service.`
      : failedAfter('HTTP_CHECK', server, retry),
  identity: ({ url, virtualhost }) => [url, virtualhost],
  defaults: { delayBeforeRetry: seconds(3) },
  questions: ({ url }) => url.length,
  recoversFast: ({ fast_recovery }) => fast_recovery,
  // A long reply may come in many pieces. Differs: keepalived reads for ever.
  patience: 60,
  probe: (probe) => fetchPage(probe),
});

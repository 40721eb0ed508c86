import { seconds } from '@keepalived-ts/base/time.js';
import { block, keyword, repeated, several } from '#src/config/schema.js';
import { boolean, choice, flag, integer, word, words } from '#src/config/values.js';
import { commonKeywords } from '../core/common-keywords.js';
import { defineChecker, failedAfter } from '../core/define-checker.js';
import { hostOf, replyVerdict, requestHead } from '../core/http.js';
import { md5Digest, statusRanges } from '../core/http-values.js';

const NO_REGEX = 'not done yet: the body is not searched';

const url = block('url', {
  doc: 'One page to fetch, and what makes its reply a good one.',
  keywords: {
    path: keyword(word, 'Request path.').required(),
    digest: keyword(md5Digest, 'MD5 of the body.').onlyOnce(),
    status_code: repeated(statusRanges, 'Accepted status codes; 200-299 if unset.'),
    virtualhost: keyword(word, 'Host header for this page.'),
    regex: keyword(word, 'Pattern that the body must hold.').refused(NO_REGEX),
    regex_no_match: keyword(flag, 'The body must not hold it.').default(false).refused(NO_REGEX),
    regex_options: keyword(words(1, 64), 'PCRE2 option names.').refused(NO_REGEX),
    regex_min_offset: keyword(integer(0, 4294967295), 'Where the search starts.').refused(NO_REGEX),
    regex_max_offset: keyword(integer(0, 4294967295), 'Last start of a match.').refused(NO_REGEX),
    regex_stack: keyword(words(2, 2), 'PCRE2 JIT stack.').without('JavaScript has no such stack'),
  },
});

export default defineChecker({
  keyword: 'HTTP_GET',
  doc: 'Healthy when web pages come back with the right status and body.',
  keywords: {
    retry: commonKeywords.retry.deprecatedAlias('nb_get_retry'),
    virtualhost: keyword(word, 'Host header for pages that name none.'),
    http_protocol: keyword(
      choice('1.0', '1.0C', '1.0c', '1.1'),
      'Version; 1.0C and 1.1 ask to close.',
    ).default('1.0'),
    enable_sni: keyword(boolean, 'Send the server name in TLS.').without('HTTP_GET speaks no TLS'),
    fast_recovery: keyword(boolean, 'No pause between pages while recovering.').default(false),
    url: several(url),
  },
  check({ url: urls }, report) {
    if (urls.length === 0) report('HTTP_GET has no url', { hint: 'add a url { path /... } block' });
  },
  phrases: (server, retries) => ({
    up: `Remote Web server ${server} succeed on service.`,
    down: failedAfter('HTTP_CHECK', server, retries),
    downAtFirst: failedAfter('HTTP_CHECK', server, retries),
  }),
  identity: ({ url: urls, virtualhost }) => [urls, virtualhost],
  defaults: { delayBeforeRetry: seconds(3) },
  questions: ({ url: urls }) => urls.length,
  recoversFast: ({ fast_recovery }) => fast_recovery,
  // The reply may come in pieces, each within connect_timeout. Differs: keepalived reads for ever.
  patience: 10,
  async probe({ target, options, virtualhost, question, io, signal }) {
    const page = options.url[question];
    if (!page) throw new RangeError(`HTTP_GET has no url ${question}`);
    const host = page.virtualhost ?? options.virtualhost ?? virtualhost ?? hostOf(target);
    const head = requestHead(options.http_protocol, page.path, host);
    return replyVerdict(page, await io.httpGet(target, head, signal));
  },
});

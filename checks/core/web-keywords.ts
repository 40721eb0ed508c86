import { block, keyword, repeated, several } from '#src/config/schema.js';
import { boolean, choice, flag, integer, word, words } from '#src/config/values.js';
import { commonKeywords } from './common-keywords.js';
import { md5Digest, statusRanges } from './http-values.js';

const U32 = 4294967295;

/** What one page must be like; in HTTP_GET and SSL_GET alike. */
const urlKeywords = {
  path: keyword(word, 'The page: what stands after GET in the request.').required(),
  digest: keyword(
    md5Digest,
    'MD5 of the body that the page must have; genhash prints that of a living server.',
  ).onlyOnce(),
  status_code: repeated(
    statusRanges,
    'Status codes that are good, one by one or in ranges; several lines add up.',
  )
    .shown('status_code 200-299 301')
    .unless('200-299'),
  virtualhost: keyword(word, 'Host header for this page.').unless("the checker's"),
  regex: keyword(word, 'Pattern, as PCRE2 has them, that some part of the body must match.').shown(
    'regex "status: *ok"',
  ),
  regex_no_match: keyword(flag, 'The page is good when the pattern matches nowhere.').default(
    false,
  ),
  regex_options: repeated(
    words(1, 64),
    'How the pattern is read: names of PCRE2 options in lower case.',
  ).shown('regex_options caseless multiline'),
  regex_min_offset: keyword(
    integer(0, U32),
    'How many bytes of the body to pass over before the search.',
  ).unless('0'),
  regex_max_offset: keyword(
    integer(0, U32),
    'The last byte of the body, from 0, that a match may begin at.',
  ).unless('the end of the body'),
  regex_stack: keyword(words(2, 2), "First and largest size of PCRE2's stack, in bytes.").without(
    'the search is done by JavaScript, which has no such stack',
  ),
};

const path = 'url {\n  path /status\n  status_code 200\n}';

const url = block('url', {
  doc: 'One page to fetch, and what makes its reply a good one.',
  example: path,
  keywords: urlKeywords,
});

const sslUrl = block('url', {
  doc: 'One page to fetch by TLS, and what makes its reply a good one.',
  example: path,
  keywords: {
    ...urlKeywords,
    tls_compliant: keyword(
      boolean,
      'End the TLS session of this page as its standard asks.',
    ).unless("the checker's"),
  },
});

const retry = commonKeywords.retry.deprecatedAlias('nb_get_retry');
const virtualhost = keyword(word, 'Host header for pages that name none.').unless(
  "the real server's, else the virtual server's, else address and port",
);
const http_protocol = keyword(
  choice('1.0', '1.0C', '1.0c', '1.1'),
  'Version of HTTP in the request; 1.0C and 1.1 ask the server to close when it is done.',
).default('1.0');
const fast_recovery = keyword(
  boolean,
  'While the server comes up its pages are fetched without pause, not one each delay_loop.',
).default(false);
const SNI = 'Name the virtual host in the TLS handshake (SNI).';

/** The rows of HTTP_GET. */
export const httpKeywords = {
  retry,
  virtualhost,
  http_protocol,
  enable_sni: keyword(boolean, SNI).without('HTTP_GET speaks no TLS'),
  fast_recovery,
  url: several(url),
};

/** The rows of SSL_GET. */
export const sslKeywords = {
  retry,
  virtualhost,
  http_protocol,
  enable_sni: keyword(boolean, SNI).default(false),
  fast_recovery,
  tls_compliant: keyword(
    boolean,
    "Say goodbye by TLS's close_notify before closing; otherwise we just close.",
  ).default(false),
  url: several(sslUrl),
};

import { block, type ConfigOf, keyword } from '#src/config/schema.js';
import { passwordOf, word } from '#src/config/values.js';

/** PEM_BUFSIZE of <openssl/pem.h>: what OpenSSL takes of a passphrase. */
const LONGEST_PASSPHRASE = 1024;

/** What SSL_GET presents of itself to servers that want to see a certificate. */
export const ssl = block('SSL', {
  doc: 'The certificate that SSL_GET shows to servers that ask for one.',
  manual: 'Without this block SSL_GET shows none. Certificates of servers are never verified.',
  example: 'SSL {\n  certificate /etc/keepalived/client.pem\n  key /etc/keepalived/client.key\n}',
  keywords: {
    password: keyword(
      passwordOf(LONGEST_PASSPHRASE),
      'Passphrase of the key, where the key is encrypted.',
    )
      .skippedAlone()
      .replacedWithError(),
    ca: keyword(word, 'File of authorities, sent along as the chain of our certificate.')
      .skippedAlone()
      .replacedWithError(),
    certificate: keyword(word, 'File of our certificate and what it was issued by, in PEM.')
      .skippedAlone()
      .replacedWithError(),
    key: keyword(word, 'File of the private key of that certificate, in PEM.')
      .skippedAlone()
      .replacedWithError(),
  },
});
export type SslConfig = ConfigOf<typeof ssl>;

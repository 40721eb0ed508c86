import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { secret } from '@keepalived-ts/base/secret.js';
import type { TlsCredentials } from '#checks/core/plan.js';
import type { SslConfig } from '#checks/core/ssl-keywords.js';
import { readPlainFile } from '#src/files/plain.js';

/**
 * The files of the `SSL` block, which the check thread gets with its plan. What can't be read or
 * used is told, and the checks then show no certificate. Differs: keepalived ends in that case.
 */
export async function tlsCredentials(
  config: SslConfig | undefined,
  report: Report,
): Promise<TlsCredentials | undefined> {
  if (!config) return undefined;
  const complain = (message: string): void =>
    report({
      severity: 'error',
      class: 'advice',
      code: 'certificate-not-used',
      message,
      at: config.at,
    });
  try {
    const read = (file: string | undefined): Buffer | undefined =>
      file === undefined ? undefined : readPlainFile(file);
    const key = read(config.key);
    const credentials: TlsCredentials = {
      certificate: read(config.certificate)?.toString(),
      key: key && secret(key),
      ca: read(config.ca)?.toString(),
      password: config.password,
    };
    const { contextOf } = await import('#checks/shell/tls.js');
    contextOf(credentials);
    return credentials;
  } catch (error) {
    const { message } = error as Error;
    complain(`SSL: ${message} - SSL_GET will show no certificate`);
    return undefined;
  }
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';

/** A certificate that nobody has signed but itself, made anew. Needs openssl(1). */
export function makeCertificate(name: string): { certificate: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  try {
    const curve = 'ec_paramgen_curve:prime256v1';
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', curve, '-nodes', '-days', '2'];
    execFileSync('openssl', [...made, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    return { certificate: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const server = makeCertificate('server.example');
export const serverContext: SecureContext = createSecureContext({
  cert: server.certificate,
  key: server.key,
});

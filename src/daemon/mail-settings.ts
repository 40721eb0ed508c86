import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { placeOf } from '#src/config/places.js';
import { readPlainFile } from '#src/files/plain.js';
import { secretOf } from '#src/notify/private-file.js';
import type { SmtpSettings } from '#src/notify/smtp.js';
import type { Config } from './root.js';

type Globals = Config['global_defs'];
type Login = SmtpSettings['login'];

/** A file that mail needs is no good: the server may not take it then. */
const CODE = 'mail-file-not-used';

/** How mail is sent; undefined where the configuration names no server or nobody to get it. */
export function mailSettings(globals: Globals, report: Report): SmtpSettings | undefined {
  const { smtp_server: server, notification_email: to = [] } = globals;
  if (!server || to.length === 0) return undefined;
  const tls = globals.smtp_tls ?? (globals.smtp_user === undefined ? 'none' : 'starttls');
  return {
    server,
    tls,
    authorities: authorities(globals, report),
    login: login(globals, report),
    helo: globals.smtp_helo_name || undefined,
    from: globals.notification_email_from,
    router: globals.router_id,
    to,
    timeout: globals.smtp_connect_timeout,
  };
}

const complain = (
  report: Report,
  globals: Globals,
  keyword: keyof Globals & string,
  message: string,
): void =>
  report({
    severity: 'error',
    class: 'advice',
    code: CODE,
    message: `${keyword}: ${message}`,
    at: placeOf(globals, keyword),
  });

function authorities(globals: Globals, report: Report): string[] | undefined {
  const { smtp_tls_ca: file } = globals;
  if (file === undefined) return undefined;
  try {
    return [readPlainFile(file).toString()];
  } catch (e) {
    complain(report, globals, 'smtp_tls_ca', (e as Error).message);
    // None is believed then, rather than all.
    return [];
  }
}

function login(globals: Globals, report: Report): Login {
  const { smtp_user: user, smtp_password: password, smtp_password_file: file } = globals;
  if (user === undefined) return undefined;
  if (file !== undefined) {
    const found = secretOf(file);
    if (typeof found !== 'string') return { user, password: found };
    complain(report, globals, 'smtp_password_file', `${file}: ${found}`);
  } else if (password === undefined) {
    complain(report, globals, 'smtp_user', 'there is no smtp_password or smtp_password_file');
  }
  return password && { user, password };
}

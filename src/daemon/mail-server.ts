import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { parseIp } from '@keepalived-ts/base/ip.js';
import { placeOf } from '#src/config/places.js';
import type { Config } from './root.js';

/** Longer than a resolver needs that is there; nobody waits longer for a check. */
const PATIENCE_MS = 3000;

/**
 * Says that the name of the mail server is unknown; for -t only, as a start waits for no resolver.
 *
 * Compat: keepalived looks the name up while it reads the file, and drops the line if it can't.
 */
export async function unknownMailServer(config: Config, report: Report): Promise<void> {
  const { global_defs: globals } = config;
  const server = globals.smtp_server;
  if (server === undefined || parseIp(server.host) !== undefined) return;
  // Few name their mail server, and the resolver is much code.
  const { lookup } = await import('node:dns/promises');
  const patience = new Promise<'late'>((late) => setTimeout(late, PATIENCE_MS, 'late').unref());
  try {
    if ((await Promise.race([lookup(server.host), patience])) !== 'late') return;
  } catch {
    // ENOTFOUND, EAI_AGAIN: it is told below.
  }
  const message = `Invalid smtp server ${server.host} ${server.port}`;
  const hint = 'the name cannot be looked up now; the daemon does so for each mail';
  const at = placeOf(globals, 'smtp_server');
  report({ severity: 'error', class: 'general', message, hint, at });
}

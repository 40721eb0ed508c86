import { createSecretKey, type KeyObject } from 'node:crypto';

/**
 * A password or key that cannot be printed by accident.
 *
 * It is a `KeyObject`: JSON, string conversion and inspection show nothing of it, it compares in
 * constant time, and it crosses to a worker thread by structured clone.
 */
export type Secret = KeyObject;

export const secret = (text: string | Uint8Array): Secret =>
  createSecretKey(typeof text === 'string' ? Buffer.from(text) : text);

export const reveal = (secret: Secret): Buffer => secret.export();

/** What every dump, log and diff shows instead. */
export const MASKED = '***';

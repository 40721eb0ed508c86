import type { WorkerPart } from '../daemon.js';

type Values = Readonly<Record<string, number>>;

/** Errors of adverts that SNMP tells the last of (RFC 6527, vrrpv3StatisticsProtoErrReason). */
const PROTOCOL_ERRORS = ['ip_ttl_err', 'vers_err', 'chk_err', 'vrid_err'] as const;
export type ProtocolError = (typeof PROTOCOL_ERRORS)[number];
/** Those that it tells of, besides (RFC 2787, vrrpTrapAuthErrorType). */
const AUTH_ERRORS = ['invalid_authtype', 'authtype_mismatch', 'auth_failure'] as const;
export type AdvertError = ProtocolError | (typeof AUTH_ERRORS)[number];

/**
 * What the workers have counted, by part and object.
 *
 * A worker tells totals since its start. One that dies takes its own with it, so those are kept
 * as a base; a reset only moves what is counted from.
 */
export class CounterBoard {
  private readonly told = new Map<WorkerPart, Map<string, Values>>();
  private readonly base = new Map<WorkerPart, Map<string, Values>>();
  readonly lastError = new Map<string, ProtocolError>();

  /** Gives the errors that have been counted just now. */
  note(part: WorkerPart, object: string, values: Values): AdvertError[] {
    const objects = this.told.get(part) ?? new Map<string, Values>();
    this.told.set(part, objects);
    const former = objects.get(object) ?? {};
    objects.set(object, values);
    const isNew = (name: AdvertError): boolean => (values[name] ?? 0) > (former[name] ?? 0);
    const error = PROTOCOL_ERRORS.find(isNew);
    if (part === 'vrrp' && error) this.lastError.set(object, error);
    return [...(error ? [error] : []), ...AUTH_ERRORS.filter(isNew)];
  }

  /** The worker is gone: the next one counts from zero. */
  restart(part: WorkerPart): void {
    this.base.set(part, new Map(this.of(part)));
    this.told.delete(part);
  }

  /** Counts from here on. */
  reset(part: WorkerPart): void {
    const told = this.told.get(part) ?? new Map<string, Values>();
    const zero = [...told].map(([object, values]) => [object, negative(values)] as const);
    this.base.set(part, new Map(zero));
    this.lastError.clear();
  }

  of(part: WorkerPart): ReadonlyMap<string, Values> {
    const [told, base] = [this.told.get(part), this.base.get(part)];
    const objects = new Set([...(told?.keys() ?? []), ...(base?.keys() ?? [])]);
    return new Map(
      [...objects].map((object) => [object, sum(told?.get(object), base?.get(object))]),
    );
  }
}

const negative = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, -value]));

function sum(a: Values = {}, b: Values = {}): Values {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

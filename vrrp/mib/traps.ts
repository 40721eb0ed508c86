import { type IpAddress, ip } from '@keepalived-ts/base/ip.js';
import type { Notice } from '#src/ipc/messages.js';
import type { Oid } from '#src/snmp/oid.js';
import { inetAddress, integer, ipAddress, text, type VarBind } from '#src/snmp/value.js';
import { entryOf, KEEPALIVED, stateNumber, VRRP, VRRP_MIB, VRRPV3_MIB } from './oids.js';
import { PROTOCOL_ERRORS, successionNumber } from './rfc6527.js';
import { addressType, type InstanceView, type VrrpView } from './view.js';

/** A notification, and the MIB that it belongs to: whoever does not serve that sends none of it. */
export interface Trap {
  mib: 'keepalived' | 'rfc2787' | 'rfc6527';
  trap: Oid;
  varBinds: readonly VarBind[];
}

type StateNotice = Extract<Notice, { of: 'instance' | 'group' }>;

/** Traps know two states more than tables do. */
const LAST_STATES: Readonly<Record<string, number>> = { STOP: 5, DELETED: 6 };
const trapState = (state: string): number => LAST_STATES[state] ?? stateNumber(state);
const TOLD = new Set(['MASTER', 'BACKUP', 'FAULT', 'STOP', 'DELETED']);

/** Compat: variables of tables stand without the index of their row (reference §2). */
const bare = (entry: Oid, column: number, value: VarBind['value']): VarBind => ({
  oid: [...entry, column],
  value,
});

/** The notifications that a change of state is worth. */
export function stateTraps(notice: StateNotice, view: VrrpView, routerId: string): Trap[] {
  const { of, name, state } = notice;
  if (!TOLD.has(state)) return [];
  const router: VarBind = { oid: [...KEEPALIVED, 1, 2, 0], value: text(routerId) };
  if (of === 'group') {
    const varBinds = [
      bare(entryOf(1), 2, text(name)),
      bare(entryOf(1), 3, integer(trapState(state))),
      router,
    ];
    return [{ mib: 'keepalived', trap: [...VRRP, 10, 0, 1], varBinds }];
  }
  const vr = view.instances.find(({ config }) => config.name === name);
  const varBinds = [
    bare(entryOf(3), 2, text(name)),
    bare(entryOf(3), 4, integer(trapState(state))),
    bare(entryOf(3), 5, integer(stateNumber(vr?.kind.wanted))),
    router,
  ];
  const own: Trap = { mib: 'keepalived', trap: [...VRRP, 10, 0, 2], varBinds };
  return vr && state === 'MASTER' ? [own, ...newMaster(vr, view)] : [own];
}

/** vrrpTrapNewMaster (RFC 2787 §3.2) and vrrpv3NewMaster (RFC 6527 §2.5). */
function newMaster(vr: InstanceView, view: VrrpView): Trap[] {
  const { kind, plan, status } = vr;
  const ifIndex = view.links.get(plan.interface ?? '')?.index;
  if (ifIndex === undefined) return [];
  const index = [ifIndex, plan.vrid];
  const source = status?.source ?? (kind.family === 4 ? ip('0.0.0.0') : ip('::'));
  const index3 = [...index, addressType(kind.family)];
  const v3: Trap = {
    mib: 'rfc6527',
    trap: [...VRRPV3_MIB, 0, 1],
    varBinds: [
      { oid: [...VRRPV3_MIB, 1, 1, 1, 1, 3, ...index3], value: inetAddress(source) },
      {
        oid: [...VRRPV3_MIB, 1, 2, 5, 1, 2, ...index3],
        value: integer(successionNumber(status?.becameMaster)),
      },
    ],
  };
  if (kind.version !== 2 || kind.family !== 4) return [v3];
  const v2: Trap = {
    mib: 'rfc2787',
    trap: [...VRRP_MIB, 0, 1],
    varBinds: [{ oid: [...VRRP_MIB, 1, 3, 1, 7, ...index], value: ipAddress(source) }],
  };
  return [v2, v3];
}

/** Of vrrpTrapAuthErrorType (RFC 2787 §3.2). */
const AUTH_ERRORS = { invalid_authtype: 1, authtype_mismatch: 2, auth_failure: 3 } as const;
type AuthError = keyof typeof AUTH_ERRORS;
/** What is wrong with adverts, as the counters name it. */
type AdvertError = keyof typeof PROTOCOL_ERRORS | AuthError;

const isAuthError = (error: AdvertError): error is AuthError => Object.hasOwn(AUTH_ERRORS, error);

/**
 * What adverts of a router that were dropped are worth; `from` sent the last of them.
 *
 * Differs: keepalived tells of every advert, we of each error once a second at most.
 */
export function errorTraps(
  name: string,
  errors: readonly AdvertError[],
  from: IpAddress | undefined,
  view: VrrpView,
): Trap[] {
  const vr = view.instances.find(({ config }) => config.name === name);
  const ifIndex = vr && view.links.get(vr.plan.interface ?? '')?.index;
  if (!vr || ifIndex === undefined) return [];
  const index = [ifIndex, vr.plan.vrid];
  return errors.flatMap((error) => {
    if (!isAuthError(error)) return protocolError(error, [...index, addressType(vr.kind.family)]);
    return vr.kind.family === 4 ? authFailure(error, from, index) : [];
  });
}

/** vrrpv3ProtoError (RFC 6527 §2.5). Compat: a wrong VRID is not told of. */
function protocolError(error: keyof typeof PROTOCOL_ERRORS, index: Oid): Trap[] {
  if (error === 'vrid_err') return [];
  const oid = [...VRRPV3_MIB, 1, 2, 5, 1, 6, ...index];
  const varBinds = [{ oid, value: integer(PROTOCOL_ERRORS[error]) }];
  return [{ mib: 'rfc6527', trap: [...VRRPV3_MIB, 0, 2], varBinds }];
}

/** vrrpTrapAuthFailure (RFC 2787 §3.2). */
function authFailure(error: AuthError, from: IpAddress | undefined, index: Oid): Trap[] {
  const varBinds = [
    { oid: [...VRRP_MIB, 1, 5, ...index], value: ipAddress(from ?? ip('0.0.0.0')) },
    { oid: [...VRRP_MIB, 1, 6, ...index], value: integer(AUTH_ERRORS[error]) },
  ];
  return [{ mib: 'rfc2787', trap: [...VRRP_MIB, 0, 2], varBinds }];
}

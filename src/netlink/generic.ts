import { constants } from 'node:os';
import { viewOf } from '@keepalived-ts/base/bytes.js';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { kernelError } from '@keepalived-ts/raw-socket/errors.js';
import { Attributes, Malformed, Payload } from './attributes.js';
import type { NetlinkClient } from './client.js';
import type { Message, Request } from './message.js';

/** The controller's own family (<linux/genetlink.h>), whose number is fixed. */
const GENL_ID_CTRL = 0x10;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const CTRL_ATTR_VERSION = 3;
const CTRL_ATTR_MCAST_GROUPS = 7;
const CTRL_ATTR_MCAST_GRP_NAME = 1;
const CTRL_ATTR_MCAST_GRP_ID = 2;

/** A family of generic netlink, as this boot of the kernel numbers it. */
export interface Family {
  readonly name: string;
  /** The type of its messages. */
  readonly id: number;
  readonly version: number;
  /** Multicast groups by name, for `openMonitor`. */
  readonly groups: ReadonlyMap<string, number>;
}

/** The controller, known without asking. */
const controller: Family = { name: 'nlctrl', id: GENL_ID_CTRL, version: 2, groups: new Map() };

export interface GenericRequest {
  readonly family: Family;
  readonly command: number;
  readonly operation: string;
  readonly flags?: number;
  readonly fill?: (payload: Payload) => void;
}

/** A command of a family: struct genlmsghdr, behind which its attributes go. */
export const genericPayload = (family: Family, command: number): Payload =>
  new Payload(4, (view) => {
    view.setUint8(0, command);
    view.setUint8(1, family.version);
  });

export function genericRequest(request: GenericRequest): Request {
  const { family, command, operation, flags = 0, fill } = request;
  const payload = genericPayload(family, command);
  fill?.(payload);
  return { operation, type: family.id, flags, payload: payload.finish() };
}

export interface GenericMessage {
  readonly command: number;
  readonly attributes: Attributes;
}

/**
 *     offset  size  field (struct genlmsghdr)
 *     0       1     command
 *     1       1     version of the family
 *     2       2     reserved
 *     4       ...   attributes
 */
export function parseGeneric({ payload }: Message): GenericMessage | Malformed {
  const attributes = Attributes.parse(payload, 4);
  if (attributes instanceof Malformed) return attributes;
  return { command: viewOf(payload).getUint8(0), attributes };
}

/**
 * Looks a family up by its name.
 *
 * The kernel tries to load a module for a name it does not know (`modprobe
 * net-pf-16-proto-16-family-NAME`), so ENOENT means that this has failed too.
 */
export async function resolveFamily(client: NetlinkClient, name: string): Promise<Family> {
  const request = genericRequest({
    family: controller,
    command: CTRL_CMD_GETFAMILY,
    operation: `find generic netlink family ${name}`,
    fill: (payload) => payload.text(CTRL_ATTR_FAMILY_NAME, name),
  });
  const replies = await client.request(request).catch((error: unknown) => {
    if (!(error instanceof KernelError && error.code === 'ENOENT')) throw error;
    const { operation, errno, code } = error;
    const detail = `its module is not loaded, and the kernel's attempt to load it failed`;
    throw new KernelError(operation, errno, code, detail);
  });
  for (const reply of replies) {
    const family = parseFamily(reply);
    if (family !== undefined && family.name === name) return family;
  }
  throw kernelError(request.operation, constants.errno.EBADMSG, 'an answer without the family');
}

/** A message of the controller about a family; undefined if it tells no name and number. */
export function parseFamily(message: Message): Family | undefined {
  const parsed = parseGeneric(message);
  if (parsed instanceof Malformed || message.type !== GENL_ID_CTRL) return undefined;
  const a = parsed.attributes;
  const id = a.u16(CTRL_ATTR_FAMILY_ID);
  const name = a.text(CTRL_ATTR_FAMILY_NAME);
  if (id === undefined || name === undefined) return undefined;
  const groups = new Map<string, number>();
  for (const [, bytes] of a.nested(CTRL_ATTR_MCAST_GROUPS)?.entries() ?? []) {
    const group = Attributes.parse(bytes);
    if (group instanceof Malformed) continue;
    const number = group.u32(CTRL_ATTR_MCAST_GRP_ID);
    const label = group.text(CTRL_ATTR_MCAST_GRP_NAME);
    if (number !== undefined && label !== undefined) groups.set(label, number);
  }
  return { name, id, version: a.u32(CTRL_ATTR_VERSION) ?? 1, groups };
}

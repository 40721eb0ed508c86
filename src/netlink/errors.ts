import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { KernelError } from '@keepalived-ts/base/errors.js';
import { kernelError } from '@keepalived-ts/raw-socket/errors.js';
import { Attributes, HOST_LITTLE_ENDIAN, Malformed } from './attributes.js';
import {
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
  NLMSGERR_ATTR_MISS_NEST,
  NLMSGERR_ATTR_MISS_TYPE,
  NLMSGERR_ATTR_MSG,
  NLMSGERR_ATTR_OFFS,
} from './constants.js';
import { HEADER_LENGTH, type Message, type Request } from './message.js';

/** What the kernel says of a request in NLMSG_ERROR or at the end of a dump in NLMSG_DONE. */
export interface Acknowledgement {
  /** 0: done. */
  readonly errno: number;
  /** The kernel's own words (extended acknowledgement); also warnings about what it has done. */
  readonly text: string | undefined;
  /** Where in the request, counted from its nlmsghdr, the offending attribute is. */
  readonly offset: number | undefined;
  /** The type of an attribute that is missing, and where the list that lacks it starts. */
  readonly missing: number | undefined;
  readonly missingIn: number | undefined;
}

/**
 * Reads NLMSG_ERROR and NLMSG_DONE.
 *
 *     offset  size  field (struct nlmsgerr; NLMSG_DONE has the first field only)
 *     0       4     negative errno, or 0
 *     4       16    header of the request
 *     20      ...   body of the request, unless NLM_F_CAPPED or there is no error
 *     ...     ...   with NLM_F_ACK_TLVS: attributes (enum nlmsgerr_attrs)
 */
export function parseAcknowledgement(message: Message): Acknowledgement | Malformed {
  const { payload, flags, type } = message;
  const plain = { text: undefined, offset: undefined, missing: undefined, missingIn: undefined };
  const done = type === NLMSG_DONE;
  if (done && payload.length < 4) return { errno: 0, ...plain };
  if (payload.length < (done ? 4 : 4 + HEADER_LENGTH)) return new Malformed('short-error');
  const view = viewOf(payload);
  const errno = Math.abs(view.getInt32(0, HOST_LITTLE_ENDIAN));
  if ((flags & NLM_F_ACK_TLVS) === 0) return { errno, ...plain };
  const whole = !done && (flags & NLM_F_CAPPED) === 0 && errno !== 0;
  const request = view.byteLength >= 8 ? view.getUint32(4, HOST_LITTLE_ENDIAN) : 0;
  const start = done ? 4 : 4 + (whole ? Math.max(request, HEADER_LENGTH) : HEADER_LENGTH);
  const attributes = Attributes.parse(payload, start);
  if (attributes instanceof Malformed) return attributes;
  return {
    errno,
    text: attributes.text(NLMSGERR_ATTR_MSG),
    offset: attributes.u32(NLMSGERR_ATTR_OFFS),
    missing: attributes.u32(NLMSGERR_ATTR_MISS_TYPE),
    missingIn: attributes.u32(NLMSGERR_ATTR_MISS_NEST),
  };
}

/** The refusal as an error that names the request and says what the kernel said. */
export function refusal(request: Request, ack: Acknowledgement): KernelError {
  const parts = [ack.text, offender(request, ack.offset), lack(ack)];
  const detail = parts.filter((part) => part !== undefined).join('; ');
  return kernelError(request.operation, ack.errno, detail);
}

/** NLMSGERR_ATTR_OFFS in the terms of the reader: which attribute the kernel points at. */
function offender(request: Request, offset: number | undefined): string | undefined {
  if (offset === undefined) return undefined;
  const at = offset - HEADER_LENGTH;
  const { payload } = request;
  if (at < 0 || at + 4 > payload.length) return `at byte ${offset}`;
  const view = viewOf(payload);
  return `attribute ${view.getUint16(at + 2, HOST_LITTLE_ENDIAN) & 0x3fff} at byte ${offset}`;
}

function lack({ missing, missingIn }: Acknowledgement): string | undefined {
  if (missing === undefined) return undefined;
  const where = missingIn === undefined ? '' : ` in the list at byte ${missingIn}`;
  return `attribute ${missing} is missing${where}`;
}

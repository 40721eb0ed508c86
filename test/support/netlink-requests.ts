import type { KernelError } from '@keepalived-ts/base/errors.js';
import { milliseconds } from '@keepalived-ts/base/time.js';
import { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import { NLM_F_MULTI } from '@keepalived-ts/netlink/constants.js';
import type { Message, Outcome, Request } from '@keepalived-ts/netlink/message.js';
import { type Answer, FakeNetlink } from '#test/support/fake-netlink.js';

export const EEXIST = 17;

export const setUp = (window = 1000, timeout = 5000, sparse = false) => {
  const socket = new FakeNetlink();
  const client = new NetlinkClient(socket, {
    window,
    port: 9,
    timeout: milliseconds(timeout),
    sparse,
  });
  return { socket, client };
};

/** Request number n, which carries its number. */
export const request = (n: number, length = 4): Request => {
  const payload = new Uint8Array(length);
  new DataView(payload.buffer).setUint32(0, n, true);
  return { operation: `request ${n}`, type: 100, flags: 0, payload };
};
export const requests = (count: number): Request[] =>
  Array.from({ length: count }, (_, i) => request(i));
export const numberOf = ({ payload }: Message): number =>
  new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
export const row = (n: number, flags = 0): Answer => ({
  ...request(n),
  flags: NLM_F_MULTI | flags,
});
export const told = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((o) => (o.ok ? 'ok' : `${o.error.operation}: ${o.error.code}`));
export const failure = (promise: Promise<unknown>): Promise<KernelError> =>
  promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: KernelError) => error,
  );

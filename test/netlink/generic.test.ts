import { hex } from '@keepalived-ts/base/bytes.js';
import { Malformed, Payload } from '@keepalived-ts/netlink/attributes.js';
import { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import { genericRequest, parseGeneric, resolveFamily } from '@keepalived-ts/netlink/generic.js';
import { describe, expect, it } from 'vitest';
import { ack, FakeNetlink } from '#test/support/fake-netlink.js';

const controller = (answer: FakeNetlink['reply']) => {
  const socket = new FakeNetlink();
  socket.reply = answer;
  return { socket, client: new NetlinkClient(socket, { window: 10, port: 1 }) };
};

describe('a generic family', () => {
  it('is looked up by name, with its multicast groups', async () => {
    const answer = new Payload(4)
      .text(2, 'IPVS')
      .u16(1, 33)
      .u32(3, 1)
      .nest(7, (groups) => groups.nest(1, (group) => group.u32(2, 40).text(1, 'events')))
      .finish();
    const { socket, client } = controller(() => [{ type: 16, payload: answer }, ack()]);
    expect(await resolveFamily(client, 'IPVS')).toEqual({
      name: 'IPVS',
      id: 33,
      version: 1,
      groups: new Map([['events', 40]]),
    });
    const [asked] = socket.requests;
    expect(asked?.type).toBe(16);
    expect(hex(asked?.payload ?? new Uint8Array(0))).toBe(
      '03020000' + '09000200' + '4950565300000000',
    );
  });

  it('that is missing says that loading its module failed, too', async () => {
    const { client } = controller(() => [ack(2)]);
    await expect(resolveFamily(client, 'IPVS')).rejects.toMatchObject({
      operation: 'find generic netlink family IPVS',
      code: 'ENOENT',
      detail: "its module is not loaded, and the kernel's attempt to load it failed",
    });
  });

  it('is not taken from an answer about another', async () => {
    const answer = new Payload(4).text(2, 'OTHER').u16(1, 33).finish();
    const { client } = controller(() => [{ type: 16, payload: answer }, ack()]);
    await expect(resolveFamily(client, 'IPVS')).rejects.toMatchObject({ code: 'EBADMSG' });
  });

  it('has requests with its number, version and command (struct genlmsghdr)', () => {
    const family = { name: 'IPVS', id: 33, version: 1, groups: new Map() };
    const request = genericRequest({
      family,
      command: 5,
      operation: 'add service',
      fill: (payload) => payload.u8(1, 2),
    });
    expect(request).toMatchObject({ type: 33, flags: 0, operation: 'add service' });
    expect(hex(request.payload)).toBe('05010000' + '0500010002000000');
    const parsed = parseGeneric({ ...request, sequence: 0, port: 0 });
    expect(
      parsed instanceof Malformed ? parsed : [parsed.command, parsed.attributes.u8(1)],
    ).toEqual([5, 2]);
  });

  it('has no messages shorter than its header', () => {
    const payload = new Uint8Array(3);
    expect(parseGeneric({ type: 33, flags: 0, sequence: 0, port: 0, payload })).toEqual(
      new Malformed('short-header'),
    );
  });
});

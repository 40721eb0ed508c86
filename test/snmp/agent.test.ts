import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Agent, type AgentNews } from '#src/snmp/agent.js';
import { messageLength } from '#src/snmp/agentx.js';
import { Writer } from '#src/snmp/agentx-data.js';
import { oid } from '#src/snmp/oid.js';
import { column, scalars, Tree, table, writable } from '#src/snmp/tree.js';
import { integer, text } from '#src/snmp/value.js';
import { until } from '../support/wait.js';

const OPEN = 1;
const CLOSE = 2;
const REGISTER = 3;
const GET = 5;
const TEST_SET = 8;
const COMMIT_SET = 9;
const UNDO_SET = 10;
const CLEANUP_SET = 11;
const NOTIFY = 12;
const RESPONSE = 18;

interface Thing {
  size: number;
}
const base = oid('1.3.6.1.4.1.99');
const tree = new Tree<Thing, string>([
  table<Thing, Thing, string>({
    ...scalars<Thing>(base, []),
    columns: [
      writable<Thing, string>(
        column(1, 'size', integer, ({ size }) => size),
        (thing, value) =>
          value.type === 'integer'
            ? { apply: `size ${value.value}`, undo: `size ${thing.size}` }
            : 'wrong-type',
      ),
    ],
  }),
]);

/** A master agent that answers nothing by itself but `open` and `register`. */
class Master {
  readonly path: string;
  readonly heard: { type: number; bytes: Buffer }[] = [];
  socket: Socket | undefined;
  private server: Server | undefined;

  constructor(path: string) {
    this.path = path;
  }

  async listen(): Promise<void> {
    const server = createServer((socket) => {
      this.socket = socket;
      let input = Buffer.alloc(0);
      socket.on('data', (bytes: Buffer) => {
        input = Buffer.concat([input, bytes]);
        for (let n = messageLength(input); n !== undefined && n <= input.length; ) {
          this.hear(input.subarray(0, n));
          input = input.subarray(n);
          n = messageLength(input);
        }
      });
    });
    this.server = server;
    await new Promise<void>((done) => server.listen(this.path, done));
  }

  private hear(bytes: Buffer): void {
    const type = bytes[1] ?? 0;
    this.heard.push({ type, bytes });
    if (type !== RESPONSE && type !== CLOSE) this.socket?.write(this.response(bytes));
  }

  /** Accepts what was asked, in session 5. */
  private response(asked: Buffer): Buffer {
    const head = Buffer.from(asked.subarray(0, 20));
    head[1] = RESPONSE;
    head.writeUInt32BE(5, 4);
    head.writeUInt32BE(8, 16);
    return Buffer.concat([head, Buffer.alloc(8)]);
  }

  /** A message of transaction 7 to the agent. */
  message(type: number, packet: number, write: (out: Writer) => void): Buffer {
    const body = new Writer();
    write(body);
    const payload = body.bytes();
    const head = Buffer.alloc(20);
    head.set([1, type, 0x10, 0]);
    for (const [i, n] of [5, 7, packet, payload.length].entries()) head.writeUInt32BE(n, 4 + 4 * i);
    return Buffer.concat([head, payload]);
  }

  of(type: number): Buffer[] {
    return this.heard.filter((one) => one.type === type).map(({ bytes }) => bytes);
  }

  close(): void {
    this.socket?.destroy();
    this.server?.close();
  }
}

describe('the sub-agent', () => {
  let folder: string;
  let master: Master;
  let agent: Agent<Thing, string> | undefined;
  const news: AgentNews[] = [];
  const changes: string[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'agentx-'));
    master = new Master(join(folder, 'master'));
    news.length = 0;
    changes.length = 0;
  });
  afterEach(() => {
    agent?.close();
    master.close();
    rmSync(folder, { recursive: true });
  });

  const start = (): Agent<Thing, string> => {
    agent = new Agent<Thing, string>({
      address: { path: master.path },
      description: 'test',
      tree,
      subtrees: [base],
      view: async () => ({ size: 3 }),
      change: (command) => changes.push(command),
      tell: (one) => news.push(one),
    });
    return agent;
  };
  const connected = (): Promise<unknown> =>
    until('it is connected', () => news.some((one) => one.news === 'connected'));
  const answers = (n: number): Promise<unknown> =>
    until(`${n} answers`, () => master.of(RESPONSE).length >= n);
  const errorOf = (answer: Buffer | undefined): number | undefined => answer?.readUInt16BE(24);
  const variable = (out: Writer): void =>
    out.varBinds([{ oid: [...base, 1, 0], value: integer(9) }]);

  it('opens a session, registers its branches and answers in it', async () => {
    await master.listen();
    start();
    await connected();
    await until('it has registered', () => master.of(REGISTER).length === 1);
    expect(master.of(REGISTER)[0]?.readUInt32BE(4)).toBe(5);
    master.socket?.write(
      master.message(GET, 40, (out) => {
        out.oid([...base, 1, 0]);
        out.oid([]);
      }),
    );
    await answers(1);
    const [answer] = master.of(RESPONSE);
    expect(answer?.readUInt32BE(12)).toBe(40);
    expect(errorOf(answer)).toBe(0);
    expect(answer?.subarray(-4).readUInt32BE()).toBe(3);
  });

  it('takes messages as a stream has them: in pieces, or several at once', async () => {
    await master.listen();
    start();
    await connected();
    const get = (packet: number): Buffer =>
      master.message(GET, packet, (out) => {
        out.oid([...base, 1, 0]);
        out.oid([]);
      });
    for (const byte of get(1)) master.socket?.write(Buffer.of(byte));
    master.socket?.write(Buffer.concat([get(2), get(3)]));
    await answers(3);
    expect(master.of(RESPONSE).map((answer) => answer.readUInt32BE(12))).toEqual([1, 2, 3]);
  });

  it('sets in two phases: what was found possible is done, and can be undone', async () => {
    await master.listen();
    start();
    await connected();
    master.socket?.write(master.message(TEST_SET, 1, variable));
    await answers(1);
    expect(changes).toEqual([]);
    master.socket?.write(master.message(COMMIT_SET, 2, () => undefined));
    await answers(2);
    expect(changes).toEqual(['size 9']);
    master.socket?.write(master.message(UNDO_SET, 3, () => undefined));
    await answers(3);
    expect(changes).toEqual(['size 9', 'size 3']);
    master.socket?.write(master.message(CLEANUP_SET, 4, () => undefined));
    master.socket?.write(
      master.message(TEST_SET, 5, (out) =>
        out.varBinds([{ oid: [...base, 1, 0], value: text('x') }]),
      ),
    );
    await answers(4);
    expect(errorOf(master.of(RESPONSE)[3])).toBe(7);
    expect(changes).toHaveLength(2);
  });

  it('waits for a master, tells once that there is none, and sends what was to be told', async () => {
    start().notify(oid('1.3.6.1.4.1.99.0.1'), [{ oid: [...base, 1], value: integer(1) }]);
    await until('it has tried', () => news.length > 0);
    expect(news).toEqual([{ news: 'no-master', reason: expect.stringContaining('ENOENT') }]);
    await master.listen();
    await connected();
    await until('the trap has come', () => master.of(NOTIFY).length === 1);
    expect(news.map((one) => one.news)).toEqual(['no-master', 'connected']);
  });

  it('comes back when the master was away, in a new session', async () => {
    await master.listen();
    start();
    await connected();
    master.socket?.destroy();
    await until('it is back', () => master.of(OPEN).length === 2);
    await until('it has registered anew', () => master.of(REGISTER).length === 2);
    expect(news.map((one) => one.news)).toEqual(['connected', 'lost', 'connected']);
  });

  it('drops a master that sends a message beyond all measure', async () => {
    await master.listen();
    start();
    await connected();
    const head = master.message(GET, 1, () => undefined);
    head.writeUInt32BE(0x7fffffff, 16);
    master.socket?.write(head);
    await until('it has opened anew', () => master.of(OPEN).length === 2);
  });

  it('says good-bye', async () => {
    await master.listen();
    const one = start();
    await connected();
    one.close();
    await until('it has closed', () => master.of(CLOSE).length === 1);
  });
});

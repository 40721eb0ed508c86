import { connect, type Socket } from 'node:net';
import type { AgentAddress } from './agent-address.js';
import {
  type Administration,
  decode,
  type Envelope,
  encode,
  LONGEST,
  messageLength,
  type Request,
  type Response,
} from './agentx.js';
import { answer, errors, response } from './answers.js';
import type { Oid } from './oid.js';
import type { Change, Tree } from './tree.js';
import { objectId, type VarBind } from './value.js';

/** What an agent needs and tells. */
export interface AgentParts<V extends object, C> {
  address: AgentAddress;
  description: string;
  tree: Tree<V, C>;
  /** The branches of the world's tree that are ours. */
  subtrees: readonly Oid[];
  /** How everything stands now. */
  view: () => Promise<V>;
  /** Somebody has set a value. */
  change: (command: C) => void;
  tell: (news: AgentNews) => void;
}

export type AgentNews =
  | { news: 'connected' }
  /** Told once for each series of failures. */
  | { news: 'no-master'; reason: string }
  | { news: 'lost' };

/** How long the master waits for our answers, in seconds (RFC 2741 §6.2.1). */
const TIMEOUT = 5;
/** The middle of all priorities, RFC 2741 §6.2.3. */
const PRIORITY = 127;
/** How often we ask whether the master still answers. Compat: as often as keepalived. */
const PING_MS = 120_000;
/** How long the first wait for another try is; each next one is twice as long. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
/** Traps that wait for a connection; older ones are dropped for newer ones. */
const MOST_WAITING = 1_000;

/** snmpTrapOID.0 (RFC 3418). */
const SNMP_TRAP_OID: Oid = [1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0];

/**
 * An AgentX sub-agent (RFC 2741): registers its branches with the master, answers what is asked
 * below them, and comes back when the master was away.
 *
 * The connection is a stream, in which a message may come in pieces or several at once.
 */
export class Agent<V extends object, C = never> {
  private readonly parts: AgentParts<V, C>;
  private socket: Socket | undefined;
  private session = 0;
  private packets = 0;
  private isOpen = false;
  private input: Buffer = Buffer.alloc(0);
  private wait = FIRST_WAIT_MS;
  private timer: NodeJS.Timeout | undefined;
  private ping: NodeJS.Timeout | undefined;
  private isTold = false;
  private hasEnded = false;
  /** What a `test-set` found possible, by transaction, until the master says what becomes of it. */
  private readonly pending = new Map<number, readonly Change<C>[]>();
  /** What is done with the master's answers to our own messages. */
  private readonly awaited = new Map<number, (answer: Response) => void>();
  private waiting: (readonly VarBind[])[] = [];

  constructor(parts: AgentParts<V, C>) {
    this.parts = parts;
    this.connect();
  }

  /** Sends a notification; the trap's OID is put in front of its variables. */
  notify(trap: Oid, varBinds: readonly VarBind[]): void {
    const whole = [{ oid: SNMP_TRAP_OID, value: objectId(trap) }, ...varBinds];
    if (this.isOpen) this.request({ type: 'notify', varBinds: whole });
    else this.waiting = [...this.waiting.slice(1 - MOST_WAITING), whole];
  }

  /** Says good-bye. What was sent before still arrives. */
  close(): void {
    this.hasEnded = true;
    clearTimeout(this.timer);
    clearInterval(this.ping);
    // reasonShutdown, RFC 2741 §6.2.2.
    if (this.isOpen) this.request({ type: 'close', reason: 5 });
    this.socket?.end();
    this.socket?.unref();
  }

  private connect(): void {
    const socket = connect(this.parts.address);
    this.socket = socket;
    this.input = Buffer.alloc(0);
    socket.on('connect', () => this.open());
    socket.on('data', (bytes) => this.receive(bytes));
    socket.on('error', (error) => this.complain(error.message));
    socket.on('close', () => this.lost());
  }

  private open(): void {
    const { description, subtrees } = this.parts;
    this.session = 0;
    const opening = { type: 'open', timeout: TIMEOUT, description } as const;
    this.request(opening, (answer, session) => {
      if (answer.error !== 0) {
        this.refused('open', answer.error);
        return;
      }
      this.session = session;
      for (const subtree of subtrees) this.register(subtree);
      this.isOpen = true;
      this.isTold = false;
      this.wait = FIRST_WAIT_MS;
      this.parts.tell({ news: 'connected' });
      for (const varBinds of this.waiting.splice(0)) this.request({ type: 'notify', varBinds });
      this.ping = setInterval(() => this.askAlive(), PING_MS);
      this.ping.unref();
    });
  }

  private register(subtree: Oid): void {
    const message = { type: 'register', subtree, priority: PRIORITY, timeout: 0 } as const;
    this.request(message, (answer) => {
      if (answer.error !== 0) this.refused(`register ${subtree.join('.')}`, answer.error);
    });
  }

  private refused(what: string, error: number): void {
    this.complain(`${what}: AgentX error ${error}`);
    if (what === 'open') this.socket?.destroy();
  }

  /** A master that has hung says nothing at all: the next ping finds its former one unanswered. */
  private askAlive(): void {
    if (this.awaited.size > 0) this.socket?.destroy();
    else this.request({ type: 'ping' });
  }

  private complain(reason: string): void {
    if (this.isTold || this.hasEnded) return;
    this.isTold = true;
    this.parts.tell({ news: 'no-master', reason });
  }

  private lost(): void {
    clearInterval(this.ping);
    this.awaited.clear();
    this.pending.clear();
    if (this.isOpen && !this.hasEnded) this.parts.tell({ news: 'lost' });
    this.isOpen = false;
    if (this.hasEnded) return;
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.timer.unref();
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  private request(
    message: Administration,
    answered: (answer: Response, session: number) => void = () => undefined,
  ): void {
    this.packets = (this.packets + 1) >>> 0;
    const packet = this.packets;
    this.awaited.set(packet, (answer) => answered(answer, this.answering));
    this.send({ session: this.session, transaction: 0, packet }, message);
  }

  /** The session of the message that is being looked at: that of `open` is a new one. */
  private answering = 0;

  private send(envelope: Envelope, message: Administration | Response): void {
    if (this.socket?.writable) this.socket.write(encode(envelope, message));
  }

  private receive(bytes: Buffer): void {
    this.input = this.input.length === 0 ? bytes : Buffer.concat([this.input, bytes]);
    for (;;) {
      const length = messageLength(this.input);
      if (length === undefined) return;
      if (length > LONGEST) {
        this.complain(`a message of ${length} bytes`);
        this.socket?.destroy();
        return;
      }
      if (this.input.length < length) return;
      const message = decode(this.input.subarray(0, length));
      this.input = this.input.subarray(length);
      if (message) this.take(message.envelope, message.message);
    }
  }

  private take(envelope: Envelope, message: Request | Response): void {
    switch (message.type) {
      case 'response': {
        const answered = this.awaited.get(envelope.packet);
        this.awaited.delete(envelope.packet);
        this.answering = envelope.session;
        answered?.(message);
        return;
      }
      case 'close':
        this.socket?.destroy();
        return;
      default:
        void this.answered(envelope, message).then(
          (answer) => answer && this.send(envelope, answer),
          () => this.send(envelope, response([], errors['general-error'])),
        );
    }
  }

  private async answered(
    { transaction }: Envelope,
    message: Exclude<Request, { type: 'close' }>,
  ): Promise<Response | undefined> {
    switch (message.type) {
      case 'test-set':
        return this.test(transaction, await this.parts.view(), message.varBinds);
      case 'commit-set':
      case 'undo-set': {
        const command = message.type === 'commit-set' ? 'apply' : 'undo';
        for (const change of this.pending.get(transaction) ?? []) {
          this.parts.change(change[command]);
        }
        return response([]);
      }
      case 'cleanup-set':
        // The only message that no answer is waited for (RFC 2741 §7.2.4.3).
        this.pending.delete(transaction);
        return undefined;
      default:
        return answer(this.parts.tree, await this.parts.view(), message);
    }
  }

  private test(transaction: number, view: V, varBinds: readonly VarBind[]): Response {
    const changes: Change<C>[] = [];
    for (const [i, { oid, value }] of varBinds.entries()) {
      if (value.type.startsWith('no-such') || value.type === 'end-of-mib-view') {
        return response([], errors['wrong-type'], i + 1);
      }
      const change = this.parts.tree.set(view, oid, value as Exclude<typeof value, NoValue>);
      if (typeof change === 'string') return response([], errors[change], i + 1);
      changes.push(change);
    }
    this.pending.set(transaction, changes);
    return response([]);
  }
}

type NoValue = { type: 'no-such-object' | 'no-such-instance' | 'end-of-mib-view' };

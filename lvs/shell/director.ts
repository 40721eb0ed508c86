import { KernelError } from '@keepalived-ts/base/errors.js';
import { invariant } from '@keepalived-ts/base/invariant.js';
import { type Alarm, after, type Clock, seconds } from '@keepalived-ts/base/time.js';
import { IpvsClient, type Outcome } from '@keepalived-ts/ipvs-netlink/client.js';
import type { IpvsCommand } from '@keepalived-ts/ipvs-netlink/command.js';
import type { Timeouts } from '@keepalived-ts/ipvs-netlink/settings.js';
import { serviceKey } from '@keepalived-ts/ipvs-netlink/types.js';
import { inNetwork } from '@keepalived-ts/raw-socket/thread.js';
import type { IpvsPlan } from '#lvs/core/ipvs-plan.js';
import { perform, reconcile, serviceOf } from '#lvs/core/reconcile.js';
import { type Table, type TableEntry, tableOf } from '#lvs/core/table.js';
import type { Heirloom } from '#src/ipc/heirloom.js';
import type { AllTraffic } from '../core/traffic.js';
import { type Refusal, Refusals } from './refusals.js';
import { readTraffic } from './traffic.js';
import { type IpvsSettings, WholeTable } from './whole-table.js';

export type { Refusal } from './refusals.js';

/** What the director needs of an `IpvsClient`. */
export type Ipvs = IpvsSettings &
  Pick<IpvsClient, 'services' | 'destinations' | 'daemons' | 'close'>;

/**
 * Opens the kernel's IPVS, which a thread may do before it knows what for; that of another network
 * namespace if one is named. A socket stays in the namespace it was opened in.
 */
export const openIpvs = ({ namespace, buffer }: OpenOptions = {}): Promise<Ipvs> =>
  namespace === undefined
    ? IpvsClient.open(buffer)
    : inNetwork(namespace, () => IpvsClient.open(buffer));

type OpenOptions = Pick<IpvsPlan, 'namespace' | 'buffer'>;

export interface DirectorOptions {
  ipvs: Ipvs;
  clock: Clock;
  alarm: Alarm;
  timeouts: Heirloom<Timeouts>;
  /** Told of what is refused when the director tries again by itself. */
  onRefusals: (refusals: Refusal[]) => void;
}

const NOTHING: Table = new Map();
/** How often a stale picture of the kernel's table is renewed before that counts as a refusal. */
const ROUNDS = 3;
const PAUSE_WITHOUT_ANSWER = seconds(1);

/**
 * Keeps the kernel's IPVS table in line with what is wanted.
 *
 * Services that were never wanted here are left alone. One that is already there when it is first
 * wanted, from a crashed run or made by hand, is taken over with its connections and counters.
 * Afterwards the director knows what the kernel holds, and only differences are sent.
 *
 * Differs: destinations that are found in such a service but not wanted are removed; keepalived
 * leaves them, which keeps dead servers of a crashed run in service.
 */
export class Director {
  /** Settings of the kernel's table that are no service's. */
  readonly whole: WholeTable;
  readonly #options: DirectorOptions;
  readonly #refusals = new Refusals();
  #wanted: Table = NOTHING;
  /** What the kernel holds of ours, as far as it is known. */
  #actual = new Map<string, TableEntry>();
  /** Services of which is not known what the kernel holds. */
  readonly #unknown = new Set<string>();
  #queued: Promise<Refusal[]> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: DirectorOptions) {
    this.#options = options;
    this.whole = new WholeTable(options.ipvs, options.timeouts);
  }

  /**
   * A director of the kernel's IPVS, which the caller may be opening already; rejects with words
   * for the log where there is none.
   */
  static async open(
    options: Omit<DirectorOptions, 'ipvs'>,
    opening: Promise<Ipvs> = openIpvs(),
  ): Promise<Director> {
    const ipvs = await opening.catch((error: unknown) => {
      if (!(error instanceof KernelError && error.code === 'ENOENT')) throw error;
      const words = 'the kernel has no IPVS and could not load its module ip_vs';
      throw new KernelError("IPVS: Can't initialize ipvs", error.errno, error.code, words);
    });
    return new Director({ ...options, ipvs });
  }

  /**
   * Takes over services of a former run, by key, and gives what the kernel holds of them; those
   * that the next table does not want are removed.
   */
  async adopt(keys: Iterable<string>): Promise<Table> {
    for (const key of keys) this.#unknown.add(key);
    await this.#learn(NOTHING);
    return new Map(this.#actual);
  }

  /**
   * Makes this the table. Resolves when the kernel has answered, with what it refused; that is
   * tried again later. Of tables that come while a batch is under way only the last one counts.
   */
  apply(wanted: Table): Promise<Refusal[]> {
    this.#wanted = wanted;
    this.#queued ??= this.#last.then(() => {
      this.#queued = undefined;
      return this.#settle();
    });
    this.#last = this.#queued;
    return this.#queued;
  }

  /**
   * Removes every service of ours. Each is one command, whatever the number of its real servers.
   * What remains, for the kernel has refused, is returned.
   */
  async withdraw(): Promise<Refusal[]> {
    let refused: Refusal[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      this.#refusals.clear();
      refused = await this.apply(NOTHING);
      if (refused.length === 0) break;
    }
    this.#options.alarm.set(null, () => {});
    return refused;
  }

  /** What has passed through the services of ours. */
  traffic(): Promise<AllTraffic> {
    return readTraffic(this.#options.ipvs, (key) => this.#wanted.has(key));
  }

  /** Leaves the table as it is. */
  close(): void {
    this.#options.alarm.set(null, () => {});
    this.#options.ipvs.close();
  }

  /** Sends differences until there are none that can be sent. */
  async #settle(): Promise<Refusal[]> {
    const { clock, alarm } = this.#options;
    const refused: Refusal[] = [];
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        const failures = await this.#send(this.#wanted);
        for (const { command, error, stale } of failures) {
          if (stale && round < ROUNDS) continue;
          this.#refusals.add(command, clock.now());
          refused.push({ service: serviceOf(command), words: error.message, error });
        }
        if (!failures.some(({ stale }) => stale)) break;
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      refused.push({ service: undefined, words: error.message, error });
      alarm.set(after(clock.now(), PAUSE_WITHOUT_ANSWER), () => this.#retry());
      return refused;
    }
    alarm.set(this.#refusals.next, () => this.#retry());
    return refused;
  }

  #retry(): void {
    void this.apply(this.#wanted).then((refused) => {
      if (refused.length > 0) this.#options.onRefusals(refused);
    });
  }

  /** Sends what differs, once. */
  async #send(wanted: Table): Promise<Failure[]> {
    const { ipvs, clock } = this.#options;
    await this.#learn(wanted);
    const needed = reconcile(wanted, this.#actual);
    const commands = this.#refusals.admitted(needed, clock.now());
    const outcomes = await ipvs.batch(commands);
    if (commands.length < needed.length || !outcomes.every(({ ok }) => ok)) {
      return this.#record(commands, outcomes);
    }
    // The very entries, so that the next comparison ends with their identity.
    this.#actual = new Map(wanted);
    this.#refusals.clear();
    return [];
  }

  /**
   * Asks the kernel about services that are wanted or were, where its state is not known. Others
   * that turn out to be gone, as after `ipvsadm -C`, are known to be so then.
   */
  async #learn(wanted: Table): Promise<void> {
    for (const key of wanted.keys()) if (!this.#actual.has(key)) this.#unknown.add(key);
    if (this.#unknown.size === 0) return;
    const { ipvs } = this.#options;
    const found = new Map<string, TableEntry>();
    const gone = new Set(this.#actual.keys());
    for (const { service } of await ipvs.services()) {
      const key = serviceKey(service.id);
      gone.delete(key);
      if (!this.#unknown.has(key)) continue;
      const entries = await ipvs.destinations(service.id);
      const destinations = entries.map(({ destination }) => destination);
      for (const [, entry] of tableOf([{ service, destinations }])) found.set(key, entry);
    }
    for (const key of [...this.#unknown, ...gone]) this.#actual.delete(key);
    for (const [key, entry] of found) this.#actual.set(key, entry);
    this.#unknown.clear();
  }

  /**
   * Takes the outcomes into the picture. Returns the failures, without those that follow from
   * the refusal of their service. After a failure the kernel is asked what it holds.
   */
  #record(commands: readonly IpvsCommand[], outcomes: readonly Outcome[]): Failure[] {
    const done: IpvsCommand[] = [];
    const failures: Failure[] = [];
    const missing = new Set<string | undefined>();
    for (const [i, command] of commands.entries()) {
      const outcome = outcomes[i];
      invariant(outcome !== undefined, 'a command without outcome');
      if (outcome.ok) {
        done.push(command);
        this.#refusals.forget(command);
        continue;
      }
      const { error } = outcome;
      const key = serviceOf(command);
      if (key !== undefined) this.#unknown.add(key);
      if (missing.has(key)) continue;
      const stale = isStale(command, error);
      if (command.do === 'new-service' && !stale) missing.add(key);
      failures.push({ command, error, stale });
    }
    perform(this.#actual, done);
    return failures;
  }
}

interface Failure {
  command: IpvsCommand;
  error: KernelError;
  /** The kernel's table is not as we thought: somebody else has changed it. */
  stale: boolean;
}

/**
 * Whether the refusal only says that there is something, or is not. ENOENT is ambiguous: for a
 * service it means an unknown scheduler or persistence engine.
 */
const isStale = (command: IpvsCommand, { code }: KernelError): boolean =>
  code === 'ESRCH' ||
  (code === 'EEXIST' && (command.do === 'new-service' || command.do === 'new-destination')) ||
  (code === 'ENOENT' && (command.do === 'set-destination' || command.do === 'delete-destination'));

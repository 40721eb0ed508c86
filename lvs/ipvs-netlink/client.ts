import { KernelError } from '@keepalived-ts/base/errors.js';
import { milliseconds } from '@keepalived-ts/base/time.js';
import { type Attributes, Malformed, type Payload } from '@keepalived-ts/netlink/attributes.js';
import { NetlinkClient, type Outcome } from '@keepalived-ts/netlink/client.js';
import {
  type Family,
  genericRequest,
  parseGeneric,
  resolveFamily,
} from '@keepalived-ts/netlink/generic.js';
import type { Message, Request } from '@keepalived-ts/netlink/message.js';
import type { BufferOptions } from '@keepalived-ts/netlink/socket.js';
import { NETLINK_GENERIC } from '@keepalived-ts/raw-socket/constants.js';
import { CommandRequest, type IpvsCommand } from './command.js';
import {
  IPVS_CMD_GET_CONFIG,
  IPVS_CMD_GET_DAEMON,
  IPVS_CMD_GET_DEST,
  IPVS_CMD_GET_INFO,
  IPVS_CMD_GET_SERVICE,
  IPVS_GENL_NAME,
} from './constants.js';
import { readDaemon, type SyncDaemon } from './daemon.js';
import { type DestinationEntry, readDestination } from './destination.js';
import { putServiceId, readService, type ServiceEntry } from './service.js';
import { type Info, readInfo, readTimeouts, type Timeouts } from './settings.js';
import { type ServiceId, serviceFamily, serviceKey } from './types.js';

export type { Outcome } from '@keepalived-ts/netlink/client.js';

type Reader<T> = (message: Attributes) => T | Malformed;

/** Commands encoded and under way at a time: thousands at once would only burden memory. */
const MOST_AT_ONCE = 512;
/** How long the kernel may keep the thread: nobody here waits as one waits for a VRRP router. */
const PATIENCE = milliseconds(10);

/** Applies a reader to a message of the family. */
const reading =
  <T>(read: Reader<T>) =>
  (message: Message): T | Malformed => {
    const generic = parseGeneric(message);
    return generic instanceof Malformed ? generic : read(generic.attributes);
  };

/**
 * The IPVS of the network namespace that the calling thread is in.
 *
 * Every method rejects with a `KernelError` that names the operation. An open client does not
 * keep the process alive.
 */
export class IpvsClient {
  readonly #netlink: NetlinkClient;
  readonly #family: Family;

  private constructor(netlink: NetlinkClient, family: Family) {
    this.#netlink = netlink;
    this.#family = family;
  }

  /**
   * Rejects with ENOENT where the kernel has no IPVS and can't load it. Needs CAP_NET_ADMIN.
   *
   * `buffer`: another room for answers than a client takes by itself.
   */
  static async open(buffer?: BufferOptions): Promise<IpvsClient> {
    const options = { slice: PATIENCE, sparse: true, ...buffer };
    const netlink = NetlinkClient.open(NETLINK_GENERIC, options);
    try {
      return new IpvsClient(netlink, await resolveFamily(netlink, IPVS_GENL_NAME));
    } catch (error) {
      netlink.close();
      throw error;
    }
  }

  /**
   * Sends commands many to a system call. The outcomes stand in the order of the commands; a
   * refused one names itself in its error and does not stop the others.
   */
  async batch(commands: readonly IpvsCommand[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let from = 0; from < commands.length; from += MOST_AT_ONCE) {
      const slice = commands.slice(from, from + MOST_AT_ONCE);
      const requests = slice.map((command) => new CommandRequest(this.#family, command));
      outcomes.push(...(await this.#netlink.batch(requests)));
    }
    return outcomes;
  }

  /** One command. */
  async run(command: IpvsCommand): Promise<void> {
    await this.#netlink.request(new CommandRequest(this.#family, command));
  }

  /** Every service, with statistics. */
  services(): Promise<ServiceEntry[]> {
    return this.#list('list services', IPVS_CMD_GET_SERVICE, readService);
  }

  /** One service, or `undefined` where there is none. */
  async service(id: ServiceId): Promise<ServiceEntry | undefined> {
    try {
      return await this.#get(
        `get service ${serviceKey(id)}`,
        IPVS_CMD_GET_SERVICE,
        readService,
        (p) => putServiceId(p, id),
      );
    } catch (error) {
      if (error instanceof KernelError && error.code === 'ESRCH') return undefined;
      throw error;
    }
  }

  /** The destinations of a service, with statistics; none where there is no such service. */
  destinations(id: ServiceId): Promise<DestinationEntry[]> {
    const read: Reader<DestinationEntry> = (message) => readDestination(message, serviceFamily(id));
    return this.#list(
      `list destinations of ${serviceKey(id)}`,
      IPVS_CMD_GET_DEST,
      read,
      (payload) => putServiceId(payload, id),
    );
  }

  /** The sync daemons that run: none, or one of each state. */
  daemons(): Promise<SyncDaemon[]> {
    return this.#list('list sync daemons', IPVS_CMD_GET_DAEMON, readDaemon);
  }

  timeouts(): Promise<Timeouts> {
    return this.#get('get timeouts', IPVS_CMD_GET_CONFIG, readTimeouts);
  }

  info(): Promise<Info> {
    return this.#get('get IPVS info', IPVS_CMD_GET_INFO, readInfo);
  }

  /** Commands under way are given up. */
  close(): void {
    this.#netlink.close();
  }

  #request(operation: string, command: number, fill?: (payload: Payload) => void): Request {
    return genericRequest({ family: this.#family, command, operation, ...(fill && { fill }) });
  }

  #list<T>(
    operation: string,
    command: number,
    read: Reader<T>,
    fill?: (payload: Payload) => void,
  ): Promise<T[]> {
    return this.#netlink.list(this.#request(operation, command, fill), reading(read));
  }

  async #get<T>(
    operation: string,
    command: number,
    read: Reader<T>,
    fill?: (payload: Payload) => void,
  ): Promise<T> {
    const replies = await this.#netlink.request(this.#request(operation, command, fill));
    const value = replies[0] ? reading(read)(replies[0]) : new Malformed('no-answer');
    if (value instanceof Malformed) throw unreadable(operation, value);
    return value;
  }
}

/** The kernel's answer is not of the form that <linux/ip_vs.h> describes. */
const unreadable = (operation: string, { reason }: Malformed): KernelError =>
  new KernelError(operation, 74, 'EBADMSG', reason);

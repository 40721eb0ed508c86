import { Capture } from '../support/capture.js';
import type { Daemon, StartDaemon } from '../support/daemons.js';
import { Lan, type NetNode } from '../support/netns.js';
import type { Running } from '../support/process.js';
import { until } from '../support/wait.js';

/** VRIDs end at 255, so that many instances need several segments. */
const PER_SEGMENT = 250;

/** The instances of one segment, each with a VIP of its own. */
const segmentsOf = (instances: number): number[] =>
  Array.from({ length: Math.ceil(instances / PER_SEGMENT) }, (_, i) =>
    Math.min(PER_SEGMENT, instances - i * PER_SEGMENT),
  );

const vipOf = (segment: number, vrid: number): string => `10.${100 + segment}.1.${vrid}`;

/** So many instances with `advert_int 1`, at most 250 to an interface. */
function configuration(instances: number, priority: number): string {
  return segmentsOf(instances)
    .flatMap((size, segment) =>
      Array.from({ length: size }, (_, i) =>
        [
          `vrrp_instance I${segment}_${i + 1} {`,
          `    interface eth${segment}`,
          `    virtual_router_id ${i + 1}`,
          `    priority ${priority}`,
          '    advert_int 1',
          `    virtual_ipaddress {\n        ${vipOf(segment, i + 1)}\n    }\n}\n`,
        ].join('\n'),
      ),
    )
    .join('\n');
}

/** An address that came (`added`) or went, and when `ip monitor` heard of it. */
interface Change {
  at: number;
  added: boolean;
  address: string;
}

/** What became of the addresses of a node, as the kernel tells it (ip-monitor(8)). */
class Diary {
  readonly #monitor: Running;

  constructor(node: NetNode) {
    this.#monitor = node.spawn([
      'ip',
      '-rcvbuf',
      '16777216',
      '-4',
      '-o',
      '-ts',
      'monitor',
      'address',
    ]);
  }

  get changes(): Change[] {
    const line = /^\[([^\]]+)\] (Deleted )?\d+: \S+\s+inet ([\d.]+)/gm;
    return [...this.#monitor.output.matchAll(line)].map(([, at = '', deleted, address = '']) => ({
      at: new Date(at).getTime(),
      added: deleted === undefined,
      address,
    }));
  }
}

/** How the death of the master went, in milliseconds. */
export interface Failover {
  /** The slowest VIP: from the master's last advert for it until the other node has it. */
  held: number;
  /** Until the other node has announced it, too. */
  announced: number;
  /** Of all VIPs, from the kill until the last is held and announced. */
  whole: number;
}

/** A strong and a weak node with the same instances, and one that listens to both. */
export class FleetPair {
  readonly #lan: Lan;
  readonly #instances: number;
  readonly #start: StartDaemon;
  readonly #diaries: { strong: Diary; weak: Diary };
  strong: Daemon | undefined;
  weak: Daemon | undefined;

  private constructor(lan: Lan, instances: number, start: StartDaemon) {
    this.#lan = lan;
    this.#instances = instances;
    this.#start = start;
    this.#diaries = { strong: new Diary(lan.node('strong')), weak: new Diary(lan.node('weak')) };
  }

  static async create(instances: number, start: StartDaemon): Promise<FleetPair> {
    const lan = await Lan.create({ nodes: ['strong', 'weak', 'observer'] });
    for (const segment of segmentsOf(instances).keys()) {
      if (segment === 0) continue;
      await lan.addSegment(`br${segment}`);
      for (const [i, node] of [...lan.nodes.values()].entries()) {
        const address = `10.77.${segment}.${i + 1}/24`;
        await node.connect(`eth${segment}`, address, `br${segment}`);
      }
    }
    return new FleetPair(lan, instances, start);
  }

  /** Starts the strong node, lets it have everything, then starts the weak one. */
  async start(): Promise<void> {
    this.strong = await this.#start(this.#lan.node('strong'), configuration(this.#instances, 150));
    await this.#owns('strong', 180_000);
    this.weak = await this.#start(this.#lan.node('weak'), configuration(this.#instances, 100));
  }

  async #owns(who: 'strong' | 'weak', within: number): Promise<void> {
    const look = (): boolean =>
      this.#diaries[who].changes.filter(({ added }) => added).length >= this.#instances;
    await until(`${who} has all addresses`, look, { within, every: 200 });
  }

  /** Addresses that changed hands so far; the first masters' own are not among them. */
  get transitions(): number {
    const { strong, weak } = this.#diaries;
    return strong.changes.length - this.#instances + weak.changes.length;
  }

  /** SIGKILL for all processes of the strong node; waits until the weak one has taken over. */
  async failOver(patience = 180_000): Promise<Failover> {
    const observer = this.#lan.node('observer');
    const captures = await Promise.all(
      segmentsOf(this.#instances).map((_, i) =>
        Capture.begin(observer, 'ip proto 112 or arp', `eth${i}`),
      ),
    );
    // Every router has been heard then.
    await until(
      'adverts of all instances',
      () => captures.every((c, i) => vrids(c).size === segmentsOf(this.#instances)[i]),
      { within: 20_000, every: 200 },
    );
    const killed = Date.now();
    await this.strong?.crash();
    await this.#owns('weak', patience);
    const heard = (): Map<string, number>[] => captures.map((c) => firstArps(c, killed));
    const all = (): boolean => heard().reduce((n, arps) => n + arps.size, 0) >= this.#instances;
    await until('all addresses are announced', all, { within: patience, every: 200 });
    for (const capture of captures) await capture.end();
    return this.#judge(captures, killed);
  }

  #judge(captures: readonly Capture[], killed: number): Failover {
    const gained = new Map(this.#diaries.weak.changes.map(({ address, at }) => [address, at]));
    const worst: Failover = { held: 0, announced: 0, whole: 0 };
    for (const [segment, capture] of captures.entries()) {
      const arps = firstArps(capture, killed);
      for (const [vrid, last] of vrids(capture)) {
        const held = gained.get(vipOf(segment, vrid)) ?? Number.NaN;
        const announced = Math.max(held, arps.get(vipOf(segment, vrid)) ?? Number.NaN);
        worst.held = Math.max(worst.held, held - last);
        worst.announced = Math.max(worst.announced, announced - last);
        worst.whole = Math.max(worst.whole, announced - killed);
      }
    }
    return worst;
  }

  remove(): Promise<void> {
    return this.#lan.remove();
  }
}

const STRONG = 150;

/** When each router's strong node was heard last. */
const vrids = (capture: Capture): Map<number, number> =>
  new Map(
    capture
      .adverts()
      .filter(({ priority }) => priority === STRONG)
      .map(({ vrid, at }) => [vrid, at]),
  );

/** When each address was first announced after a time. */
function firstArps(capture: Capture, since: number): Map<string, number> {
  const first = new Map<string, number>();
  for (const { address, at } of capture.gratuitousArps()) {
    if (at >= since && !first.has(address)) first.set(address, at);
  }
  return first;
}

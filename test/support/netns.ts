import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Running, run } from './process.js';
import { until } from './wait.js';

/** Why network namespaces can't be used here, or undefined when they can; for `skipIf`. */
export const noNamespaces: string | undefined =
  process.getuid?.() !== 0
    ? 'needs root'
    : spawnSync('ip', ['-V']).status !== 0
      ? 'needs iproute2'
      : undefined;

/** An address as `ip -j address` shows it. */
export interface ShownAddress {
  family: 'inet' | 'inet6';
  local: string;
  prefixlen: number;
  broadcast?: string;
  scope: string;
  label?: string;
  protocol?: string;
}

/** The bridge that every node's `eth0` is connected to. */
const FIRST_SEGMENT = 'br0';

/** A machine of the LAN: a namespace with an interface `eth0` on the LAN's bridge. */
export class NetNode {
  readonly lan: Lan;
  readonly name: string;
  readonly namespace: string;
  /** The address of `eth0`. */
  readonly address: string;
  /** A directory of its own for configuration, pid files and scripts; removed with the LAN. */
  readonly directory: string;

  constructor(lan: Lan, name: string, address: string, directory: string) {
    this.lan = lan;
    this.name = name;
    this.namespace = `${lan.prefix}${name}`;
    this.address = address;
    this.directory = directory;
  }

  /** The command that runs `argv` in the node's network; the pid stays that of the program. */
  command(argv: readonly string[]): string[] {
    return ['nsenter', `--net=/run/netns/${this.namespace}`, '--', ...argv];
  }

  /** Runs a program to its end in the node's network and gives its standard output. */
  exec(...argv: string[]): Promise<string> {
    return run(this.command(argv));
  }

  /** Starts a program in the node's network; it is ended with the LAN at the latest. */
  spawn(
    argv: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    bytes?: (chunk: Buffer) => void,
  ): Running {
    const name = `${this.name}: ${argv.join(' ')}`;
    const child = new Running(name, this.command(argv), environment, bytes);
    this.lan.running.add(child);
    return child;
  }

  /** `ip ...` in the node. */
  ip(words: string): Promise<string> {
    return run(['ip', '-n', this.namespace, ...words.split(' ')]);
  }

  async addresses(device = 'eth0'): Promise<ShownAddress[]> {
    const [link] = JSON.parse(
      await run(['ip', '-j', '-n', this.namespace, 'address', 'show', 'dev', device]),
    ) as [{ addr_info: ShownAddress[] }?];
    return link?.addr_info ?? [];
  }

  async has(address: string, device = 'eth0'): Promise<boolean> {
    return (await this.addresses(device)).some((shown) => shown.local === address);
  }

  /** Waits until the address is there. */
  gains(address: string, within = 30_000, device = 'eth0'): Promise<true> {
    return until(`${this.name} has ${address}`, () => this.has(address, device), { within });
  }

  /** Waits until the address is gone. */
  async loses(address: string, within = 30_000, device = 'eth0'): Promise<void> {
    const lost = async (): Promise<boolean> => !(await this.has(address, device));
    await until(`${this.name} is without ${address}`, lost, { within });
  }

  /** Connects one more interface to the LAN's bridge, or to another segment's. */
  async connect(device: string, address?: string, segment = FIRST_SEGMENT): Promise<void> {
    const port = `p${++this.lan.ports}`;
    await this.lan.batch(this.lan.bridge, [
      `link add ${port} type veth peer name ${device} netns ${this.namespace}`,
      `link set ${port} master ${segment} up`,
    ]);
    await this.lan.batch(this.namespace, [
      ...(address === undefined ? [] : [`address add ${address} dev ${device}`]),
      `link set ${device} up`,
    ]);
  }

  /** Pulls the interface out of the machine, address and all. */
  disconnect(device = 'eth0'): Promise<string> {
    return this.ip(`link delete ${device}`);
  }

  /** Takes the interface down or up, as an operator does. */
  link(state: 'up' | 'down', device = 'eth0'): Promise<string> {
    return this.ip(`link set ${device} ${state}`);
  }
}

export interface LanOptions {
  nodes: readonly string[];
  /** The first three octets of the LAN's /24; node i has .(i+1). */
  subnet?: string;
}

/**
 * A LAN of network namespaces: a bridge in a namespace of its own, and a namespace per node.
 *
 * Nothing of it is seen from outside: bridge and cables exist only inside. The names carry the
 * pid of the test; what a killed test left behind is swept up by the next one.
 */
export class Lan {
  private static made = 0;
  private static readonly alive = new Set<Lan>();

  readonly prefix: string;
  readonly bridge: string;
  readonly subnet: string;
  readonly directory: string;
  readonly nodes = new Map<string, NetNode>();
  readonly running = new Set<Running>();
  ports = 0;

  private constructor(subnet: string) {
    this.prefix = `kt-${process.pid}-${++Lan.made}-`;
    this.bridge = `${this.prefix}lan`;
    this.subnet = subnet;
    this.directory = mkdtempSync(join(tmpdir(), this.prefix));
  }

  static async create({ nodes, subnet = '10.77.0' }: LanOptions): Promise<Lan> {
    if (Lan.made === 0) await prepare();
    const lan = new Lan(subnet);
    Lan.alive.add(lan);
    try {
      await lan.build(nodes);
    } catch (error) {
      await lan.remove();
      throw error;
    }
    return lan;
  }

  private async build(names: readonly string[]): Promise<void> {
    await run(['ip', 'netns', 'add', this.bridge]);
    await this.batch(this.bridge, ['link set lo up']);
    await this.addSegment(FIRST_SEGMENT);
    for (const [i, name] of names.entries()) {
      const address = `${this.subnet}.${i + 1}`;
      const node = new NetNode(this, name, address, mkdtempSync(join(this.directory, `${name}-`)));
      this.nodes.set(name, node);
      await run(['ip', 'netns', 'add', node.namespace]);
      await node.ip('link set lo up');
      await node.connect('eth0', `${address}/24`);
    }
  }

  /** One more bridge, for interfaces that do not hear those of the others. */
  async addSegment(name: string): Promise<void> {
    await this.batch(this.bridge, [
      `link add ${name} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
      `link set ${name} up`,
    ]);
  }

  /** Many `ip` commands in one process. */
  batch(namespace: string, lines: readonly string[]): Promise<string> {
    return run(['ip', '-n', namespace, '-batch', '-'], `${lines.join('\n')}\n`);
  }

  node(name: string): NetNode {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`the LAN has no node ${name}`);
    return node;
  }

  /** Ends every program in it and takes everything away. */
  async remove(): Promise<void> {
    await Promise.all([...this.running].map((child) => child.stop('SIGKILL')));
    this.demolish();
  }

  /** The same without waiting, for the end of the test process. */
  demolish(): void {
    for (const child of this.running) child.signal('SIGKILL');
    for (const namespace of [...this.nodes.values()].map((n) => n.namespace).concat(this.bridge)) {
      destroy(namespace);
    }
    rmSync(this.directory, { recursive: true, force: true });
    Lan.alive.delete(this);
  }

  static demolishAll(): void {
    for (const lan of Lan.alive) lan.demolish();
  }
}

/** Ends what still runs in a namespace of ours (scripts of a killed daemon) and deletes it. */
function destroy(namespace: string): void {
  const pids = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  for (const pid of (pids.stdout ?? '').split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // it ended by itself meanwhile
    }
  }
  spawnSync('ip', ['netns', 'delete', namespace]);
}

/** Before the first LAN: clean up at whatever end, and sweep what killed tests left. */
async function prepare(): Promise<void> {
  process.on('exit', () => Lan.demolishAll());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(130));
  }
  const names = await readdir('/run/netns').catch(() => []);
  for (const name of names) {
    if (isOrphan(name)) destroy(name);
  }
  for (const name of await readdir(tmpdir())) {
    if (isOrphan(name)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isOrphan(name: string): boolean {
  const owner = /^kt-(\d+)-\d+-/.exec(name)?.[1];
  return owner !== undefined && !exists(Number(owner));
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

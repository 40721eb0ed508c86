import { execFileSync } from 'node:child_process';

/** The address that clients use; it moves between the directors. */
export const VIP = '10.77.0.100';

/** Every host of the tour and its own address on the one LAN, 10.77.0.0/24. */
export const hosts = {
  client: '10.77.0.1',
  'director-1': '10.77.0.2',
  'director-2': '10.77.0.3',
  'web-1': '10.77.0.11',
  'web-2': '10.77.0.12',
  sorry: '10.77.0.30',
} as const;
export type Host = keyof typeof hosts;
const names = Object.keys(hosts) as Host[];

/** Servers behind direct routing own the VIP too and answer clients themselves. */
const servers: readonly Host[] = ['web-1', 'web-2', 'sorry'];

/**
 * A bridge in one namespace and a host in each of six others. The names carry our pid, so two
 * tours do not meet; `remove` takes all of it away again.
 */
export class Network {
  readonly #prefix = `tour${process.pid}-`;
  readonly #made: string[] = [];

  build(): void {
    const bridge = this.#add('lan');
    const ports = ['link add br0 type bridge', 'link set br0 up'];
    for (const [index, host] of names.entries()) {
      const ns = this.#add(host);
      const cable = `port${index} type veth peer name eth0 netns ${ns}`;
      ports.push(`link add ${cable}`, `link set port${index} master br0 up`);
    }
    this.#batch(bridge, ports);
    for (const host of names) {
      const lines = [`addr add ${hosts[host]}/24 dev eth0`, 'link set lo up', 'link set eth0 up'];
      if (servers.includes(host)) lines.push(`addr add ${VIP}/32 dev lo`);
      this.#batch(this.namespace(host), lines);
    }
  }

  namespace(host: Host | 'lan'): string {
    return `${this.#prefix}${host}`;
  }

  /** Runs a program in a host's namespace and returns what it printed. */
  run(host: Host, program: string, ...args: string[]): string {
    const argv = ['netns', 'exec', this.namespace(host), program, ...args];
    return execFileSync('ip', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** As a power cut would look to the rest of the LAN. */
  unplug(host: Host): void {
    this.ip('-n', this.namespace(host), 'link', 'set', 'eth0', 'down');
  }

  holdsVip(host: Host): boolean {
    return this.ip('-n', this.namespace(host), '-o', 'addr', 'show', 'dev', 'eth0', 'up').includes(
      ` ${VIP}/`,
    );
  }

  remove(): void {
    for (const ns of this.#made.splice(0).reverse()) this.ip('netns', 'del', ns);
  }

  ip(...args: string[]): string {
    return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  #add(name: Host | 'lan'): string {
    const ns = this.namespace(name);
    this.ip('netns', 'add', ns);
    this.#made.push(ns);
    return ns;
  }

  /** Many `ip` commands in one process. */
  #batch(ns: string, lines: readonly string[]): void {
    execFileSync('ip', ['-n', ns, '-batch', '-'], { input: lines.join('\n'), encoding: 'utf8' });
  }
}

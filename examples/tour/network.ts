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

/** Servers behind direct routing own the VIP too, silently, and answer clients themselves. */
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
    this.ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge');
    this.ip('-n', bridge, 'link', 'set', 'br0', 'up');
    for (const [index, [host, address]] of (Object.entries(hosts) as [Host, string][]).entries()) {
      const ns = this.#add(host);
      const port = `port${index}`;
      const peer = ['peer', 'name', port, 'netns', bridge];
      this.ip('-n', ns, 'link', 'add', 'eth0', 'type', 'veth', ...peer);
      this.ip('-n', bridge, 'link', 'set', port, 'master', 'br0', 'up');
      this.ip('-n', ns, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      this.ip('-n', ns, 'link', 'set', 'lo', 'up');
      this.ip('-n', ns, 'link', 'set', 'eth0', 'up');
    }
    for (const host of servers) this.#ownVipSilently(host);
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

  #ownVipSilently(host: Host): void {
    for (const key of ['arp_ignore=1', 'arp_announce=2']) {
      this.run(host, 'sysctl', '-qw', `net.ipv4.conf.all.${key}`);
    }
    this.run(host, 'ip', 'addr', 'add', `${VIP}/32`, 'dev', 'lo');
  }
}

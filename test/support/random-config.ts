import { type Random, randomOf } from './random.js';

/** An instance of the model; its VRID and interface make it what it is. */
interface Instance {
  name: string;
  interface: string;
  vrid: number;
  priority: number;
  vips: string[];
  lines: string[];
}

interface Server {
  address: string;
  port: number;
  weight: number | undefined;
  check: 'TCP' | 'HTTP' | 'none';
  lines: string[];
}

interface Service {
  address: string;
  port: number;
  scheduler: string;
  servers: Server[];
  lines: string[];
}

export interface Model {
  instances: Instance[];
  services: Service[];
  /** Names and addresses handed out so far: none is given twice. */
  given: number;
}

export interface Sizes {
  instances: number;
  services: number;
  servers: number;
  /** Where the instances are. */
  interfaces?: readonly string[];
}

export const INTERFACES = ['eth0', 'eth1', 'eth2'] as const;
const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'sh'] as const;

/** What an edit of a configuration touched, so that the rest can be looked at. */
export interface Edited {
  /** In words, for a failing test. */
  what: string;
  /** Names of instances; addresses and ports of services. */
  instances: readonly string[];
  services: readonly string[];
}

/** A configuration that is edited at random, in the same way for the same seed. */
export class RandomConfig {
  readonly model: Model = { instances: [], services: [], given: 0 };
  private readonly random: Random;
  private readonly interfaces: readonly string[];

  constructor(seed: number, { instances, services, servers, interfaces = INTERFACES }: Sizes) {
    this.random = randomOf(seed);
    this.interfaces = interfaces;
    for (let i = 0; i < instances; i++) this.model.instances.push(this.instance());
    for (let i = 0; i < services; i++) this.model.services.push(this.service(servers));
  }

  /** As a keepalived.conf. */
  get text(): string {
    const { instances, services } = this.model;
    return [
      'global_defs {\n script_user root\n}',
      ...instances.map(instanceText),
      ...services.map(serviceText),
      '',
    ].join('\n');
  }

  /** The virtual routers there are. */
  get vrids(): Set<number> {
    return new Set(this.model.instances.map(({ vrid }) => vrid));
  }

  /** The addresses of all of them. */
  get vips(): string[] {
    return this.model.instances.flatMap(({ vips }) => vips);
  }

  /** Changes one thing. */
  edit(of: 'any' | 'instances' | 'services' = 'any'): Edited {
    const isVrrp = of === 'any' ? this.random.below(2) === 0 : of === 'instances';
    return isVrrp ? this.editInstances() : this.editServices();
  }

  private editInstances(): Edited {
    const { instances } = this.model;
    const vr = this.random.one(instances);
    const other = this.random.one(instances);
    const touched = (what: string, ...names: string[]): Edited => ({
      what: `${what} ${names.join(' ')}`,
      instances: names,
      services: [],
    });
    switch (this.random.below(9)) {
      case 0: {
        const added = this.instance();
        instances.splice(this.random.below(instances.length + 1), 0, added);
        return touched('add', added.name);
      }
      case 1:
        if (instances.length > 2) instances.splice(instances.indexOf(vr), 1);
        return touched('remove', vr.name);
      case 2:
        vr.priority = 1 + this.random.below(254);
        return touched('priority of', vr.name);
      case 3:
        vr.vips.push(this.vip());
        return touched('another VIP for', vr.name);
      case 4:
        if (vr.vips.length > 1) vr.vips.splice(this.random.below(vr.vips.length), 1);
        return touched('a VIP less for', vr.name);
      case 5: {
        const moved = vr.vips.length > 1 && vr !== other ? vr.vips.pop() : undefined;
        if (moved !== undefined) other.vips.unshift(moved);
        return touched('a VIP moves', vr.name, other.name);
      }
      case 6: {
        const former = vr.name;
        vr.name = this.name('VI_');
        return touched('rename', former, vr.name);
      }
      case 7:
        vr.vrid = this.vrid();
        return touched('another VRID for', vr.name);
      default:
        vr.lines =
          vr.lines.length > 0 ? [] : [this.random.one(['nopreempt', 'garp_master_repeat 2'])];
        return touched('lines of', vr.name);
    }
  }

  private editServices(): Edited {
    const { services } = this.model;
    const service = this.random.one(services);
    const server = this.random.one(service.servers);
    const touched = (what: string, ...of: Service[]): Edited => ({
      what: `${what} ${of.map(serviceName).join(' ')}`,
      instances: [],
      services: of.map(serviceName),
    });
    switch (this.random.below(10)) {
      case 0: {
        const added = this.service(1 + this.random.below(12));
        services.splice(this.random.below(services.length + 1), 0, added);
        return touched('add', added);
      }
      case 1:
        if (services.length > 2) services.splice(services.indexOf(service), 1);
        return touched('remove', service);
      case 2:
        service.scheduler = this.random.one(SCHEDULERS);
        return touched('scheduler of', service);
      case 3:
        service.servers.push(this.server());
        return touched('another server for', service);
      case 4:
        if (service.servers.length > 1) service.servers.splice(service.servers.indexOf(server), 1);
        return touched('a server less for', service);
      case 5:
        server.weight = this.random.below(5);
        return touched('a weight of', service);
      case 6:
        server.check = this.random.one(['TCP', 'HTTP', 'none']);
        return touched('a check of', service);
      case 7:
        server.lines = this.random.one([[], ['inhibit_on_failure'], ['alpha'], ['uthreshold 9']]);
        return touched('lines of a server of', service);
      case 8: {
        const former = serviceName(service);
        service.port = 1 + this.random.below(60_000);
        return {
          ...touched('another port for', service),
          services: [former, serviceName(service)],
        };
      }
      default:
        service.lines = this.random.one([
          [],
          ['quorum 3'],
          ['sorry_server 192.168.255.1 80'],
          ['alpha'],
        ]);
        return touched('lines of', service);
    }
  }

  private instance(): Instance {
    return {
      name: this.name('VI_'),
      interface: this.random.one(this.interfaces),
      vrid: this.vrid(),
      priority: 1 + this.random.below(254),
      vips: Array.from({ length: 1 + this.random.below(3) }, () => this.vip()),
      lines: [],
    };
  }

  private service(servers: number): Service {
    const n = this.next();
    return {
      address: `10.1.${n >> 8}.${n & 255}`,
      port: 80,
      scheduler: this.random.one(SCHEDULERS),
      servers: Array.from({ length: servers }, () => this.server()),
      lines: [],
    };
  }

  private server(): Server {
    const n = this.next();
    return {
      address: `192.168.${n >> 8}.${n & 255}`,
      port: 80,
      weight: undefined,
      check: this.random.one(['TCP', 'TCP', 'HTTP', 'none']),
      lines: [],
    };
  }

  /** A VRID that no instance has, on whatever interface. */
  private vrid(): number {
    const taken = this.vrids;
    for (;;) {
      const vrid = 1 + this.random.below(255);
      if (!taken.has(vrid)) return vrid;
    }
  }

  private next(): number {
    return ++this.model.given;
  }
  private name(prefix: string): string {
    return `${prefix}${this.next()}`;
  }
  private vip(): string {
    const n = this.next();
    return `10.2.${n >> 8}.${n & 255}`;
  }
}

export const serviceName = ({ address, port }: { address: string; port: number }): string =>
  `TCP ${address}:${port}`;

const instanceText = (vr: Instance): string =>
  [
    `vrrp_instance ${vr.name} {`,
    ` interface ${vr.interface}\n virtual_router_id ${vr.vrid}\n priority ${vr.priority}`,
    ...vr.lines.map((line) => ` ${line}`),
    ' virtual_ipaddress {',
    ...vr.vips.map((vip) => `  ${vip}/32`),
    ' }\n}',
  ].join('\n');

const serviceText = ({ address, port, scheduler, servers, lines }: Service): string =>
  [
    `virtual_server ${address} ${port} {`,
    ` protocol TCP\n lb_algo ${scheduler}\n lb_kind NAT\n delay_loop 2\n warmup 0`,
    ...lines.map((line) => ` ${line}`),
    ...servers.map(serverText),
    '}',
  ].join('\n');

const CHECKS = {
  TCP: '  TCP_CHECK {\n   connect_timeout 1\n  }\n',
  HTTP: '  HTTP_GET {\n   connect_timeout 1\n   url {\n    path /\n   }\n  }\n',
  none: '',
} as const;

const serverText = ({ address, port, weight, check, lines }: Server): string =>
  ` real_server ${address} ${port} {\n` +
  (weight === undefined ? '' : `  weight ${weight}\n`) +
  lines.map((line) => `  ${line}\n`).join('') +
  `${CHECKS[check]} }`;

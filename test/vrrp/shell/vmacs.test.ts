import { KernelError } from '@keepalived-ts/base/errors.js';
import type { Outcome, Request } from '@keepalived-ts/netlink/message.js';
import type { Link } from '@keepalived-ts/netlink/route/link.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { Vmacs } from '#vrrp/shell/vmacs.js';
import { kernelLink, macvlan, routerPlan, vmac, vrrpPlan } from '../core/values.js';

/** IFF_BROADCAST and IFF_MULTICAST; up, running and with a carrier, too. */
const [DOWN, UP] = [0x1002, 0x11043];

const eth0 = kernelLink();
const plan = vrrpPlan({ instances: [routerPlan({ vmac: vmac() })] });
const empty = vrrpPlan({ instances: [routerPlan()] });

/** A kernel that does what it is asked for and tells of it, as far as these interfaces go. */
class Machine {
  readonly links = new Map<string, Link>([['eth0', eth0]]);
  readonly done: string[] = [];
  /** Interfaces that are kept silent, and how many there were when that was asked for. */
  readonly silenced: { names: string; links: number }[] = [];
  refuses: (operation: string) => boolean = () => false;
  private index = 6;
  readonly vmacs = new Vmacs({
    batch: async (requests) => requests.map((request) => this.answer(request)),
    kernelLink: (name) => this.links.get(name),
    kernelLinks: () => [...this.links.values()],
    settings: {
      follow: async () => {},
      setUp: async ({ name }) => void this.done.push(`set up ${name}`),
      isReady: () => true,
      restore: async () => void this.done.push('restore'),
    },
    silence: async (some) => {
      const names = some.map(({ name }) => name).join(' ');
      if (names !== this.silenced.at(-1)?.names)
        this.silenced.push({ names, links: this.links.size });
    },
    log: ({ event }) => this.done.push(event),
    refused: (_, operation, error) => this.done.push(`refused: ${operation}: ${error.code}`),
  });

  /** The kernel tells of a change, later than it acknowledges it. */
  tell(name: string, link: Link | undefined): void {
    setImmediate(() => {
      if (link) this.links.set(name, link);
      else this.links.delete(name);
      this.vmacs.settle(name);
    });
  }

  private answer({ operation }: Request): Outcome {
    if (this.refuses(operation)) {
      return { ok: false, error: new KernelError(operation, 16, 'EBUSY') };
    }
    const link = this.links.get('vrrp.51');
    if (operation.startsWith('create')) {
      this.tell('vrrp.51', macvlan({ index: ++this.index, flags: DOWN }));
    } else if (operation.startsWith('delete')) {
      this.done.push(operation);
      this.tell('vrrp.51', undefined);
    } else if (link) {
      this.tell('vrrp.51', macvlan({ index: link.index, flags: UP }));
    }
    return { ok: true, replies: [] };
  }
}

describe('the interfaces of virtual MACs', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
  });

  it('are made and up before the plan is followed, and deleted in the end', async () => {
    expect(await machine.vmacs.follow(plan)).toEqual(plan);
    expect(machine.links.get('vrrp.51')?.flags).toBe(UP);
    expect(machine.done.splice(0)).toEqual(['vmac-created', 'set up vrrp.51']);
    await machine.vmacs.dismantle();
    expect(machine.done).toEqual(['delete interface 7', 'vmac-removed', 'restore']);
    expect(machine.silenced[0]).toEqual({ names: 'vrrp.51', links: 1 });
    expect(machine.silenced.at(-1)?.names).toBe('');
  });

  it('that a crash has left are set up again, and ours from then on', async () => {
    machine.links.set('vrrp.51', macvlan({ index: 5 }));
    await machine.vmacs.follow(plan);
    expect(machine.done.splice(0)).toEqual(['vmac-found', 'set up vrrp.51']);
    await machine.vmacs.dismantle();
    expect(machine.done).toContain('delete interface 5');
  });

  it('stay as they are when a plan is the same for them, and go when it has none', async () => {
    await machine.vmacs.follow(plan);
    await machine.vmacs.follow(plan);
    await machine.vmacs.prune();
    expect(machine.done.splice(0)).toEqual(['vmac-created', 'set up vrrp.51']);
    await machine.vmacs.follow(empty);
    expect(machine.done).toEqual([]);
    await machine.vmacs.prune();
    expect(machine.done).toEqual(['delete interface 7', 'vmac-removed']);
  });

  it('are made again when somebody deletes them', async () => {
    await machine.vmacs.follow(plan);
    machine.done.splice(0);
    machine.tell('vrrp.51', undefined);
    await expect.poll(() => machine.done).toEqual(['vmac-created', 'set up vrrp.51']);
  });

  it('wait for their base, and come back with it', async () => {
    machine.links.delete('eth0');
    await machine.vmacs.follow(plan);
    expect(machine.done).toEqual([]);
    machine.tell('eth0', eth0);
    await expect.poll(() => machine.done).toEqual(['vmac-created', 'set up vrrp.51']);
  });

  it('are tried again when the kernel refuses them, which is told once', async () => {
    let refusals = 2;
    machine.refuses = () => refusals-- > 0;
    await machine.vmacs.follow(plan);
    expect(machine.done).toEqual(['refused: create macvlan interface vrrp.51: EBUSY']);
    await expect
      .poll(() => machine.done.slice(1), { timeout: 10_000 })
      .toEqual(['vmac-created', 'set up vrrp.51']);
  });

  it('are never taken from somebody else', async () => {
    await machine.vmacs.follow(plan);
    machine.done.splice(0);
    machine.tell('vrrp.51', kernelLink({ index: 9, name: 'vrrp.51', kind: { name: 'bridge' } }));
    await expect.poll(() => machine.done).toEqual(['refused: create interface vrrp.51: EEXIST']);
    await machine.vmacs.dismantle();
    expect(machine.done).not.toContain('delete interface 9');
  });
});

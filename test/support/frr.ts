import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetNode } from './netns.js';
import { run } from './process.js';
import { until } from './wait.js';

const DAEMONS = '/usr/lib/frr';

/** Why FRRouting's vrrpd can't be the peer, or undefined when it can; for `skipIf`. */
export const noFrr: string | undefined = existsSync(join(DAEMONS, 'vrrpd'))
  ? undefined
  : "needs FRRouting (Debian's package frr)";

/** A virtual router of FRRouting's, and what it says of itself. */
export interface FrrRouter {
  /** `Initialize`, `Backup` or `Master`. */
  state(): Promise<string>;
  is(state: string, within?: number): Promise<unknown>;
  crash(): Promise<void>;
}

export interface FrrOptions {
  vrid: number;
  priority: number;
  vip: string;
}

/**
 * Starts zebra and vrrpd of FRRouting on a node, with VRRPv2 on eth0.
 *
 * FRRouting keeps the addresses on a macvlan with the virtual router's hardware address, and sends
 * from the node's own one; the macvlan has to be there before.
 */
export async function startFrr(
  node: NetNode,
  { vrid, priority, vip }: FrrOptions,
): Promise<FrrRouter> {
  const directory = join(node.directory, 'frr');
  // FRRouting leaves root behind for its own account, which has to find its files.
  await run(['install', '-d', '-o', 'frr', '-g', 'frr', directory]);
  await run(['chmod', '711', node.lan.directory, node.directory]);
  const mac = `00:00:5e:00:01:${vrid.toString(16).padStart(2, '0')}`;
  await node.ip('link add vrrp4 link eth0 type macvlan mode bridge');
  await node.ip(`link set vrrp4 address ${mac}`);
  await node.ip(`address add ${vip}/24 dev vrrp4`);
  await node.ip('link set vrrp4 up');
  const config = join(directory, 'frr.conf');
  const lines = [
    'log stdout',
    'interface eth0',
    ` vrrp ${vrid} version 2`,
    ` vrrp ${vrid} priority ${priority}`,
    ` vrrp ${vrid} advertisement-interval 1000`,
    ` vrrp ${vrid} ip ${vip}`,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const start = (name: string) =>
    node.spawn([
      join(DAEMONS, name),
      ...['-z', join(directory, 'zserv.api'), '--vty_socket', directory, '-P', '0'],
      ...['-i', join(directory, `${name}.pid`), '-f', config],
    ]);
  const daemons = [start('zebra')];
  await until('zebra runs', () => existsSync(join(directory, 'zserv.api')));
  daemons.push(start('vrrpd'));
  const state = async (): Promise<string> => {
    const shown = await node.exec(
      'vtysh',
      '--vty_socket',
      directory,
      '-d',
      'vrrpd',
      '-c',
      'show vrrp json',
    );
    const [router] = JSON.parse(shown) as [{ v4?: { status?: string } }?];
    return router?.v4?.status ?? 'none';
  };
  return {
    state,
    is: (wanted, within = 30_000) =>
      until(`FRRouting is ${wanted}`, async () => (await state()) === wanted, {
        within,
        every: 100,
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${daemons.map(({ output }) => output).join('\n')}`);
      }),
    crash: async () => {
      for (const daemon of daemons.reverse()) await daemon.stop('SIGKILL');
      await node.ip('link delete vrrp4');
    },
  };
}

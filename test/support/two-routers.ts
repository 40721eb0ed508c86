import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Daemon, startOurs } from './daemons.js';
import { Lan, type NetNode, noNamespaces } from './netns.js';

/*
 * A LAN with the routers a and b, for the tests of the file that imports this; daemons started
 * here are stopped after each test.
 */

export let lan: Lan;
export let a: NetNode;
export let b: NetNode;
const daemons: Daemon[] = [];

export async function start(node: NetNode, text: string): Promise<Daemon> {
  const daemon = await startOurs(node, text);
  daemons.push(daemon);
  return daemon;
}

if (!noNamespaces) {
  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'b'] });
    [a, b] = [lan.node('a'), lan.node('b')];
  });
  afterEach(async () => {
    await Promise.all(daemons.splice(0).map((daemon) => daemon.stop()));
  });
  afterAll(() => lan?.remove());
}

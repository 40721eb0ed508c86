import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NetNode } from './netns.js';
import type { Running } from './process.js';
import { until } from './wait.js';

/** Why there is no SNMP master agent here, or undefined when there is one; for `skipIf`. */
export const noSnmpd: string | undefined =
  spawnSync('snmpd', ['-v']).status === 0 && spawnSync('snmpwalk', ['-V']).status === 0
    ? undefined
    : 'needs snmpd and snmp of Net-SNMP';

const PORT = 1161;
const TRAPS = 1162;

/** A notification as its receiver saw it: the trap's OID, then its variables. */
export interface SeenTrap {
  trap: string;
  variables: readonly { oid: string; type: string; value: string | number }[];
}

/** Net-SNMP's master agent on a node, with a receiver for its traps. */
export class Snmpd {
  readonly node: NetNode;
  /** Where sub-agents connect. */
  readonly socket: string;
  private readonly configuration: string;
  private receiver: Running | undefined;
  private master: Running | undefined;

  private constructor(node: NetNode) {
    this.node = node;
    this.socket = join(node.directory, 'agentx');
    this.configuration = join(node.directory, 'snmpd.conf');
    const lines = [
      'master agentx',
      `agentXSocket unix:${this.socket}`,
      `agentAddress udp:127.0.0.1:${PORT}`,
      'rwcommunity public',
      `trap2sink 127.0.0.1:${TRAPS} public`,
    ];
    writeFileSync(this.configuration, `${lines.join('\n')}\n`);
  }

  static async on(node: NetNode): Promise<Snmpd> {
    const snmpd = new Snmpd(node);
    const receiver = fileURLToPath(new URL('./trap-receiver.mjs', import.meta.url));
    snmpd.receiver = node.spawn([process.execPath, receiver, String(TRAPS)]);
    await until('the receiver of traps listens', () => snmpd.receiver?.output.includes('\n'));
    await snmpd.start();
    return snmpd;
  }

  async start(): Promise<void> {
    const argv = ['snmpd', '-f', '-Lo', '-C', '-c', this.configuration];
    const environment = { SNMP_PERSISTENT_DIR: join(this.node.directory, 'persistent') };
    this.master = this.node.spawn(argv, environment);
    await until('snmpd listens', () => existsSync(this.socket) && this.answers());
  }

  private async answers(): Promise<boolean> {
    return (await this.walk('1.3.6.1.2.1.1.1').catch(() => [])).length > 0;
  }

  async stop(): Promise<void> {
    await this.master?.stop();
  }

  /** The lines of snmpwalk, with numbers for names: `.1.3.6... = INTEGER: 1`. */
  async walk(oid: string): Promise<string[]> {
    const text = await this.client('snmpwalk', oid);
    return text
      .trim()
      .split('\n')
      .filter((line) => !line.includes('No Such') && !line.includes('No more'));
  }

  get(oid: string): Promise<string> {
    return this.client('snmpget', oid);
  }

  set(oid: string, type: string, value: string | number): Promise<string> {
    return this.client('snmpset', oid, type, String(value));
  }

  private client(program: string, ...words: string[]): Promise<string> {
    const options = ['-m', '', '-On', '-v2c', '-c', 'public', `127.0.0.1:${PORT}`];
    return this.node.exec(program, ...options, ...words);
  }

  /** All notifications so far. */
  get traps(): readonly SeenTrap[] {
    const [, ...lines] = this.receiver?.output.trim().split('\n') ?? [];
    return lines.map((line) => JSON.parse(line) as SeenTrap);
  }
}

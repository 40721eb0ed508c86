import { type EventOf, render } from '@keepalived-ts/base/events.js';
import { type IpAddress, ip } from '@keepalived-ts/base/ip.js';
import { instant, seconds } from '@keepalived-ts/base/time.js';
import type { Link, ScriptOutcome } from '#vrrp/core/types.js';
import { vrrpEvents } from '#vrrp/events.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import { Lan, type LanNode, linkOf, type Turn } from './lan.js';
import { entriesOf, stamp, standings } from './minutes.js';
import { planOf } from './plan-text.js';

const GROUP = ip('224.0.0.18');

/**
 * Plays the script of a timeline and writes its minutes.
 *
 * A script has comments, and blocks of commands over a rule (`----`); below the rule stands what
 * happened, which is what gets written anew. Not told: adverts that only keep the rhythm, and
 * lines of the log unless the block says `logs`.
 *
 * | command | meaning |
 * | --- | --- |
 * | `delays IF DOWN UP` | a line of `interface_up_down_delays` |
 * | `globals KEY=VALUE` | a line of `global_defs` |
 * | `script NAME KEY=VALUE...` | a `vrrp_script` for the routers declared below |
 * | `routers A KEY[=VALUE]..., B ...` | nodes with an instance each, and their start |
 * | `groups A KEY[=VALUE]..., B ...` | nodes with V1 on eth0 and V2 on eth1 in a sync group G each; |
 * | | `v1.` or `v2.` before an option of one, `g.` before one of the group |
 * | `run T` | until the clock shows T seconds |
 * | `show` | state and deadline of every node |
 * | `cut A` / `rejoin A` | the node hears only its own side / all are one again |
 * | `lose-on A IF` / `heal A IF` | nothing gets through an interface that seems to work |
 * | `freeze A` / `thaw A` | its process is held up: nothing is read or sent |
 * | `lose A N` | the next N packets of a node get lost |
 * | `down A IF` / `up A IF` / `delete A IF` / `create A IF` | interfaces |
 * | `address A IF [ADDR]` | its only address, or none |
 * | `file A NAME NUMBER` / `copies A NAME COUNT` | of a tracked file or process |
 * | `exit A SCRIPT STATUS` / `signal A SCRIPT SIG` / `hang A SCRIPT` | how it ends from now on |
 * | `take A ADDR` | somebody removes a VIP |
 * | `hear A FROM PRIORITY` | a foreign advert for the VRID of a node |
 * | `reload A KEY...` / `stop A` / `kill A` / `restart A` | of its daemon |
 */
export class Timeline {
  readonly #lan = new Lan((turn) => this.#note(turn));
  readonly #scripts: string[] = [];
  readonly #texts = new Map<string, string>();
  #lines: string[] = [];
  #logs = false;

  /** The script with its minutes filled in. */
  play(text: string): string {
    const out: string[] = [];
    let minutes = false;
    for (const line of text.trimEnd().split('\n')) {
      if (line === '') {
        minutes = false;
        out.push(line);
      } else if (line === '----') {
        minutes = true;
        out.push(line, ...this.#lines.splice(0));
      } else if (!minutes) {
        out.push(line);
        if (!line.startsWith('#')) this.#commands(line);
      }
    }
    return `${out.join('\n')}\n`;
  }

  #commands(line: string): void {
    const [first = ''] = line.split(' ');
    if (first === 'routers' || first === 'groups') {
      const declarations = line.slice(first.length + 1).split(', ');
      for (const declaration of declarations) this.#declare(words(declaration), first);
      this.#show();
    } else {
      for (const command of line.split(', ')) this.#command(words(command));
    }
  }

  #command([verb = '', name = '', ...rest]: string[]): void {
    const node = (): LanNode => this.#lan.node(name);
    const [first = '', second = ''] = rest;
    const ends = (outcome: ScriptOutcome | 'hangs'): void =>
      void node().outcomes.set(first, outcome);
    const verbs: Record<string, () => void> = {
      logs: () => {
        this.#logs = true;
      },
      show: () => this.#show(),
      run: () => this.#lan.clock.runUntil(instant(seconds(Number(name)))),
      script: () =>
        void this.#scripts.push(blockText('vrrp_script', name, [`script=/bin/${name}`, ...rest])),
      track_file: () =>
        void this.#scripts.push(blockText('track_file', name, [`file=/run/${name}`, ...rest])),
      process: () =>
        void this.#scripts.push(
          blockText('vrrp_track_process', name, [`process=${name}`, ...rest]),
        ),
      delays: () =>
        void this.#scripts.push(`interface_up_down_delays {\n${[name, ...rest].join(' ')}\n}`),
      file: () => node().feed({ kind: 'file', file: first, value: Number(second) }),
      copies: () => node().feed({ kind: 'process', process: first, count: Number(second) }),
      globals: () => void this.#scripts.push(`global_defs {\n${name.replace('=', ' ')}\n}`),
      cut: () => Object.assign(node(), { side: name }),
      'lose-on': () => void node().deaf.add(first),
      freeze: () => Object.assign(node(), { frozen: [] }),
      thaw: () => node().thaw(),
      heal: () => void node().deaf.delete(first),
      rejoin: () => Object.assign(node(), { side: '' }),
      lose: () => Object.assign(node(), { losing: Number(first) }),
      down: () => node().setLink(first, { up: false }),
      up: () => node().setLink(first, { up: true }),
      delete: () => node().setLink(first, undefined),
      create: () => {
        const index = 100 + node().links.size;
        node().links.set(first, linkOf(first, index, second));
        node().tellLink(first);
      },
      address: () =>
        node().setLink(first, {
          addresses: second === '' ? [] : [{ address: ip(second), prefix: 24 }],
        }),
      exit: () => ends({ result: 'exited', status: Number(second) }),
      signal: () => ends({ result: 'signalled', signal: Number(second) }),
      missing: () => ends({ result: 'failed', reason: 'no such file' }),
      hang: () => ends('hangs'),
      take: () => node().take(ip(first)),
      hear: () => this.#hear(node(), ip(first), Number(second)),
      reload: () => {
        const isGroup =
          this.#texts.get(name)?.includes('vrrp_sync_group') && !rest.includes('alone');
        this.#texts.set(name, isGroup ? groupText(rest) : instanceText(name, rest));
        node().feed({ kind: 'reload', plan: this.#planFor(name) });
      },
      stop: () => node().feed({ kind: 'stop' }),
      kill: () => node().kill(),
      restart: () => node().start(this.#planFor(name)),
    };
    const act = verbs[verb];
    if (!act) throw new RangeError(`no such command: ${verb}`);
    act();
  }

  #declare([name = '', ...options]: string[], kind: 'routers' | 'groups'): void {
    const host = this.#lan.nodes.size + 1;
    const address = optionOf(options, 'address') ?? `10.0.0.${host}`;
    const given = (optionOf(options, 'links') ?? '').split('+').filter((l) => l !== '');
    const extra = kind === 'groups' ? ['eth1', ...given] : given;
    const links: Link[] = [
      ...(options.includes('linkless') ? [] : [linkOf('eth0', 2, address)]),
      ...extra.map((l, i) => linkOf(l, 3 + i, `10.0.${i + 1}.${host}`)),
    ];
    const node = this.#lan.add(name, links);
    this.#texts.set(name, kind === 'groups' ? groupText(options) : instanceText(name, options));
    if (!options.includes('later')) node.start(this.#planFor(name));
  }

  #planFor(name: string): ReturnType<typeof planOf>['plan'] {
    return planOf([...this.#scripts, this.#texts.get(name)].join('\n')).plan;
  }

  #hear(node: LanNode, source: IpAddress, priority: number): void {
    const [router] = node.world.routers;
    if (!router) throw new RangeError(`${node.name} has no router`);
    const { vrid, advertInterval, vips } = router.plan;
    const addresses = vips.map((vip) => vip.address);
    const base = { version: 2, vrid, interval: advertInterval, password: undefined } as const;
    const advert = { ...base, priority, addresses };
    const header = { source, destination: GROUP, ttl: 255, id: 1 };
    const bytes = encodeDatagram({ ...header, advert, summedFor: undefined });
    node.feed({ kind: 'packet', port: 'eth0', bytes });
  }

  #show(): void {
    const states = [...this.#lan.nodes.values()]
      .filter((node) => node.alive)
      .flatMap((node) => standings(node.name, node.world));
    if (states.length === 0) return;
    this.#lines.push(`${stamp(this.#lan.clock.now())} ${states.join(', ')}`);
  }

  #note(turn: Turn): void {
    if (turn.input.kind !== 'start') {
      for (const entry of entriesOf(turn)) this.#lines.push(`${stamp(turn.at)} ${entry}`);
    }
    this.#noteLogs(turn);
  }

  #noteLogs(turn: Turn): void {
    if (!this.#logs) return;
    for (const effect of turn.effects) {
      if (effect.do !== 'log') continue;
      const { text } = render('vrrp', vrrpEvents, effect.event as EventOf<typeof vrrpEvents>);
      this.#lines.push(`      ${turn.node.name}: ${text}`);
    }
  }
}

const words = (text: string): string[] => text.trim().split(/ +/);

const optionOf = (options: readonly string[], key: string): string | undefined =>
  options.find((o) => o.startsWith(`${key}=`))?.slice(key.length + 1);

const blockText = (block: string, name: string, options: readonly string[]): string =>
  [`${block} ${name} {`, ...options.map((o) => o.replace('=', ' ')), '}'].join('\n');

/** Options that are not lines of the instance. */
const OURS =
  /^(address|links|peers|vips|excluded|track|scripts|files|processes|linkless|later|repeat)\b/;

const listed = (keyword: string, items: string | undefined): string[] =>
  items === undefined
    ? []
    : [`${keyword} {`, ...items.split('+').map((i) => ` ${i.replaceAll(':', ' ')}`), '}'];

const trackers = (options: readonly string[]): string[] => [
  ...listed('track_interface', optionOf(options, 'track')),
  ...listed('track_script', optionOf(options, 'scripts')),
  ...listed('track_file', optionOf(options, 'files')),
  ...listed('track_process', optionOf(options, 'processes')),
];

const lines = (options: readonly string[]): string[] =>
  options.filter((o) => !OURS.test(o)).map((o) => o.replaceAll('=', ' '));

function instanceText(
  name: string,
  options: readonly string[],
  { link, vrid, vip } = { link: 'eth0', vrid: 51, vip: '10.0.0.100' },
): string {
  return [
    `vrrp_instance ${name} {`,
    `interface ${link}`,
    `virtual_router_id ${vrid}`,
    ...lines(options),
    ...listed('unicast_peer', optionOf(options, 'peers')),
    ...listed('virtual_ipaddress', optionOf(options, 'vips') ?? vip),
    ...listed('virtual_ipaddress_excluded', optionOf(options, 'excluded')),
    ...trackers(options),
    '}',
  ].join('\n');
}

function groupText(options: readonly string[]): string {
  const own = (prefix: string): string[] =>
    options.filter((o) => o.startsWith(prefix)).map((o) => o.slice(prefix.length));
  const both = options.filter((o) => !/^(v1|v2|g)\./.test(o));
  const second = { link: 'eth1', vrid: 52, vip: '10.0.1.100' };
  const group = own('g.');
  return [
    instanceText('V1', [...both, ...own('v1.')]),
    instanceText('V2', [...both, ...own('v2.')], second),
    ['vrrp_sync_group G {', 'group {', ' V1', ' V2', '}', ...lines(group), ...trackers(group), '}'],
  ]
    .flat()
    .join('\n');
}

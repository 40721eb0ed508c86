import { type EventOf, render } from '@keepalived-ts/base/events.js';
import { type IpAddress, ip } from '@keepalived-ts/base/ip.js';
import { instant, seconds } from '@keepalived-ts/base/time.js';
import type { Router } from '#vrrp/core/router.js';
import type { Effect, Link, ScriptOutcome, State } from '#vrrp/core/types.js';
import type { World } from '#vrrp/core/world.js';
import { vrrpEvents } from '#vrrp/events.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import { Lan, type LanNode, linkOf, type Turn } from './lan.js';
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
 * | `globals KEY=VALUE` | a line of `global_defs` |
 * | `script NAME KEY=VALUE...` | a `vrrp_script` for the routers declared below |
 * | `routers A KEY[=VALUE]..., B ...` | nodes with an instance each, and their start |
 * | `run T` | until the clock shows T seconds |
 * | `show` | state and deadline of every node |
 * | `cut A` / `rejoin A` | the node hears only its own side / all are one again |
 * | `lose A N` | the next N packets of a node get lost |
 * | `down A IF` / `up A IF` / `delete A IF` / `create A IF` | interfaces |
 * | `address A IF [ADDR]` | its only address, or none |
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
    if (first === 'routers') {
      const declarations = line.slice('routers '.length).split(', ');
      for (const declaration of declarations) this.#declare(words(declaration));
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
      script: () => void this.#scripts.push(scriptText(name, rest)),
      globals: () => void this.#scripts.push(`global_defs {\n${name.replace('=', ' ')}\n}`),
      cut: () => Object.assign(node(), { side: name }),
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
      signal: () => ends({ result: 'signalled', signal: second }),
      missing: () => ends({ result: 'failed', reason: 'no such file' }),
      hang: () => ends('hangs'),
      take: () => node().take(ip(first)),
      hear: () => this.#hear(node(), ip(first), Number(second)),
      reload: () => {
        this.#texts.set(name, instanceText(name, rest));
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

  #declare([name = '', ...options]: string[]): void {
    const address = optionOf(options, 'address') ?? `10.0.0.${this.#lan.nodes.size + 1}`;
    const extra = (optionOf(options, 'links') ?? '').split('+').filter((l) => l !== '');
    const links: Link[] = [
      ...(options.includes('linkless') ? [] : [linkOf('eth0', 2, address)]),
      ...extra.map((l, i) => linkOf(l, 3 + i, `10.0.${i + 1}.1`)),
    ];
    const node = this.#lan.add(name, links);
    this.#texts.set(name, instanceText(name, options));
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
    const bytes = encodeDatagram({ source, group: GROUP, id: 1, advert });
    node.feed({ kind: 'packet', interface: 'eth0', bytes });
  }

  #show(): void {
    const states = [...this.#lan.nodes.values()]
      .filter((node) => node.alive)
      .map((node) => `${node.name} ${standing(theRouter(node.world))}`);
    if (states.length === 0) return;
    this.#lines.push(`${stamp(this.#lan.clock.now())} ${states.join(', ')}`);
  }

  #note(turn: Turn): void {
    const [was, is] = [theRouter(turn.before), theRouter(turn.after)];
    if (turn.input.kind === 'start') {
      this.#noteLogs(turn);
      return;
    }
    const deeds = turn.effects.flatMap((e) => deedOf(e, turn));
    const entered = was?.state !== is?.state;
    const moved = was !== undefined && is !== undefined && was.priority !== is.priority;
    if (moved) deeds.unshift(`priority ${is.priority}`);
    const isHeartbeat =
      turn.input.kind === 'deadline' && deeds.every((d) => d.startsWith('send-advert'));
    if (entered || (deeds.length > 0 && !isHeartbeat)) {
      const state = is?.state ?? 'gone';
      this.#lines.push(
        `${stamp(turn.at)} ${turn.node.name} ${[state, deeds.join(', ')].join(' ').trimEnd()}`,
      );
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

/** Every node of a timeline has one router. */
const theRouter = (world: World): Router | undefined => [...world.routers][0];

const words = (text: string): string[] => text.trim().split(/ +/);
const stamp = (at: number): string => (at / 1e6).toFixed(3);

const optionOf = (options: readonly string[], key: string): string | undefined =>
  options.find((o) => o.startsWith(`${key}=`))?.slice(key.length + 1);

function standing(router: Router | undefined): string {
  if (!router) return 'gone';
  const until = router.deadline === null ? '' : ` until ${stamp(router.deadline)}`;
  const why = router.faults.length > 0 ? ` (${router.faults.join(', ')})` : '';
  return `${router.state}${router.state === 'MASTER' ? '' : until}${why}`;
}

/** What an effect looks like in the minutes; nothing where the state says it already. */
function deedOf(effect: Effect, { after, before }: Turn): string[] {
  const plan = theRouter(after)?.plan;
  const all = plan ? plan.vips.length + plan.excluded.length : 0;
  const which = (addresses: readonly { address: IpAddress }[]): string =>
    addresses.length === all ? '' : ` ${addresses.map((vip) => vip.address).join(' ')}`;
  switch (effect.do) {
    case 'send-advert':
      return [`send-advert ${effect.advert.priority}`];
    case 'add-addresses':
    case 'remove-addresses':
      return [`${effect.do}${which(effect.addresses)}`];
    case 'announce': {
      const times = effect.repeat === plan?.garp.repeat ? '' : ` x${effect.repeat}`;
      return [`announce${which(effect.addresses)}${times}`];
    }
    case 'notify': {
      const told: State | 'STOP' = effect.state;
      const changed = theRouter(before)?.state !== theRouter(after)?.state;
      return told === theRouter(after)?.state && changed ? [] : [`notify ${told}`];
    }
    case 'join':
    case 'leave':
      return [`${effect.do} ${effect.interface}`];
    case 'stopped':
      return ['stopped'];
    default:
      return [];
  }
}

const scriptText = (name: string, options: readonly string[]): string =>
  `vrrp_script ${name} {\n script /bin/${name}\n${options.map((o) => ` ${o.replace('=', ' ')}\n`).join('')}}`;

/** Options that are not lines of the instance. */
const OURS = /^(address|links|vips|excluded|track|scripts|linkless|later|repeat)\b/;

function instanceText(name: string, options: readonly string[]): string {
  const block = (keyword: string, items: string | undefined): string[] =>
    items === undefined
      ? []
      : [`${keyword} {`, ...items.split('+').map((i) => ` ${i.replaceAll(':', ' ')}`), '}'];
  const lines = [
    `vrrp_instance ${name} {`,
    'interface eth0',
    'virtual_router_id 51',
    ...options.filter((o) => !OURS.test(o)).map((o) => o.replace('=', ' ')),
    ...block('virtual_ipaddress', optionOf(options, 'vips') ?? '10.0.0.100'),
    ...block('virtual_ipaddress_excluded', optionOf(options, 'excluded')),
    ...block('track_interface', optionOf(options, 'track')),
    ...block('track_script', optionOf(options, 'scripts')),
    '}',
  ];
  return lines.join('\n');
}

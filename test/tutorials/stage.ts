import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lan } from '../support/netns.js';
import { never, until } from '../support/wait.js';
import { Machine, type Program } from './machine.js';

/** An article: who takes part and what happens. */
export interface Tutorial {
  /** Its page in docs/tutorials/ and its folder in examples/tutorials/. */
  readonly name: string;
  readonly title: string;
  /** Host i has the address .(i+1) of 192.168.1.0/24. */
  readonly directors: readonly string[];
  /** Further hosts, without a daemon. */
  readonly others?: readonly string[];
  /** What comes before any daemon: done once, however many casts play. */
  prepare?(stage: Stage): Promise<void>;
  /** Leaves the other hosts as it found them. */
  play(stage: Stage): Promise<void>;
}

/** Hears what is done, as it is done. */
export type Progress = (line: string) => void;
const ignore: Progress = () => {};

/** Which program runs on each director. */
export type Cast = readonly Program[];

/** Longer than a backup of any priority waits at advert_int 1 (RFC 3768 §6.1), in milliseconds. */
const ELECTION = 4_500;

/** What nothing takes: the plays share two processors, and only ends that must be soon say so. */
const PATIENCE = 120_000;

export const SUBNET = '192.168.1';

/** Ours everywhere, and Debian's keepalived as the first or as the last of them. */
export const casts = ({ directors }: Tutorial): [name: string, cast: Cast][] => {
  const ours = directors.map((): Program => 'ours');
  if (directors.length === 1) {
    return [
      ['ours', ours],
      ["Debian's keepalived", ['debian']],
    ];
  }
  return [
    ['ours on all nodes', ours],
    [`Debian's keepalived on ${directors[0]}`, ours.with(0, 'debian')],
    [`Debian's keepalived on ${directors.at(-1)}`, ours.with(-1, 'debian')],
  ];
};

/** From the project's folder, in which tests and the lab run: a bundle does not know its source. */
const examples = resolve('examples/tutorials');

/**
 * Plays a tutorial and writes its page meanwhile: what is said, the files, the commands with
 * their output. Only what was seen on the machines gets onto the page, so the page is the same
 * whoever plays.
 */
export class Stage {
  readonly lan: Lan;
  private readonly tutorial: Tutorial;
  private readonly progress: Progress;
  private readonly machines = new Map<string, Machine>();
  private page: string[] = [];
  /** The page when all was prepared. */
  private prepared: readonly string[] | undefined;
  /** Lines of the console block that is open on the page. */
  private screen: string[] = [];

  private constructor(tutorial: Tutorial, lan: Lan, progress: Progress) {
    this.tutorial = tutorial;
    this.lan = lan;
    this.progress = progress;
    this.page.push(`# ${tutorial.title}`);
  }

  static async set(tutorial: Tutorial, progress: Progress = ignore): Promise<Stage> {
    const names = [...tutorial.directors, ...(tutorial.others ?? [])];
    const stage = new Stage(tutorial, await Lan.create({ nodes: names, subnet: SUBNET }), progress);
    try {
      const boot = names.map((name) => Machine.boot(stage.lan.node(name)));
      for (const machine of await Promise.all(boot)) stage.machines.set(machine.name, machine);
    } catch (error) {
      await stage.clear();
      throw error;
    }
    return stage;
  }

  /** Plays it with these programs on the directors, and gives its page. */
  async perform(cast: Cast): Promise<string> {
    if (!this.prepared) {
      await this.tutorial.prepare?.(this);
      this.closeScreen();
      this.prepared = this.page;
    }
    this.page = [...this.prepared];
    for (const [i, name] of this.tutorial.directors.entries()) {
      await this.machine(name).cast(cast[i] ?? 'ours');
    }
    await this.tutorial.play(this);
    return this.text();
  }

  machine(name: string): Machine {
    const machine = this.machines.get(name);
    if (!machine) throw new RangeError(`no machine ${name}`);
    return machine;
  }

  /** A paragraph of the page. */
  say(text: string): void {
    this.closeScreen();
    this.page.push(text.trim().replace(/\n +/g, '\n'));
  }

  /** Shows a file of examples/tutorials/NAME/ and copies it into /etc/keepalived of machines. */
  file(name: string, machines: readonly string[], as = name): void {
    const text = readFileSync(resolve(examples, this.tutorial.name, name), 'utf8');
    for (const machine of machines) this.machine(machine).install(as, text);
    const where = machines.join(', ');
    this.closeScreen();
    const language = text.startsWith('#!') ? 'sh' : '';
    this.page.push(`\`/etc/keepalived/${as}\` on ${where}:`, fenced(language, text.trimEnd()));
  }

  /** The configurations of examples/tutorials/NAME/, one a director. */
  configurations(): void {
    for (const name of this.tutorial.directors) this.file(`${name}.conf`, [name], CONFIGURATION);
  }

  async start(name: string, ...options: readonly string[]): Promise<void> {
    this.typed(name, ['keepalived', ...options].join(' '));
    await this.machine(name).start(...options);
  }

  async stop(name: string): Promise<void> {
    this.typed(name, 'kill $(cat /run/keepalived.pid)');
    const status = await this.machine(name).stop();
    if (status !== 0) throw new Error(`${name} ended with ${status}:\n${this.machine(name).log()}`);
  }

  async crash(name: string): Promise<void> {
    this.typed(name, 'killall -9 keepalived');
    await this.machine(name).crash();
  }

  reload(name: string): void {
    this.typed(name, 'kill -HUP $(cat /run/keepalived.pid)');
    this.machine(name).signal('SIGHUP');
  }

  /** A command whose output does not matter. */
  async type(name: string, command: string): Promise<void> {
    this.typed(name, command);
    await this.machine(name).shell(command);
  }

  /** A command that goes on in the background; it is there when it listens on its TCP port. */
  async background(name: string, command: string, port?: number): Promise<void> {
    this.typed(name, `${command} &`);
    const machine = this.machine(name);
    const [program = '', ...rest] = command.split(' ');
    const child = machine.spawn([program, ...rest]);
    const look = port === undefined ? `pidof ${program}` : `ss -Hltn sport = :${port}`;
    const there = async (): Promise<boolean> => (await machine.shell(look)) !== '';
    await until(`${program} runs on ${name}`, there, { within: PATIENCE, every: 250 }).catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${child.output}`);
      },
    );
  }

  /** The switch forgets the host's port: its link stays up, but nothing comes through. */
  async cut(name: string): Promise<void> {
    await this.lan.batch(this.lan.bridge, [`link set ${this.port(name)} nomaster`]);
  }

  async heal(name: string): Promise<void> {
    await this.lan.batch(this.lan.bridge, [`link set ${this.port(name)} master br0`]);
  }

  /** Moves hosts onto a switch of their own; the router has its interface `eth1` there. */
  async inner(router: string, hosts: readonly string[]): Promise<void> {
    const { lan } = this;
    await lan.batch(lan.bridge, ['link add br1 type bridge', 'link set br1 up']);
    await lan.node(router).connect('eth1');
    const ports = [...hosts.map((name) => this.port(name)), `p${lan.ports}`];
    await lan.batch(
      lan.bridge,
      ports.map((port) => `link set ${port} master br1`),
    );
  }

  private port(name: string): string {
    return `p${[...this.machines.keys()].indexOf(name) + 1}`;
  }

  /** Repeats a command until its whole output, but for spaces at line ends, is the expected one. */
  async see(name: string, command: string, expected: string, within = PATIENCE): Promise<void> {
    const wanted = expected.trimEnd();
    let shown = '';
    const look = async (): Promise<boolean> => {
      const begin = performance.now();
      shown = (await this.machine(name).shell(command)).replace(/ +$/gm, '');
      if (shown === wanted) return true;
      // On a slow machine looks must not take the time from what is looked at.
      await sleep(2 * (performance.now() - begin));
      return false;
    };
    await until(`"${command}" shows "${wanted}"`, look, { within, every: 250 }).catch(() => {
      throw new Error(
        `${name}: "${command}" does not show\n${wanted}\nwithin ${within} ms, but\n${shown}\n${this.logs()}`,
      );
    });
    this.typed(name, command);
    if (wanted !== '') this.screen.push(wanted);
  }

  /** The same for several machines at a time: what each shows of the command. */
  async seen(command: string, expected: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, output] of Object.entries(expected)) await this.see(name, command, output);
  }

  /** What shows now and still shows when every election that could begin has ended. */
  async stays(command: string, expected: Readonly<Record<string, string>>): Promise<void> {
    const changes = async (): Promise<string | undefined> => {
      for (const [name, output] of Object.entries(expected)) {
        const shown = await this.machine(name).shell(command);
        if (shown !== output) return `${name} shows ${shown}`;
      }
      return undefined;
    };
    await never(`a change of "${command}"\n${this.logs()}`, changes, { within: ELECTION });
    await this.seen(command, expected);
  }

  /** Waits until a log has the text, and shows it. */
  async logged(name: string, text: string, within = PATIENCE): Promise<void> {
    const command = `the log of ${name} says: ${text}`;
    const log = (): boolean => this.machine(name).log().includes(text);
    await until(command, log, { within }).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.logs()}`);
    });
    this.typed(name, `journalctl -t Keepalived_vrrp -o cat | grep -F '${text}'`);
    this.screen.push(text);
  }

  /** The page as it stands, in Markdown. */
  private text(): string {
    this.closeScreen();
    return `${this.page.join('\n\n')}\n`;
  }

  clear(): Promise<void> {
    return this.lan.remove();
  }

  private typed(name: string, command: string): void {
    this.progress(`${name}: ${command}`);
    this.screen.push(`root@${name}:~# ${command}`);
  }

  private closeScreen(): void {
    if (this.screen.length > 0) this.page.push(fenced('console', this.screen.join('\n')));
    this.screen = [];
  }

  private logs(): string {
    return [...this.machines.values()]
      .map((machine) => `--- ${machine.name} (${machine.program})\n${machine.log()}`)
      .join('\n');
  }
}

const CONFIGURATION = 'keepalived.conf';
const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

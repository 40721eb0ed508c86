import { setTimeout as sleep } from 'node:timers/promises';
import { Actors } from './actors.js';
import type { Narrator } from './narrator.js';
import { type Host, Network, VIP } from './network.js';

export interface Outcome {
  answered: number;
  lost: number;
}

const servers = ['web-1', 'web-2', 'sorry'] as const;

/** The tour itself: each step waits until it has seen what it announces. */
export class Story {
  readonly network = new Network();
  readonly actors = new Actors(this.network);
  readonly #narrator: Narrator;
  readonly #peer: string | undefined;
  #told = new Map<string, number>();

  /** `peer`: a C keepalived to play the second director, if one is installed. */
  constructor(narrator: Narrator, peer: string | undefined) {
    this.#narrator = narrator;
    this.#peer = peer;
  }

  async run(): Promise<Outcome> {
    const { network, actors } = this;
    const say = this.#narrator;

    say.chapter('A LAN: a client, two directors, two web servers and a sorry server');
    network.build();
    await Promise.all(servers.map((server) => actors.startServer(server)));
    say.say('director-1 starts: keepalived-ts, priority 150');
    this.#startDirector('director-1', undefined);
    await this.#until('director-1 holds the VIP', 30, () => network.holdsVip('director-1'));
    say.say(`director-1 holds ${VIP}: nobody had advertised it for three intervals`);
    say.say(
      this.#peer
        ? `director-2 starts: Debian's keepalived (${this.#peer}), priority 100, the same file`
        : 'director-2 starts: keepalived-ts too, priority 100 (with keepalived installed: that)',
    );
    this.#startDirector('director-2', this.#peer);
    await this.#listed('director-1', ['10.77.0.11', '10.77.0.12']);
    this.#table('director-1');

    say.chapter(`The client asks http://${VIP}/ ten times a second`);
    actors.startClient();
    await this.#answeredBy('web-1', 'web-2');
    await this.#watch(3);

    say.chapter('web-2 dies');
    await actors.kill('web-2');
    await this.#listed('director-1', ['10.77.0.11']);
    say.say('web-2 has left the table');
    this.#table('director-1');
    await this.#watch(2);

    say.chapter('web-2 comes back');
    await actors.startServer('web-2');
    await this.#listed('director-1', ['10.77.0.11', '10.77.0.12']);
    await this.#answeredBy('web-2');
    say.say('web-2 is in the table and answers again');
    this.#table('director-1');
    await this.#watch(2);

    say.chapter('director-1 loses its power');
    await actors.kill('director-1');
    network.unplug('director-1');
    await this.#until('director-2 holds the VIP', 30, () => network.holdsVip('director-2'));
    say.say(`director-2 holds ${VIP}`);
    await this.#answeredBy('web-1', 'web-2');
    this.#table('director-2');
    await this.#watch(2);

    say.chapter('Both web servers die');
    await actors.kill('web-1');
    await actors.kill('web-2');
    await this.#listed('director-2', ['10.77.0.30']);
    await this.#answeredBy('sorry');
    say.say('the sorry server answers');
    this.#table('director-2');
    await this.#watch(2);

    return this.#summary();
  }

  async cleanUp(): Promise<void> {
    await this.actors.killAll();
    this.network.remove();
  }

  #startDirector(host: Host, program: string | undefined): void {
    this.actors.startDirector(host, program, (line) => this.#narrator.quote(host, line));
  }

  /** Waits until exactly these servers have a weight in the director's table. */
  async #listed(director: Host, servers: string[]): Promise<void> {
    await this.#until(`${director} lists ${servers.join(', ')}`, 30, () => {
      const table = this.network.run(director, 'ipvsadm', '-Sn');
      const listed = [...table.matchAll(/-r ([\d.]+):80 .*-w [1-9]/g)].map((m) => m[1] ?? '');
      return listed.sort().join() === servers.join();
    });
  }

  /** Waits until each of these servers has given an answer from now on. */
  async #answeredBy(...servers: string[]): Promise<void> {
    const { answers } = this.actors;
    const before = new Map(answers);
    await this.#until(`answers of ${servers.join(' and ')}`, 30, () =>
      servers.every((name) => (answers.get(name) ?? 0) > (before.get(name) ?? 0)),
    );
  }

  /** Lets the traffic flow for some seconds and tells who answered since the last time. */
  async #watch(seconds: number): Promise<void> {
    await sleep(seconds * 1000);
    const since = [...this.actors.answers]
      .map(([name, n]) => [name, n - (this.#told.get(name) ?? 0)] as const)
      .filter(([, n]) => n > 0);
    this.#told = new Map(this.actors.answers);
    this.#narrator.say(`answers: ${since.map(([name, n]) => `${name} ${n}`).join(', ')}`);
  }

  #table(director: Host): void {
    this.#narrator.quote(director, this.network.run(director, 'ipvsadm', '-Ln'));
  }

  #summary(): Outcome {
    let answered = 0;
    for (const [name, n] of this.actors.answers) if (name !== 'lost') answered += n;
    return { answered, lost: this.actors.answers.get('lost') ?? 0 };
  }

  async #until(what: string, seconds: number, seen: () => boolean): Promise<void> {
    const end = this.#narrator.seconds() + seconds;
    while (!seen()) {
      if (this.#narrator.seconds() > end) throw new Error(`not seen in ${seconds} s: ${what}`);
      await sleep(200);
    }
  }
}

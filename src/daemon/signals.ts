import { ignoreRealTimeSignals } from '@keepalived-ts/raw-socket/signal.js';

/** What a signal asks of the daemon. */
export type Wish =
  | { wish: 'stop' }
  | { wish: 'reload' }
  | { wish: 'dump'; signal: 'SIGUSR1' | 'SIGUSR2' };

/**
 * Listens for the signals of keepalived's parent. What comes before `serve` is kept until then;
 * of several reloads one is enough.
 *
 * Installed before anything else: without a listener HUP would kill us, and USR1 would open
 * Node's debugger port.
 */
export class Signals {
  private waiting: Wish[] = [];
  private server: ((wish: Wish) => void) | undefined;

  constructor(ignoreInterrupt: boolean) {
    // keepalived's for the JSON dump and the reset of statistics: a monitor that sends one (as
    // Prometheus exporters do) must not end us.
    ignoreRealTimeSignals();
    process.on('SIGTERM', () => this.hear({ wish: 'stop' }));
    process.on('SIGINT', () => {
      if (!ignoreInterrupt) this.hear({ wish: 'stop' });
    });
    process.on('SIGHUP', () => this.hear({ wish: 'reload' }));
    for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) {
      process.on(signal, () => this.hear({ wish: 'dump', signal }));
    }
  }

  serve(server: (wish: Wish) => void): void {
    this.server = server;
    for (const wish of this.waiting.splice(0)) server(wish);
  }

  private hear(wish: Wish): void {
    if (this.server) this.server(wish);
    else if (!this.waiting.some((other) => other.wish === wish.wish)) this.waiting.push(wish);
  }
}

import { handleRealTimeSignals } from '@keepalived-ts/raw-socket/signal.js';
import { SIGNAL_NUMBERS } from './signal-numbers.js';

/** What can be written to a file on a signal. */
export type Dump = 'data' | 'statistics' | 'statistics-clear' | 'json';

/** What a signal asks of the daemon. */
export type Wish =
  | { wish: 'stop' }
  | { wish: 'reload' }
  /** A thread has computed in real time for longer than it may. */
  | { wish: 'warn' }
  | { wish: 'dump'; dump: Dump };

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
    handleRealTimeSignals(
      new Map([
        [SIGNAL_NUMBERS.STATS_CLEAR, () => this.hear({ wish: 'dump', dump: 'statistics-clear' })],
        [SIGNAL_NUMBERS.JSON, () => this.hear({ wish: 'dump', dump: 'json' })],
      ]),
    );
    process.on('SIGTERM', () => this.hear({ wish: 'stop' }));
    process.on('SIGINT', () => {
      if (!ignoreInterrupt) this.hear({ wish: 'stop' });
    });
    process.on('SIGHUP', () => this.hear({ wish: 'reload' }));
    process.on('SIGXCPU', () => this.hear({ wish: 'warn' }));
    process.on('SIGUSR1', () => this.hear({ wish: 'dump', dump: 'data' }));
    process.on('SIGUSR2', () => this.hear({ wish: 'dump', dump: 'statistics' }));
  }

  serve(server: (wish: Wish) => void): void {
    this.server = server;
    for (const wish of this.waiting.splice(0)) server(wish);
  }

  private hear(wish: Wish): void {
    if (this.server) this.server(wish);
    else if (!this.waiting.some((other) => isSame(other, wish))) this.waiting.push(wish);
  }
}

const isSame = (a: Wish, b: Wish): boolean =>
  a.wish === b.wish && (a.wish !== 'dump' || b.wish !== 'dump' || a.dump === b.dump);

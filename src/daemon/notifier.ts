import type { Log } from '@keepalived-ts/base/events.js';
import type { Notice } from '#src/ipc/messages.js';
import type { VrrpStatus } from '#src/ipc/status.js';
import { fifoLine } from '#src/notify/fifo-line.js';
import { Fifos } from '#src/notify/fifos.js';
import { programEnvironment } from '#src/notify/program.js';
import type { daemonEvents } from './events.js';
import { calls, type NoticeBoard, noticeBoard, succeeding } from './notices.js';
import type { NotifySettings } from './notify-settings.js';
import type { Programs } from './programs.js';

/** Passes on what the workers tell: to scripts, then fifos. */
export class Notifier {
  private readonly programs: Programs;
  private readonly fifos: Fifos;
  /** As the configuration in use has it; the one asked has what it replaced as well. */
  private configured: NoticeBoard = noticeBoard();
  private board = this.configured;

  constructor(programs: Programs, log: Log<typeof daemonEvents>) {
    this.programs = programs;
    this.fifos = new Fifos(programEnvironment(process.env), (news) => {
      switch (news.news) {
        case 'unusable':
          return log({ event: 'fifo-unusable', path: news.path, reason: news.reason });
        case 'full':
          return log({ event: 'fifo-full', path: news.path });
        case 'lost':
          return log({ event: 'fifo-lost', path: news.path, lines: news.lines });
        case 'script-ended': {
          const { scope, program, how } = news;
          return log({ event: 'fifo-script-ended', scope, program, how });
        }
      }
    });
  }

  /** Goes by another configuration; settles when it can be told of changes. */
  async follow(settings: NotifySettings): Promise<void> {
    this.board = succeeding(settings.board, this.configured);
    this.configured = settings.board;
    await this.fifos.follow(settings.fifos);
  }

  tell(notice: Notice): void {
    for (const call of calls(notice, this.board)) this.programs.enqueue(call);
    this.fifos.tell(fifoLine(notice));
  }

  /** Tells the fifos how everything stands, changed or not. */
  restate({ instances }: VrrpStatus): void {
    for (const { name, state, priority } of instances) {
      this.fifos.tell(fifoLine({ of: 'instance', name, state, priority }));
    }
  }

  /** The last programs have run, or have been waited for; then readers come to the end. */
  async finish(): Promise<void> {
    await this.programs.finish();
    await this.fifos.close();
  }
}

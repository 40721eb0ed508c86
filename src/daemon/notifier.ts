import type { EventOf, Log } from '@keepalived-ts/base/events.js';
import { type Clock, seconds, systemAlarm } from '@keepalived-ts/base/time.js';
import type { Letter, Notice } from '#src/ipc/messages.js';
import type { VrrpStatus } from '#src/ipc/status.js';
import { fifoLine } from '#src/notify/fifo-line.js';
import { type FifoNews, Fifos } from '#src/notify/fifos.js';
import { Mailer, type MailNews } from '#src/notify/mailer.js';
import { howItEnded } from '#src/notify/outcome.js';
import { programEnvironment } from '#src/notify/program.js';
import { deliverBySmtp, type SmtpSettings } from '#src/notify/smtp.js';
import { type AlertRules, Alerts } from './alerts.js';
import type { daemonEvents } from './events.js';
import { calls, type NoticeBoard, noticeBoard, succeeding } from './notices.js';
import type { Errand, NotifySettings } from './notify-settings.js';
import type { Programs } from './programs.js';

type Event = EventOf<typeof daemonEvents>;
type FifoEvent = Extract<Event, { event: `fifo-${FifoNews['news']}` }>;
type MailEvent = Extract<Event, { event: `mail-${MailNews['news']}` }>;

/** At the daemon's end mail that waits is sent for this long. */
const LAST_MAILS = seconds(2);

/** Passes on what the workers tell: to scripts, then fifos, then by mail. */
export class Notifier {
  private readonly log: Log<typeof daemonEvents>;
  private readonly programs: Programs;
  private readonly fifos: Fifos;
  /** As the configuration in use has it; the one asked has what it replaced as well. */
  private configured: NoticeBoard = noticeBoard();
  private board = this.configured;

  private readonly mailer: Mailer<SmtpSettings>;
  private readonly alerts = new Alerts();
  private shutdown: Errand | undefined | 'not-started' = 'not-started';
  private rules: AlertRules = { vrrp: false, faults: false };

  constructor(programs: Programs, clock: Clock, log: Log<typeof daemonEvents>) {
    this.programs = programs;
    this.log = log;
    // The news are the daemon's events of the same name.
    this.fifos = new Fifos(programEnvironment(process.env), ({ news, ...fields }) =>
      log({ event: `fifo-${news}`, ...fields } as FifoEvent),
    );
    this.mailer = new Mailer({
      deliver: deliverBySmtp,
      tell: ({ news, ...fields }) => log({ event: `mail-${news}`, ...fields } as MailEvent),
      clock,
      alarm: systemAlarm(clock),
    });
  }

  /** Goes by another configuration; settles when it can be told of changes. */
  async follow(settings: NotifySettings): Promise<void> {
    if (this.shutdown === 'not-started') await this.run('startup_script', settings.startup);
    this.shutdown = settings.shutdown;
    this.board = succeeding(settings.board, this.configured);
    this.configured = settings.board;
    this.rules = settings.alerts;
    this.mailer.follow(settings.mail);
    await this.fifos.follow(settings.fifos);
  }

  tell(notice: Notice): void {
    this.programs.enqueue(calls(notice, this.board));
    this.fifos.tell(fifoLine(notice));
    const letter = this.alerts.letter(notice, this.board, this.rules);
    if (letter) this.mailer.send(letter);
  }

  /** Sends a mail that a worker has written. */
  mail(letter: Letter): void {
    this.mailer.send(letter);
  }

  /** Tells the fifos how everything stands, changed or not. */
  restate({ instances, groups }: VrrpStatus): void {
    for (const { name, state } of groups) {
      this.fifos.tell(fifoLine({ of: 'group', name, state, priority: 0 }));
    }
    for (const { name, state, priority } of instances) {
      this.fifos.tell(fifoLine({ of: 'instance', name, state, priority }));
    }
  }

  /**
   * The last programs and mails are waited for, for a time; then readers come to the end, and the
   * shutdown script has the last word.
   */
  async finish(): Promise<void> {
    await Promise.all([this.programs.finish(), this.mailer.finish(LAST_MAILS)]);
    await this.fifos.close();
    if (this.shutdown !== 'not-started') await this.run('shutdown_script', this.shutdown);
  }

  private async run(keyword: string, errand: Errand | undefined): Promise<void> {
    const outcome = errand && (await this.programs.once(errand.command, errand.timeout));
    if (!outcome || (outcome.result === 'exited' && outcome.status === 0)) return;
    const [program = ''] = errand.command.argv;
    this.log({ event: 'errand-failed', keyword, program, how: howItEnded(outcome) });
  }
}

import type { Level, LogRecord } from '@keepalived-ts/base/events.js';
import type { DestinationStream, Logger } from 'pino';
import { consoleLine, fileLine, logFileOf, oneLine, type Part, syslogDatagram } from './lines.js';
import { openLogFile } from './log-file.js';
import type { Syslog } from './syslog.js';

/** Where lines go, and which. */
export interface JournalSettings {
  /** 1 shows details too, 2 also what is for debugging. */
  detail: number;
  console: boolean;
  /** The path of syslog's socket; `undefined` for no syslog. */
  syslog: string | undefined;
  facility: number;
  /** Base name of the log files, one for each part. */
  file: string | undefined;
  /** Write each line of a file before going on. */
  flush: boolean;
  format: 'text' | 'json';
}

/** A line on its way out. `json` is pino's rendering of it. */
interface Line {
  time: Date;
  level: Level;
  part: Part;
  text: string;
  json: string;
}

/** Something with a name that has gone wrong in the log itself; it can only be told elsewhere. */
type Trouble = (text: string) => void;

interface Target {
  write(line: Line): void;
  /** The files may have been renamed (logrotate): goes on in new ones. */
  reopen?(): void;
  /** Settles when all has been written, or never if nobody takes it. */
  close(): Promise<void> | void;
}

/** Unwritten console or file output that is kept at most; beyond it lines are dropped. */
const MOST_BUFFERED = 4 << 20;
/** How long the end may be delayed by a reader who does not read. */
const PATIENCE_MS = 1000;

const needed: Readonly<Record<Level, number>> = {
  error: 0,
  warning: 0,
  info: 0,
  detail: 1,
  debug: 2,
};

/**
 * The one log of the daemon: lines of all parts in, console, files and syslog out.
 *
 * Lines may be written before `open`, which loads pino: that takes 25 ms, better spent once
 * the workers have started. Nothing blocks, and `close` waits until everything has been written.
 */
export class Journal {
  private targets: Target[] = [];
  private early: { part: Part; record: LogRecord; time: Date }[] | undefined = [];
  private logger: Logger | undefined;
  private opening: Promise<void> | undefined;
  private now = new Date();
  private readonly settings: JournalSettings;
  private suffix = '';

  constructor(settings: JournalSettings) {
    this.settings = settings;
  }

  /** What tells this daemon from others, in names of files and in syslog. To be called first. */
  identify(suffix: string): void {
    this.suffix = suffix;
  }

  readonly write = (part: Part, record: LogRecord): void => {
    if (needed[record.level] > this.settings.detail) return;
    if (this.early) this.early.push({ part, record, time: new Date() });
    else this.pass(part, record, new Date());
  };

  /** Harmless when repeated. */
  open(): Promise<void> {
    this.opening ??= this.begin();
    return this.opening;
  }

  private async begin(): Promise<void> {
    const { pino, levels } = await import('pino');
    const { settings, suffix } = this;
    const report: Trouble = (text) => this.complain(text);
    const buffered = (fd: number, sync: boolean): BufferedOutput =>
      pino.destination({ fd, sync, maxLength: MOST_BUFFERED });
    const format = (text: (line: Line) => string): ((line: Line) => string) =>
      settings.format === 'json' ? (line) => line.json : text;
    if (settings.console) {
      const print = format((line) => consoleLine(line.time, line.text));
      this.targets.push(outputTarget(() => buffered(2, false), print));
    }
    const { file: base } = settings;
    if (base !== undefined) {
      const print = format((line) => fileLine(line.time, line.text));
      const open = (path: string): BufferedOutput => buffered(openLogFile(path), settings.flush);
      this.targets.push(fileTarget((part) => logFileOf(base, part, suffix), open, print, report));
    }
    if (settings.syslog !== undefined) {
      const { Syslog } = await import('./syslog.js');
      this.targets.push(syslogTarget(Syslog, settings.syslog, settings.facility, suffix));
    }
    this.logger = pino(
      {
        level: 'trace',
        base: null,
        timestamp: () => `,"time":"${this.now.toISOString()}"`,
        formatters: { level: (label) => ({ level: ourLevels[label] }) },
      },
      splitter(levels.labels, (line) => {
        for (const target of this.targets) target.write({ ...line, time: this.now });
      }),
    );
    const early = this.early ?? [];
    this.early = undefined;
    for (const { part, record, time } of early) this.pass(part, record, time);
  }

  reopen(): void {
    for (const target of this.targets) target.reopen?.();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    if (this.early?.length || this.opening) await this.open();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((end) => {
      timer = setTimeout(end, PATIENCE_MS);
    });
    await Promise.race([Promise.all(this.targets.map((target) => target.close())), patience]);
    clearTimeout(timer);
    this.targets = [];
  }

  private pass(part: Part, record: LogRecord, time: Date): void {
    this.now = time;
    const { event, level, fields } = record;
    const text = oneLine(record.text);
    this.logger?.[pinoLevels[level]]({ part, event, fields }, text);
  }

  private complain(text: string): void {
    if (!this.settings.console) process.stderr.write(`${text}\n`);
    const record = { part: 'log', event: 'log-trouble', level: 'error', text, fields: {} } as const;
    // Not from inside a write.
    setImmediate(() => this.write('parent', record));
  }
}

const pinoLevels = {
  error: 'error',
  warning: 'warn',
  info: 'info',
  detail: 'debug',
  debug: 'trace',
} as const;

const ourLevels: Readonly<Record<string, Level>> = Object.fromEntries(
  Object.entries(pinoLevels).map(([ours, pinos]) => [pinos, ours as Level]),
);

/** What pino tells a stream that asks for it by this symbol. */
const METADATA = Symbol.for('pino.metadata');

/** A stream that gets each line both as JSON and as the record it was made of. */
function splitter(
  labels: Readonly<Record<number, string>>,
  write: (line: Omit<Line, 'time'>) => void,
): DestinationStream {
  return {
    [METADATA]: true,
    lastLevel: 0,
    lastObj: {} as { part: Part },
    lastMsg: '',
    write(json: string) {
      const level = ourLevels[labels[this.lastLevel] ?? ''] ?? 'error';
      write({ json, level, part: this.lastObj.part, text: this.lastMsg });
    },
  } as DestinationStream & { lastLevel: number; lastObj: { part: Part }; lastMsg: string };
}

/** What we use of pino's destinations (sonic-boom). */
interface BufferedOutput {
  write(text: string): boolean;
  end(): void;
  destroy(): void;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  on(event: 'write' | 'close', listener: () => void): unknown;
}

/**
 * A pipe without a reader is dropped. What a file can't take, for its disk is full, is kept and
 * tried again with each further line. The others go on.
 */
function outputTarget(
  open: () => BufferedOutput,
  print: (line: Line) => string,
  refused: (reason: string) => void = () => undefined,
): Target {
  const output = open();
  let isStuck = false;
  let isEnding = false;
  let isGone = false;
  const closed = new Promise<void>((end) => {
    output.on('close', end);
    output.on('error', (error) => {
      if (isEnding || error.code === 'EPIPE') {
        isGone = true;
        output.destroy();
        end();
      } else if (!isStuck) {
        isStuck = true;
        refused(error.message);
      }
    });
  });
  output.on('write', () => {
    isStuck = false;
  });
  return {
    write: (line) => void (isGone || output.write(print(line))),
    close: () => {
      isEnding = true;
      if (!isGone) output.end();
      return closed;
    },
  };
}

function fileTarget(
  pathOf: (part: Part) => string,
  open: (path: string) => BufferedOutput,
  print: (line: Line) => string,
  report: Trouble,
): Target {
  const files = new Map<Part, Target | undefined>();
  const fileOf = (part: Part): Target | undefined => {
    if (files.has(part)) return files.get(part);
    const path = pathOf(part);
    let file: Target | undefined;
    try {
      file = outputTarget(
        () => open(path),
        print,
        (reason) => report(`Unable to write log file ${path}: ${reason}`),
      );
    } catch (e) {
      report(`Unable to open log file ${path}: ${(e as Error).message}`);
    }
    files.set(part, file);
    return file;
  };
  return {
    write: (line) => fileOf(line.part)?.write(line),
    reopen: () => {
      for (const file of files.values()) void file?.close();
      files.clear();
    },
    close: async () => void (await Promise.all([...files.values()].map((file) => file?.close()))),
  };
}

function syslogTarget(
  Channel: typeof Syslog,
  path: string,
  facility: number,
  suffix: string,
): Target {
  const whose = { facility, pid: process.pid, suffix };
  const syslog = new Channel(path, (lost) =>
    syslogDatagram(
      { time: new Date(), level: 'warning', part: 'parent', text: `${lost} log lines were lost` },
      whose,
    ),
  );
  return {
    write: (line) => syslog.send(syslogDatagram(line, whose)),
    close: () => syslog.close(),
  };
}

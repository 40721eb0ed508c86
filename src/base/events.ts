/**
 * Catalogues of log lines: each part lists in its `events.ts` every line it can log.
 *
 * `detail` lines appear only with -D, as keepalived's detailed messages do.
 */
export type Level = 'error' | 'warning' | 'info' | 'detail' | 'debug';

// biome-ignore lint/suspicious/noExplicitAny: the catalogue is a table of functions of any fields
type Text = (fields: any) => string;

export interface EventSpec<F> {
  level: Level;
  text: (fields: F) => string;
}

/** One line: its level and its text as a function of typed fields. */
export const event = <F = Record<never, never>>(
  level: Level,
  text: string | ((fields: F) => string),
): EventSpec<F> => ({ level, text: typeof text === 'string' ? () => text : text });

export type Catalogue = Record<string, { level: Level; text: Text }>;

/** An event that happened: data to pass between core and shell and between threads. */
export type EventOf<C extends Catalogue> = {
  [K in keyof C & string]: { event: K } & Parameters<C[K]['text']>[0];
}[keyof C & string];

/** A rendered line on its way to the parent's log. */
export interface LogRecord {
  part: string;
  event: string;
  level: Level;
  text: string;
  fields: Record<string, unknown>;
}

/** Renders an event of a catalogue. */
export function render<C extends Catalogue>(part: string, catalogue: C, e: EventOf<C>): LogRecord {
  const { event: name, ...fields } = e as { event: string } & Record<string, unknown>;
  const spec = catalogue[name];
  if (!spec) throw new RangeError(`no event ${name} in ${part}`);
  return { part, event: name, level: spec.level, text: spec.text(fields), fields };
}

/** Where rendered lines go. */
export type LogSink = (record: LogRecord) => void;

/** A typed logger over one catalogue. */
export type Log<C extends Catalogue> = (e: EventOf<C>) => void;

export const logger =
  <C extends Catalogue>(part: string, catalogue: C, sink: LogSink): Log<C> =>
  (e) =>
    sink(render(part, catalogue, e));

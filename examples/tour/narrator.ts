/** Tells what happens: times since the start, indented material, coloured on a terminal only. */
export class Narrator {
  readonly #start = process.hrtime.bigint();
  readonly #colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;

  seconds(): number {
    return Number(process.hrtime.bigint() - this.#start) / 1e9;
  }

  /** A new chapter of the story. */
  chapter(text: string): void {
    this.#line(`\n${this.#time()}  ${this.#paint('1', text)}`);
  }

  /** Something that was seen to happen. */
  say(text: string): void {
    this.#line(`${this.#time()}  ${text}`);
  }

  /** What somebody else printed: a log line, a table. */
  quote(who: string, text: string): void {
    for (const line of text.trimEnd().split('\n')) {
      this.#line(`          ${this.#paint('2', `${who} | ${line.trimEnd()}`)}`);
    }
  }

  #time(): string {
    return `${this.seconds().toFixed(1).padStart(6)} s`;
  }

  #paint(code: string, text: string): string {
    return this.#colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  #line(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

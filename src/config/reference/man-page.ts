/** What stands around the text of a manual page. */
export interface PageHead {
  name: string;
  section: number;
  /** One line for apropos(1). */
  summary: string;
  /** The program and its version, at the foot of the page. */
  source: string;
}

/**
 * A page for man(1) from Markdown as our manuals use it: headings, paragraphs, lists, tables, code.
 *
 * The first heading gives way to the page's own NAME; links lose their targets, which a terminal
 * can't follow. The macros are those of man(7).
 */
export function manPage(head: PageHead, markdown: string): string {
  const { name, section, summary, source } = head;
  const page = new Page();
  for (const line of markdown.split('\n')) page.read(line);
  return [
    `.TH "${escaped(name.toUpperCase())}" ${section} "" "${escaped(source)}" ""`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(summary)}`,
    ...page.end(),
    '',
  ].join('\n');
}

/** `text` waits for the lines that belong to the same paragraph. */
class Page {
  private readonly out: string[] = [];
  private text: string[] = [];
  private isCode = false;
  private tableRows = 0;

  read(line: string): void {
    const bare = line.trim();
    if (bare.startsWith('```')) this.fence();
    else if (this.isCode) this.out.push(guarded(escaped(line)));
    else if (bare.startsWith('|')) this.row(bare);
    else {
      this.tableRows = 0;
      this.prose(line, bare);
    }
  }

  end(): string[] {
    this.flush();
    return this.out;
  }

  private prose(line: string, bare: string): void {
    const heading = /^(#+) (.*)$/.exec(bare);
    const item = /^- (.*?)(<br>)?$/.exec(line);
    if (bare === '') {
      this.flush();
    } else if (heading) {
      this.flush();
      this.heading(heading[1]?.length ?? 1, heading[2] ?? '');
    } else if (item) {
      this.flush();
      // An item with a line of its own is a term with its explanation.
      if (item[2]) this.out.push('.TP', guarded(inline(item[1] ?? '')));
      else this.out.push('.IP \\(bu 2');
      if (!item[2]) this.text.push(item[1] ?? '');
    } else {
      // The text of an item is indented and goes on with it; other text begins a paragraph.
      if (this.text.length === 0 && !line.startsWith(' ')) this.out.push('.PP');
      this.text.push(bare);
    }
  }

  private heading(level: number, title: string): void {
    const text = inline(title);
    if (level === 2) this.out.push(`.SH ${quoted(text.toUpperCase())}`);
    else if (level === 3) this.out.push(`.SS ${quoted(text)}`);
    else if (level > 3) this.out.push('.PP', `\\fB${text}\\fR`);
  }

  private fence(): void {
    this.flush();
    this.isCode = !this.isCode;
    if (this.isCode) this.out.push('.PP', '.RS 4', '.nf');
    else this.out.push('.fi', '.RE');
  }

  /** A row is a term and its explanation; the first two rows are the table's head. */
  private row(line: string): void {
    this.flush();
    if (++this.tableRows <= 2) return;
    const [term = '', ...rest] = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|'));
    this.out.push('.TP', guarded(inline(term)), guarded(inline(rest.join('; '))));
  }

  private flush(): void {
    if (this.text.length > 0) this.out.push(guarded(inline(this.text.join(' '))));
    this.text = [];
  }
}

const INLINE =
  /`([^`]+)`|\*\*(.+?)\*\*|(?<![\w*])\*([^*\s][^*]*)\*|\[([^\]]+)\]\([^)]*\)|<a id="[^"]*"><\/a>|<br>/;

/** Bold, italic, code and links of a text. */
function inline(text: string): string {
  const found = INLINE.exec(text);
  if (!found) return escaped(text);
  const [all, code, bold, italic, label] = found;
  const before = escaped(text.slice(0, found.index));
  const after = inline(text.slice(found.index + all.length));
  if (code !== undefined) return `${before}\\fB${escaped(code)}\\fR${after}`;
  if (bold !== undefined) return `${before}${inBold(bold)}${after}`;
  if (italic !== undefined) return `${before}\\fI${escaped(italic)}\\fR${after}`;
  return before + (label === undefined ? '' : inline(label)) + after;
}

const inBold = (text: string): string => `\\fB${escaped(text.replaceAll('`', ''))}\\fR`;

/** groff_char(7): a bare minus, accent or tilde is printed as another character. */
const specials: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

const escaped = (text: string): string =>
  text.replaceAll(/[\\\-'"`^~]/g, (character) => specials[character] ?? character);

/** A line that begins with a dot would be a request. */
const guarded = (line: string): string => (/^[.']/.test(line) ? `\\&${line}` : line);

const quoted = (text: string): string => `"${text}"`;

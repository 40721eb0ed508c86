import { describe, expect, test } from 'vitest';
import { manPage } from '#src/config/reference/man-page.js';
import { manPages } from '#src/daemon/man-pages.js';
import { optionRows } from '#src/daemon/options.js';

/** The page of a text without its head. */
const body = (markdown: string): string[] =>
  manPage({ name: 'x', section: 5, summary: 's', source: 'x 1' }, markdown)
    .split('\n')
    .slice(3, -1);

test('a page begins with what apropos(1) looks for', () => {
  const head = { name: 'keep', section: 8, summary: 'keeps things', source: 'keep 1.0' };
  expect(manPage(head, '').split('\n')).toEqual([
    '.TH "KEEP" 8 "" "keep 1.0" ""',
    '.SH NAME',
    'keep \\- keeps things',
    '',
  ]);
});

describe('in a page', () => {
  test('headings are sections, subsections and bold lines; the first one is the name', () => {
    expect(body('# Title\n## One\n### Two\n#### <a id="x"></a>Three')).toEqual([
      '.SH "ONE"',
      '.SS "Two"',
      '.PP',
      '\\fBThree\\fR',
    ]);
  });

  test('lines of a paragraph are joined, and paragraphs told apart', () => {
    expect(body('one\ntwo\n\nthree')).toEqual(['.PP', 'one two', '.PP', 'three']);
  });

  test('a keyword is a term with its explanation', () => {
    expect(body('- **`prio`** `INTEGER`<br>\n  Which one\n  wins.')).toEqual([
      '.TP',
      '\\fBprio\\fR \\fBINTEGER\\fR',
      'Which one wins.',
    ]);
  });

  test('other items have a bullet', () => {
    expect(body('- see [there](a.md)\n- and there')).toEqual([
      '.IP \\(bu 2',
      'see there',
      '.IP \\(bu 2',
      'and there',
    ]);
  });

  test('a row of a table is a term; its head is left out', () => {
    expect(body('| a | b |\n| - | - |\n| `x\\|y` | one |')).toEqual(['.TP', '\\fBx|y\\fR', 'one']);
  });

  test('code keeps its lines and its backslashes', () => {
    expect(body('```\n$A=\\\n  .b\n```')).toEqual([
      '.PP',
      '.RS 4',
      '.nf',
      '$A=\\e',
      '  .b',
      '.fi',
      '.RE',
    ]);
  });

  test('what troff would take for a request, or print otherwise, is escaped', () => {
    expect(body(".TH it's ~a-b^")).toEqual(['.PP', '\\&.TH it\\(aqs \\(tia\\-b\\(ha']);
    expect(body('a * b *c*')).toEqual(['.PP', 'a * b \\fIc\\fR']);
  });
});

test('the pages tell of every option, and of keywords in their blocks', async () => {
  const pages = await manPages();
  for (const { long } of optionRows) {
    expect(pages['keepalived-ts.8']).toContain(`\\-\\-${long.replaceAll('-', '\\-')}`);
  }
  expect(pages['keepalived-ts.conf.5']).toContain('\\fBadvert_int\\fR');
  expect(pages['keepalived-ts.conf.5']).not.toContain('.SH "INDEX"');
});

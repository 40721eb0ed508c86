// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are names of the configuration language
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemFiles } from '#src/config/files.js';
import { loadConfiguration } from '#src/daemon/load.js';
import { noKeepalived } from '../support/daemons.js';

/*
 * What the preprocessor makes of a text shows in the keywords that nobody knows: `-t` names each
 * with its line, and one that begins with a `"` is named whole.
 *
 * Left out on purpose is where Debian's 2.2.7 is wrong and 2.4 is not: it leaves rubbish behind
 * ${_RANDOM}, knows no ${_ENV}, writes over itself when a replaced name becomes an @ID, and does
 * not end a definition with a comment, as 2.4 does.
 */
const CASES: Record<string, string> = {
  'names are replaced in braces and before blanks, commas and parentheses':
    '$A=1\n"p $A q"\n"p ${A}q"\n"r $A,$A)$A"\n$A@x\n"<$A>"\n"${A}"\n$A\n $A\n',
  'definitions hold definitions, and stand for what they are at their use':
    '$A=1\n$B=x $A y\n"q $B z"\n$A=2\n"q $B z"\n',
  'empty values, blanks, and names that are none':
    '$A=\n"e[$A ]"\n"u $U ${U}"\n$A = 5\n$1=5\n$A-b=5\n$=7\n $I=ind\n"${I}"\n$B=  "x y" \nb $B\n',
  'braces of an undefined name split the line': 'a ${X} b\n',
  'braces in values': '$B={ x\n$B\n}\n$C=y }\nq {\n$C\nend\n',
  'several lines': '$M=first\\\n  second ${N} \\\n  third\nx $M\n$N=5\n"a" $M\n$M tail\nend\n',
  'several lines end with a blank one': '$M=a\\\nb\\\n\nc\n$M\nend\n',
  'several lines, empty ones and braces among them':
    '$Z=\\\n\n"<" $Z\n$M=aa { bb\\\ncc }\n$M\n$N=aa\\\ncc\n${N}\nx ${N} { y\nend {$N\n',
  'definitions, conditions and loops within several lines':
    '$M=\\\n$Q=7\\\n@main yes\\\n@other no\\\nq${Q}\n$M\n${Q}end\n$S=\\\n~SEQ(N,1,2) a$N \\\nsecond\n$S\nx $S\n',
  'several lines within several lines':
    '$I=\\\ni1\\\ni2\n$M=\\\nfirst $I \\\nsecond\n$M\n$L=\\\nfirst\\\n$I\n$L\nend\n',
  'conditional lines':
    '@main a\n@main\n@mainx b\n@^main c\n@^other d\n  @main   $D=5\n@main ~SEQ(N,1,2) s$N\nd${D}\n@ x\n@main @main y\n@main@ z\n',
  'a condition takes one line, not its block': '@main {\nx\n}\n@other {\ny\n}\n',
  '~SEQ in all its forms':
    '~SEQ(N, 0x3) a$N\n~SEQ(N,-2) b$N\n~SEQ(N,010,9) c$N\n~SEQ(N,5,-2,1) d$N\n~SEQ(N,1,2)e$N\n~SEQ( N , 1 , 2 ) f$N\n~SEQ(N,1) \n~SEQ(N,1)\n~SEQ (N,1) y\n~SEQ(N,5,5) u$N\n~SEQ(N,0) v$N\n~SEQ(N,3,0) w$N\nlast$N\n',
  'numbers of ~SEQ may be names': '$S=2\n~SEQ(N,$S) s$N\n~SEQ(N,1,${S}) t$N\n',
  '~SEQ in ~SEQ': '~SEQ(A,1,2) ~SEQ(B,1,2) u${A}_${B}\n~SEQ(A,1,2) ~SEQ(A,5,6) x$A\n$A\n',
  '~SEQ of lines, blocks and definitions':
    '$M=\\\nfirst$N \\\n"second ${N}"\n~SEQ(N,1,2) $M\n~SEQ(N,1,2) b$N { c$N\n~SEQ(N,1,2) $D=v$N\n"${D}"\n~SEQ(N,1,2) @main c$N\n',
  'hexadecimal ~SEQx': '~SEQx(N,8,12) h$N\n~SEQx(N,0x1a,0x1c) h$N\n~SEQx(N,-1,1) z\n',
  'wrong ~SEQ':
    '~SEQ(N) x\n~SEQ(N,a) x\n~SEQ(N,1,2 x\n~SEQ(N,1,1,3,4) q\n~SEQ(N,1,-1,3) q\n~SEQ(N,1,0,3) z\n~FOO bar\nend\n',
  '~LST':
    '~LST(L, a, b) l$L\n~LST({A,B},{1,2},{3}) o${A}-${B}\n~LST({A,B},1,2) q$A\n~LST(L,a)r$L\n~LST(L,) s${L}.\n~LST(L,a,,b) t${L}.\n~LST({A},{1},{2}) u$A\n~LST({A,B}, {1 , 2 }, { 3,4}) w${A}${B}\n~LST(A,1,2) ~SEQ(B,1,2) ~LST(C,x,y) z${A}${B}${C}\n',
  'wrong ~LST':
    '~LST(L,a,b c,d) l$L\n~LST(L, "x y", z) m$L\n~LST(L) n$L\n~LST({A,B},{1,2,3}) p\n~LST(L a b) v$L\n~LST(L, a, b x$L\nend\n',
  'predefined names':
    '"${_PWD}"\n"${_INSTANCE}"\n"h${_HASH}x"\n"b${_BANG}x"\nh${_HASH}x\n"${_HASH 1}"\n"$_HASH "\n"${_NOPE}"\n"${_PWD x}"\n$_PWD=over\n"${_PWD}"\n',
  'replaced text may hold a comment':
    '$A=x#y\n$B="x#y"\n"$A "\n$B\nf${_HASH} b\ng ${_BANG}{\nend\n',
  'a line that would grow too long is left alone': `$A=${'a'.repeat(600)}\nx$A\n"x $A $A "\nend\n`,
  'include, and what does not exist':
    'include inc/a.conf\ninclude inc/*.conf\ninclude inc/{a,b}.conf\ninclude inc/{a,z}.conf\ninclude inc/[b-z].conf\ninclude nope\ninclude nope*\ninclude "inc/a.conf"\nend\n',
  'include within a line and out of a definition':
    'bb { include inc/b.conf\n@main include inc/a.conf\n@other include inc/a.conf\n$Y=include inc/a.conf\n$Y\n~LST(N,a,b) include inc/${N}.conf\nend\n',
  'definitions across files, and names of folders':
    'include inc/define.conf\n"${FROM}"\ninclude inc/pwd.conf\n"${_PWD}"\n',
  'an include that includes': 'include inc/nested.conf\nend\n',
};

const INCLUDED: Record<string, string> = {
  'a.conf': 'in_a\n',
  'b.conf': 'in_b\n',
  'define.conf': '$FROM=there\n',
  'pwd.conf': '"${_PWD}"\n',
  'nested.conf': 'include b.conf\nnested\n',
};

describe.skipIf(noKeepalived !== undefined)(
  `the preprocessor does what Debian's keepalived does ${noKeepalived ?? ''}`.trim(),
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'preprocessor-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'inc'));
    for (const [name, text] of Object.entries(INCLUDED)) {
      writeFileSync(join(folder, 'inc', name), text);
    }
    const file = join(folder, 'k.conf');

    /** The unknown keywords of the first reading; the parent's only file has no name there. */
    function theirs(): string[] {
      const { stderr } = spawnSync('keepalived', ['-t', '-i', 'main', '-f', file], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      const all = [...stderr.matchAll(/Line (\d+)\) Unknown keyword '(.*)'$/gm)];
      // Each process tells the same in turn.
      const heard = all.map(([, line, keyword]) => `${line} ${keyword}`);
      return heard.slice(0, heard.length / 4);
    }

    function ours(): string[] {
      const { diagnostics } = loadConfiguration(file, {
        files: systemFiles,
        checkers: [],
        surroundings: { configId: 'main' },
      });
      return diagnostics.flatMap(({ at, message }) => {
        const [, keyword] = /^Unknown keyword '(.*)'$/.exec(message) ?? [];
        return keyword === undefined ? [] : [`${at?.line} ${keyword}`];
      });
    }

    it.each(Object.entries(CASES))('%s', (_, text) => {
      writeFileSync(file, text);
      // We tell of each once, in the order of the files.
      const sorted = (said: readonly string[]): string[] => [...new Set(said)].sort();
      expect(sorted(ours())).toEqual(sorted(theirs()));
    });
  },
);

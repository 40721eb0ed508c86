/*
 * What docs/keywords.md says before its first keyword: what belongs to no row, as it is about all
 * of them. The configurations in it are read by a test.
 */

export const introduction = `
# keepalived.conf: every keyword

This manual is generated from the tables that the program reads the file by, so it says what this program does.
\`keepalived-ts explain KEYWORD\` prints the same of one keyword; \`keepalived-ts keywords\` lists all of them.

- Configurations that work, one a feature: [examples/conf](../examples/conf).
- What keepalived lets pass and this program warns of: [warnings.md](warnings.md).
- Where the two differ: [compatibility.md](compatibility.md).

## How to read it

A file is a list of keywords. A keyword stands at the beginning of a line, its values behind it, one keyword a line; a
block has its keywords between \`{\` and \`}\`. \`#\` and \`!\` begin a comment. A word with blanks or one of
\`# ! { }\` in it stands in double quotes. Where a keyword is given twice the last one counts, unless its text says
otherwise. What is mistyped is named with file, line and column by \`keepalived-ts -t\`.

| in grammar              | is                                                                       |
| ----------------------- | ------------------------------------------------------------------------ |
| \`INTEGER 1..255\`        | a whole number in this range                                             |
| \`DECIMAL 0.01..255\`     | seconds, with up to six decimals                                         |
| \`SECONDS 0..4294\`       | whole seconds                                                            |
| \`STRING\`                | a word                                                                   |
| \`IPADDR\`                | an IPv4 or IPv6 address; names are not looked up                         |
| \`IFNAME\`                | an interface, at most 15 characters                                      |
| \`[on\\|off]\`             | on, true or yes; off, false or no; the keyword alone is on               |
| \`SCRIPT [USER [GROUP]]\` | a program, quoted as one string with its arguments, and as whom it runs  |
| \`A\\|B\`                  | one of these                                                             |
| \`[X]\`                   | may be left out                                                          |
| \`{ X ... }\`             | a block with an X on each line                                           |

A keyword without a grammar is a flag: writing it switches it on. **No effect** marks one that is read and that there is
nothing to do about; **Not done** one that the program does not act upon yet, and says so at load with file and line.

A name must be declared above the line that uses it: \`vrrp_script\`, \`vrrp_track_process\`, \`track_file\`,
\`bfd_instance\` and \`track_group\` stand above what tracks them. Instances of a sync group and virtual server groups may
stand anywhere.
`;

export const preprocessing = `
Before any keyword is looked at, lines are included, chosen, multiplied and filled in. A mistake in a line that came about
so is shown where you wrote it, with the place that used it.

| written                                | means                                                                                      |
| -------------------------------------- | ------------------------------------------------------------------------------------------ |
| \`include PATTERN\`                      | the files that match (\`*\`, \`?\`, \`[]\`, \`{a,b}\`), in order, stand in place of the line     |
| \`includea PATTERN\`                     | the same, and it is an error when nothing matches or a file cannot be read; in parts: \`includer\` (readable), \`includem\` (a name matches), \`includew\` (a wildcard), \`includeb\` (each brace) |
| \`$NAME=VALUE\`                          | a definition; \`\${NAME}\` anywhere, or \`$NAME\` before a blank, \`,\` or \`)\`, is replaced by it |
| \`$NAME=\\\` and more lines              | a definition of several lines: each but the last ends with \`\\\`                            |
| \`~SEQ(VAR, FIRST, STEP, LAST) LINE\`    | the line for each number; \`~SEQ(VAR, LAST)\` counts from 1; \`~SEQx\` in hexadecimal        |
| \`~LST(VAR, A, B, C) LINE\`              | the line for each value; \`~LST({X,Y}, {1,2}, {3,4})\` sets two at a time                   |
| \`@NAME LINE\`                           | only on the node of this name; \`@^NAME LINE\` on all others. \`-i NAME\`, or else the host's |
| \`\${_PWD}\` \`\${_INSTANCE}\`             | the directory of the file; the name that \`@\` compares with                                 |
| \`\${_ENV VAR}\` \`\${_RANDOM MIN MAX}\`   | a variable of the environment; a random number                                             |
| \`\${_HASH}\` \`\${_BANG}\`                | \`#\` and \`!\`, in double quotes                                                             |

One file for both nodes of a pair, which differ in a line, and three servers that differ in a number:

\`\`\`
$SERVER=\\
  real_server 10.0.0.$N 80 { \\
    TCP_CHECK { \\
      connect_timeout 3 \\
    } \\
  }

vrrp_instance WEB {
  interface eth0
  virtual_router_id 51
  @lb1 priority 150
  @^lb1 priority 100
  virtual_ipaddress {
    192.0.2.10/24
  }
}

virtual_server 192.0.2.10 80 {
  protocol TCP
  lvs_sched wrr
  lvs_method NAT
  ~SEQ(N, 11, 13) $SERVER
}
\`\`\`
`;

export const scripts = `
Programs run with the rights of the user behind them, or of \`user\` of a \`vrrp_script\`, or of \`script_user\`; none of
them runs in the threads that send adverts and check servers. The program and its arguments are one word: with arguments
it stands in double quotes, as what follows the word is taken for user and group. Inside, single quotes keep an argument
with blanks together, and a backslash escapes (\`\\n\`, \`\\x41\`, \`\\'\`).

\`\`\`
vrrp_instance WEB {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    192.0.2.10/24
  }
  notify_master "/usr/local/bin/page 'node 1 is master' --now" nobody nogroup
  notify /usr/local/bin/log-change
}
\`\`\`

| keyword                                             | gets as further arguments                                       |
| --------------------------------------------------- | --------------------------------------------------------------- |
| \`notify\`                                            | \`INSTANCE\` or \`GROUP\`, its name, the state, the priority (0 for a group) |
| \`notify_fifo_script\` and its like                   | the path of the fifo                                            |
| \`notify_master\`, \`notify_up\`, \`quorum_up\`, others... | nothing: they run as they are written                           |
`;

import { parseArgs } from 'node:util';
import { nearest } from '#src/config/nearest.js';

/** What a subcommand has to say, and its exit status. */
export interface Outcome {
  status: number;
  out?: string;
  err?: string;
}

/** A subcommand's words, told apart. */
export interface Given {
  options: Readonly<Record<string, string | true | undefined>>;
  operands: readonly string[];
}

/** The value of an option that has one. */
export const optionOf = ({ options }: Given, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

export type Run = (given: Given) => Outcome | Promise<Outcome>;

export interface SubcommandOption {
  short?: string;
  doc: string;
  /** What follows it: one of these, or something of this name. A flag has neither. */
  values?: readonly string[];
  argument?: string;
}

export interface Subcommand {
  doc: string;
  /** What must follow: one of these, or something of this name. */
  operands: readonly (string | readonly string[])[];
  options: Readonly<Record<string, SubcommandOption>>;
  load(): Promise<{ run: Run }>;
}

const CONFIG_ID: SubcommandOption = {
  short: 'i',
  argument: 'ID',
  doc: 'Value that @ID lines are compared with; else the name of the host',
};

/**
 * The commands beside keepalived's options, by the words that call them. A new one is a row here
 * and a module in commands/, which is loaded when it is called: nothing of this is in the daemon.
 */
export const subcommands: Readonly<Record<string, Subcommand>> = {
  'config dump': {
    doc: 'Print a configuration in its normal form',
    operands: [],
    options: {
      'use-file': { short: 'f', argument: 'FILE', doc: 'Configuration file' },
      format: { values: ['conf', 'json'], doc: 'conf unless said' },
      secrets: { doc: 'Print passwords and keys instead of ***' },
      'config-id': CONFIG_ID,
    },
    load: () => import('./commands/config-dump.js'),
  },
  'config diff': {
    doc: 'Show what a reload from one configuration to another would change and do',
    operands: ['OLD', 'NEW'],
    options: {
      format: { values: ['text', 'json'], doc: 'text unless said' },
      'config-id': CONFIG_ID,
    },
    load: () => import('./commands/config-diff.js'),
  },
  genhash: {
    doc: 'Print the digest of a page, for HTTP_GET and SSL_GET',
    operands: [],
    options: {
      server: { short: 's', argument: 'ADDRESS', doc: 'Address of the server; no name' },
      port: { short: 'p', argument: 'PORT', doc: 'Its port' },
      url: { short: 'u', argument: 'PATH', doc: 'The page' },
      'use-ssl': { short: 'S', doc: 'Ask by TLS' },
      'use-sni': { short: 'I', doc: 'Name the virtual host in the TLS handshake' },
      'use-virtualhost': { short: 'V', argument: 'NAME', doc: 'Host header' },
      verbose: { short: 'v', doc: 'Show all that the server says' },
      fwmark: { short: 'm', argument: 'MARK', doc: 'Firewall mark of the packets' },
      protocol: { short: 'P', argument: 'VERSION', doc: '1.0, 1.0c (asks to close) or 1.1' },
      timeout: { short: 't', argument: 'SECONDS', doc: '5 unless said' },
    },
    load: () => import('./commands/genhash.js'),
  },
  explain: {
    doc: 'Say what a keyword means: priority, or vrrp_script/weight',
    operands: ['KEYWORD'],
    options: {},
    load: () => import('./commands/explain.js'),
  },
  keywords: {
    doc: 'List every keyword and whether it is acted upon',
    operands: [],
    options: { format: { values: ['tsv', 'json', 'md'], doc: 'tsv unless said' } },
    load: () => import('./commands/keywords.js'),
  },
  schema: {
    doc: 'Print the JSON schema of what config dump --format json prints',
    operands: [],
    options: {},
    load: () => import('./commands/schema.js'),
  },
  completion: {
    doc: 'Print the completion of a shell',
    operands: [['bash', 'zsh', 'fish']],
    options: {},
    load: () => import('./commands/completion.js'),
  },
};

/**
 * Runs what a command line that begins with a word asks for.
 *
 * Differs: keepalived runs as a daemon whatever words follow its name, with a message. A command
 * that was mistyped must not start one.
 */
export async function runSubcommand(argv: readonly string[]): Promise<Outcome> {
  const called = [2, 1].map((n) => argv.slice(0, n).join(' '));
  const name = called.find((words) => Object.hasOwn(subcommands, words));
  const command = name === undefined ? undefined : subcommands[name];
  if (name === undefined || !command) return unknown(called);
  const rest = argv.slice(name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h'))
    return { status: 0, out: helpOf(name, command) };
  const given = givenTo(command, rest);
  if (typeof given === 'string') return { status: 1, err: `${given}\n${usageOf(name, command)}\n` };
  return (await command.load()).run(given);
}

function unknown(called: readonly string[]): Outcome {
  const [two = '', one = ''] = called;
  const names = Object.keys(subcommands);
  const within = names.filter((name) => name.startsWith(`${one} `));
  const meant = nearest(two, names) ?? nearest(one, names);
  const hint =
    within.length > 0
      ? `there is ${within.join(', ')}`
      : meant === undefined
        ? `there are ${names.join(', ')}`
        : `did you mean '${meant}'?`;
  return { status: 1, err: `Unknown command '${within.length > 0 ? two : one}': ${hint}\n` };
}

/** The words behind a command's name, or what is wrong with them. */
function givenTo(command: Subcommand, argv: readonly string[]): Given | string {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { short, values, argument }]) => {
      const type = values || argument ? ('string' as const) : ('boolean' as const);
      return [name, { type, ...(short !== undefined && { short }) }];
    }),
  );
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (e) {
    return (e as Error).message;
  }
  const operands = parsed.positionals;
  if (operands.length > command.operands.length) {
    return `Unexpected argument '${operands[command.operands.length]}'`;
  }
  for (const [i, expected] of command.operands.entries()) {
    const operand = operands[i];
    if (operand === undefined) return `Missing argument: ${nameOf(expected)}`;
    if (typeof expected !== 'string' && !expected.includes(operand)) {
      return `'${operand}' is none of ${expected.join(', ')}`;
    }
  }
  for (const [name, value] of Object.entries(parsed.values)) {
    const { values } = command.options[name] ?? {};
    if (values && !values.some((one) => one === value)) {
      return `--${name} is one of ${values.join(', ')}`;
    }
  }
  return { options: parsed.values as Given['options'], operands };
}

const nameOf = (expected: string | readonly string[]): string =>
  typeof expected === 'string' ? expected : expected.join('|');

/** `config dump [-f FILE] [--format conf|json] [--secrets]` */
export function synopsis(name: string, command: Subcommand): string {
  const options = Object.entries(command.options).map(([option, row]) => {
    const value = row.values?.join('|') ?? row.argument;
    const spelling = row.short === undefined ? `--${option}` : `-${row.short}`;
    return `[${spelling}${value === undefined ? '' : ` ${value}`}]`;
  });
  return [name, ...options, ...command.operands.map(nameOf)].join(' ');
}

const usageOf = (name: string, command: Subcommand): string =>
  `Usage: keepalived-ts ${synopsis(name, command)}`;

function helpOf(name: string, command: Subcommand): string {
  const options = Object.entries(command.options).map(
    ([option, { short, doc, values, argument }]) => {
      const spelling = short === undefined ? `--${option}` : `-${short}, --${option}`;
      const value = values?.join('|') ?? argument ?? '';
      return `  ${`${spelling} ${value}`.padEnd(30)} ${doc}`;
    },
  );
  return [usageOf(name, command), '', `${command.doc}.`, ...options, ''].join('\n');
}

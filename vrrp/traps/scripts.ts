import { placeOf } from '#src/config/places.js';
import type { ScriptCommand } from '#src/config/script-value.js';
import { repeats, type Traps } from '#src/config/traps.js';
import type { VrrpConfig } from '../core/plan.js';

/** Shorter intervals than this see what heals by itself, such as a restart. */
const HASTY = 1e6;

const seconds = (micros: number): string => `${micros / 1e6} s`;

export const scriptTraps: Traps<VrrpConfig> = {
  'script-twice': {
    why: 'Of two vrrp_script blocks with one name the first is used everywhere and the second never, without a word.',
    remedy: 'rename one of them',
    find(config, tell) {
      for (const [first, { name, at }] of repeats(config.vrrp_script, (script) => script.name)) {
        tell(at, `vrrp_script ${name} is already there, in line ${first.at.line}`);
      }
    },
  },

  'script-interval-below-timeout': {
    why: 'Runs do not overlap: while one hangs, the next ones are left out, so a failure is seen after timeout rather than after interval.',
    remedy: 'a timeout below interval',
    find(config, tell) {
      for (const script of config.vrrp_script) {
        const { name, interval, timeout } = script;
        if (timeout === undefined || timeout <= interval) continue;
        const times = `timeout ${seconds(timeout)}, interval ${seconds(interval)}`;
        tell(
          placeOf(script, 'timeout'),
          `vrrp_script ${name} may run longer than its interval: ${times}`,
        );
      }
    },
  },

  'script-hasty': {
    why: 'A single failed run decides, several times a second: any hiccup of the script or of a busy machine moves the addresses.',
    remedy: 'fall 2 or more, or a longer interval',
    find(config, tell) {
      for (const script of config.vrrp_script) {
        if (script.interval >= HASTY || script.fall > 1) continue;
        const every = seconds(script.interval);
        tell(
          placeOf(script, 'interval'),
          `vrrp_script ${script.name} runs every ${every} with fall 1`,
        );
      }
    },
  },

  'script-relative': {
    why: 'A relative path is looked up from the folder that the daemon happens to run in, which is / in the background.',
    remedy: 'write the whole path',
    find(config, tell) {
      for (const { owner, keyword, command } of commandsOf(config)) {
        const [program = ''] = command.argv;
        if (!program.includes('/') || program.startsWith('/')) continue;
        tell(command.at, `${owner} ${keyword}: ${program} is a relative path`);
      }
    },
  },

  'script-arguments-unquoted': {
    why: 'The command and its arguments are one quoted string; unquoted words behind it are the user and the group to run it as.',
    remedy: 'put quotes around the command with all its arguments',
    find(config, tell) {
      for (const { owner, keyword, command } of commandsOf(config)) {
        const { user, at } = command;
        if (user === undefined || (/^[a-z_][\w.-]*\$?$/.test(user) && !STATES.test(user))) continue;
        tell(at, `${owner} ${keyword}: '${user}' is taken as the user to run it as`);
      }
    },
  },
};

/** What people pass to their scripts, and nobody's name. */
const STATES = /^(master|backup|fault|stop|up|down|start|restart)$/;

interface Owned {
  owner: string;
  keyword: string;
  command: ScriptCommand;
}

const notifiers = [
  'notify',
  'notify_master',
  'notify_backup',
  'notify_fault',
  'notify_stop',
] as const;

/** Every program of a configuration's instances and scripts, and what it belongs to. */
function commandsOf(config: VrrpConfig): Owned[] {
  const scripts = config.vrrp_script.map(({ name, script }) => ({
    owner: `vrrp_script ${name}`,
    keyword: 'script',
    command: script,
  }));
  const notices = config.vrrp_instance.flatMap((vr) =>
    notifiers.flatMap((keyword) => {
      const command = vr[keyword];
      return command ? [{ owner: `(${vr.name})`, keyword, command }] : [];
    }),
  );
  return [...scripts, ...notices];
}

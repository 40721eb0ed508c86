import { placeOf } from '#src/config/places.js';
import { repeats, type Traps } from '#src/config/traps.js';
import type { VrrpConfig } from '../core/plan.js';

/** Shorter intervals than this see what heals by itself, such as a restart. */
const HASTY = 1e6;

/** What people pass to their scripts; of these only backup is somebody's name, too. */
const STATE = /^(master|backup|fault|stop|deleted|up|down|start|restart)$/i;

const notifiers = [
  'notify',
  'notify_master',
  'notify_backup',
  'notify_fault',
  'notify_stop',
] as const;

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

  'script-arguments-unquoted': {
    why: 'The command and its arguments are one quoted string. Unquoted words behind it are lost in a vrrp_script; behind a notify keyword they are the user and group to run it as, and there is a user backup on many machines.',
    remedy: 'put quotes around the command with all its arguments',
    find(config, tell) {
      for (const { name, script } of config.vrrp_script) {
        if (script.user === undefined) continue;
        tell(script.at, `vrrp_script ${name}: '${script.user}' is no part of the command`);
      }
      for (const vr of config.vrrp_instance) {
        for (const keyword of notifiers) {
          const { user, at } = vr[keyword] ?? {};
          if (user === undefined || at === undefined || !STATE.test(user)) continue;
          tell(at, `(${vr.name}) ${keyword}: '${user}' is taken as the user to run it as`);
        }
      }
    },
  },
};

import { type Duration, microseconds } from '@keepalived-ts/base/time.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { ThreadSettings } from '#src/ipc/thread-settings.js';
import type { Config } from './root.js';

/** What tells one of several daemons of a machine from the others. Fixed for its life. */
export interface Identity {
  instance: string | undefined;
  /** The network namespace, as ip-netns(8) names it. */
  namespace: string | undefined;
  usesPidDirectory: boolean;
}

/** How the process and its threads are to be treated by the kernel, and by us. */
export interface ProcessSettings {
  name: string;
  threads: { vrrp: ThreadSettings; check: ThreadSettings };
  /** How long a thread may compute in real time without a pause. */
  realTimeLimit: Duration | undefined;
  childWait: Duration;
  umask: number;
  /** No reports of membership in link-local groups; only the first configuration decides. */
  silencesIgmp: boolean;
}

/** Compat: keepalived's names of its children with `process_names`. */
const LONG_NAMES = { vrrp: 'keepalived_vrrp', check: 'keepalived_lvs' };
const NAME = 'keepalived';
/** What files are created without when nothing else is said. */
const CUSTOMARY_UMASK = 0o177;

/** The command line wins; see `Settings`. */
export interface Overrides {
  namespace: string | undefined;
  umask: number | undefined;
}

export const identityOf = (config: Config, { namespace }: Overrides): Identity => ({
  instance: config.instance,
  namespace: namespace ?? config.net_namespace,
  usesPidDirectory: config.use_pid_dir,
});

/** What is added to names of log files and to the name in syslog: `_NAMESPACE_INSTANCE`. */
export const suffixOf = ({ namespace, instance }: Identity): string =>
  [namespace, instance].map((name) => (name === undefined ? '' : `_${name}`)).join('');

export function processSettings(config: Config, { umask }: Overrides): ProcessSettings {
  const { global_defs: globals } = config;
  return {
    name: globals.process_name ?? NAME,
    threads: { vrrp: vrrpThread(globals), check: checkThread(globals) },
    realTimeLimit: longest(globals.vrrp_rlimit_rttime, globals.checker_rlimit_rttime),
    childWait: config.child_wait_time,
    umask: umask ?? globals.umask ?? CUSTOMARY_UMASK,
    silencesIgmp: globals.disable_local_igmp === true && config.vrrp_instance.length > 0,
  };
}

const vrrpThread = (globals: GlobalDefsConfig): ThreadSettings => ({
  name: globals.vrrp_process_name ?? (globals.process_names ? LONG_NAMES.vrrp : NAME),
  nice: globals.vrrp_priority ?? 0,
  realTime: globals.vrrp_rt_priority,
  cpus: globals.vrrp_cpu_affinity,
  rise: riseOf(globals),
});

const checkThread = (globals: GlobalDefsConfig): ThreadSettings => ({
  name: globals.checker_process_name ?? (globals.process_names ? LONG_NAMES.check : NAME),
  nice: globals.checker_priority ?? 0,
  realTime: globals.checker_rt_priority,
  cpus: globals.checker_cpu_affinity,
  rise: riseOf(globals),
});

const riseOf = (globals: GlobalDefsConfig): ThreadSettings['rise'] => ({
  most: globals.max_auto_priority,
  late: microseconds(globals.min_auto_priority_delay),
});

/** The kernel knows one limit for all threads: neither part is to be told off before its own. */
const longest = (...limits: (number | undefined)[]): Duration | undefined => {
  const given = limits.filter((limit) => limit !== undefined);
  return given.length === 0 ? undefined : microseconds(Math.max(...given));
};

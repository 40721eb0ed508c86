import type { GlobalDefsConfig } from '#src/config/global-defs.js';

/** What a configuration says about the reload that ends its use. */
export interface ReloadSettings {
  /** `reload_check_config`: any mistake refuses the next configuration, and is written there. */
  check: string | undefined;
  /** `reload_file`: it is there while a configuration is read. */
  marker: string | undefined;
  /** `reload_time_file`, and `reload_repeat`. */
  timeFile: string | undefined;
  daily: boolean;
}

/** Compat: keepalived's own names where a keyword stands without one. */
const CUSTOMARY = { check: '/dev/null', marker: 'keepalived.reload' };

/** `folder` is that of the pid files. */
export const reloadSettings = (globals: GlobalDefsConfig, folder: string): ReloadSettings => ({
  check: orCustomary(globals.reload_check_config, CUSTOMARY.check),
  marker: orCustomary(globals.reload_file, `${folder}/${CUSTOMARY.marker}`),
  timeFile: globals.reload_time_file,
  daily: globals.reload_repeat ?? false,
});

const orCustomary = (path: string | undefined, customary: string): string | undefined =>
  path === '' ? customary : path;

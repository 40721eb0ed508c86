import { bufferGlobals } from './global-defs/buffers.js';
import { fileGlobals } from './global-defs/files.js';
import { firewallGlobals } from './global-defs/firewall.js';
import { garpGlobals } from './global-defs/garp.js';
import { lvsGlobals } from './global-defs/lvs.js';
import { mailGlobals } from './global-defs/mail.js';
import { notifyGlobals } from './global-defs/notify.js';
import { processGlobals } from './global-defs/process.js';
import { scriptGlobals } from './global-defs/scripts.js';
import { snmpGlobals } from './global-defs/snmp.js';
import { vrrpGlobals } from './global-defs/vrrp.js';
import { block, type ConfigOf } from './schema.js';

/** One file of rows for each theme, in the order that a dump has them in. */
export const globalDefs = block('global_defs', {
  doc: 'Settings of the whole daemon, and defaults for what the other blocks do not say.',
  example: 'global_defs {\n  router_id lb1\n  enable_script_security\n  script_user nobody\n}',
  keywords: {
    ...mailGlobals,
    ...scriptGlobals,
    ...notifyGlobals,
    ...vrrpGlobals,
    ...garpGlobals,
    ...lvsGlobals,
    ...firewallGlobals,
    ...snmpGlobals,
    ...processGlobals,
    ...fileGlobals,
    ...bufferGlobals,
  },
});

export type GlobalDefsConfig = ConfigOf<typeof globalDefs>;

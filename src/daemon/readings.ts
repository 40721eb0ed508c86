import { vrrpBlocks } from '#vrrp/keywords/outermost.js';
import { rootScalars } from './root-scalars.js';

/**
 * The keywords of the outermost level that each of keepalived's processes reads, in the order in
 * which the processes come to them: the parent, the checkers, VRRP, BFD.
 */
export const readings: readonly ReadonlySet<string>[] = [
  new Set(['global_defs', ...Object.keys(rootScalars)]),
  // Names of files and of BFD sessions are for checkers and VRRP alike.
  new Set(['SSL', 'virtual_server_group', 'virtual_server', 'track_file', 'bfd_instance']),
  new Set(Object.keys(vrrpBlocks)),
];

import { keyword } from '#src/config/schema.js';
import { list } from '#src/config/values.js';
import {
  bfdTracker,
  fileTracker,
  interfaceTracker,
  processTracker,
  scriptTracker,
} from './trackers.js';

const LATER = 'this kind of tracker comes with a later version';

/** What an instance, or a sync group for all its members, depends on. */
export const tracking = {
  track_interface: keyword(
    list(interfaceTracker),
    'Interfaces whose loss takes from the priority, or is a FAULT.',
  )
    .default([])
    .shown('track_interface { eth1 weight -20 }'),
  track_script: keyword(
    list(scriptTracker),
    'Scripts (vrrp_script) whose failure takes from the priority, or is a FAULT.',
  )
    .default([])
    .naming('vrrp_script', 'script'),
  track_file: keyword(
    list(fileTracker),
    'Files (track_file) whose number is added to the priority, or is a FAULT.',
  )
    .default([])
    .naming('track_file', 'file'),
  track_process: keyword(
    list(processTracker),
    'Processes (vrrp_track_process) whose absence takes from the priority, or is a FAULT.',
  )
    .default([])
    .naming('vrrp_track_process', 'process'),
  track_bfd: keyword(
    list(bfdTracker),
    'BFD sessions (bfd_instance) whose loss takes from the priority, or is a FAULT.',
  )
    .default([])
    .naming('bfd_instance', 'bfd')
    .refused(LATER),
};

import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { isReversed } from '../keywords/trackers.js';
import type { PlacedInstance, VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { VrrpScriptConfig } from '../keywords/vrrp-script.js';
import { adjust } from './plan-report.js';
import type { InterfaceTrack, ScriptTrack, Vip } from './types.js';

/**
 * The interfaces a router depends on: its own and those of its addresses, whose loss is a FAULT,
 * and those of `track_interface`.
 */
export function interfaceTracks(
  vr: PlacedInstance,
  vips: readonly Vip[],
  isOwner: boolean,
  report: Report,
): readonly InterfaceTrack[] {
  const tracks = new Map<string, InterfaceTrack>();
  for (const { interface: name, weight, reverse, at } of vr.track_interface) {
    if (name === vr.interface) {
      const message = `(${vr.name}) Ignoring track_interface ${name} since own interface`;
      adjust(report, message, { at });
    } else if (tracks.has(name)) {
      adjust(report, `(${vr.name}) duplicate track_interface ${name} - ignoring`, {
        at,
        ofBlock: false,
      });
    } else if (isOwner && weight !== 0) {
      const message = `(${vr.name}) ignoring ${name} tracked interface due to address owner`;
      adjust(report, message, { at });
    } else {
      tracks.set(name, { interface: name, weight, reverse });
    }
  }
  const implied = vips
    .filter((vip) => vip.tracked && vip.interface !== vr.interface)
    .map((vip) => vip.interface);
  if (!vr.dont_track_primary) implied.unshift(vr.interface);
  for (const name of implied) {
    if (!tracks.has(name)) tracks.set(name, { interface: name, weight: 0, reverse: false });
  }
  return [...tracks.values()];
}

/** The scripts of `track_script`, with the script's own weight where the line names none. */
export function scriptTracks(
  vr: VrrpInstanceConfig,
  scripts: ReadonlyMap<string, VrrpScriptConfig>,
  isOwner: boolean,
  report: Report,
): readonly ScriptTrack[] {
  const tracks = new Map<string, ScriptTrack>();
  for (const { script: name, at, ...line } of vr.track_script) {
    const script = scripts.get(name);
    if (!script) continue; // the links between blocks have told of it
    const weight = line.weight ?? script.weight.weight;
    const reverse = isReversed(line, script.weight);
    if (tracks.has(name)) {
      adjust(report, `(${vr.name}) duplicate track_script ${name} - ignoring`, {
        at,
        ofBlock: false,
      });
    } else if (isOwner && weight !== 0) {
      adjust(
        report,
        `(${vr.name}) ignoring tracked script ${name} with weights due to address_owner`,
        { at },
      );
    } else {
      tracks.set(name, { script: name, weight, reverse });
    }
  }
  return [...tracks.values()];
}

import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { familyOf, type IpAddress, isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import type { RealServerPlan } from '#lvs/core/plan.js';
import { endOf, placeOf } from '#src/config/places.js';
import type { Filling } from '#src/config/schema.js';
import type { CommonConfig } from './common-keywords.js';
import type { Checker, TrackFile } from './define-checker.js';
import type { Connect } from './plan.js';

/** The source address; one that can't lead to the target would keep the server from being asked. */
export function sourceOf(
  { bindto, connect_ip }: CommonConfig,
  { destination }: RealServerPlan,
  { keyword, config }: Filling,
  report: Report,
): IpAddress | undefined {
  const target = connect_ip ?? destination.address;
  if (bindto === undefined || familyOf(bindto) === familyOf(target)) return bindto;
  report({
    severity: 'error',
    class: 'general',
    message: `${keyword}: bindto ${bindto} is of another family than ${target} - ignoring`,
    at: placeOf(config, 'bindto'),
    ofBlock: false,
  });
  return undefined;
}

/** The file that a FILE_CHECK names, without the place of its block. */
export function fileOf({ config }: Filling, files: readonly TrackFile[]): TrackFile | undefined {
  const found = files.find(({ name }) => name === config.track_file);
  return found && { name: found.name, file: found.file, weight: found.weight };
}

/** Whether a checker follows a file that there is not. One that names none is told elsewhere. */
export function lacksFile(filling: Filling, files: readonly TrackFile[], report: Report): boolean {
  const { config } = filling;
  if (!('track_file' in config) || fileOf(filling, files)) return false;
  if (config.track_file !== undefined) {
    const mistake = { severity: 'error', class: 'general', ofBlock: false } as const;
    const message = `track_file ${config.track_file} not found`;
    report({ ...mistake, message, at: placeOf(config, 'track_file') });
    const lacks = 'FILE_CHECK has no track_file specified - ignoring';
    report({ ...mistake, message: lacks, at: endOf(config) });
  }
  return true;
}

/** Checks that can't work as they stand, though every single line of them is right. */
export function remark(
  { knowsNoPorts }: Checker,
  connect: Connect,
  { destination }: RealServerPlan,
  { keyword, config }: Filling,
  report: Report,
): void {
  const { address = destination.address, port = destination.port, bindIf } = connect;
  if (port === 0 && !knowsNoPorts) {
    report({
      severity: 'warning',
      class: 'advice',
      code: 'check-without-port',
      message: `${keyword} has no port to connect to and will always fail`,
      hint: 'the real server has port 0: set connect_port',
      at: config.at,
    });
  }
  if (isLinkLocal6(address) && bindIf === undefined) {
    report({
      severity: 'warning',
      class: 'general',
      message: `${keyword}: the link-local address ${address} needs bind_if`,
      at: config.at,
    });
  }
}

export interface InstanceOptions {
  name?: string;
  interface?: string;
  vrid?: number;
  priority?: number;
  /** Seconds between adverts. */
  interval?: number;
  vips?: readonly string[];
  /** More lines of the instance, before its addresses. */
  lines?: readonly string[];
}

/** The address that moves in most tests. */
export const VIP = '10.77.0.100';

/** A `vrrp_instance` block. */
export function instance(options: InstanceOptions = {}): string {
  const { name = 'VI_1', interface: device = 'eth0', vrid = 51, priority = 100 } = options;
  const { interval = 1, vips = [`${VIP}/24`], lines = [] } = options;
  return [
    `vrrp_instance ${name} {`,
    `    interface ${device}`,
    `    virtual_router_id ${vrid}`,
    `    priority ${priority}`,
    `    advert_int ${interval}`,
    ...lines.map((line) => `    ${line}`),
    '    virtual_ipaddress {',
    ...vips.map((vip) => `        ${vip}`),
    '    }',
    '}',
    '',
  ].join('\n');
}

/** A whole configuration; what stands in front of the instances goes into `before`. */
export const configuration = (
  instances: readonly string[],
  before: readonly string[] = [],
): string =>
  [
    'global_defs {',
    '    router_id test',
    '    script_user root',
    '}',
    ...before,
    ...instances,
  ].join('\n');

/** One instance with the usual surroundings. */
export const simple = (options: InstanceOptions = {}): string => configuration([instance(options)]);

/** The takeover times of RFC 3768 §6.1, in milliseconds. */
export const skew = (priority: number): number => (256 - priority) * (1000 / 256);

/** How the configuration with many real servers that the benchmarks use is varied. */
export interface Variation {
  /** A weight for the first server of the last service. */
  weight?: number;
}

/**
 * `services` virtual servers with ten real servers each. Few checks are due while something is
 * measured, and those wait for an answer until that is over: nothing leaves the table meanwhile.
 */
export function manyServers(services: number, { weight = 1 }: Variation = {}): string {
  const server = (ip: string, line: string): string =>
    `    real_server ${ip} 80 {\n${line}        TCP_CHECK {\n            connect_timeout 30\n        }\n    }\n`;
  return Array.from({ length: services }, (_, vs) => {
    const reals = Array.from({ length: 10 }, (_, rs) => {
      const isOdd = weight !== 1 && vs === services - 1 && rs === 0;
      const ip = `10.${20 + (vs >> 8)}.${vs & 255}.${rs + 1}`;
      return server(ip, isOdd ? `        weight ${weight}\n` : '');
    });
    return (
      `virtual_server 10.9.${vs >> 8}.${vs & 255} 80 {\n    delay_loop 3600\n` +
      `    lvs_sched wlc\n    lvs_method NAT\n    protocol TCP\n${reals.join('')}}\n`
    );
  }).join('\n');
}

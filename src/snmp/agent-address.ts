/** Where a master agent listens, as `net.connect` wants it. */
export type AgentAddress = { path: string } | { host: string; port: number };

/** net-snmp's own default, which Debian and Red Hat keep. */
export const CUSTOMARY_SOCKET = '/var/agentx/master';
/** Registered for AgentX (RFC 2741 §8.1.1). */
const AGENTX_PORT = 705;

/**
 * An address in net-snmp's spelling (snmpcmd(1)): `unix:/path`, `/path`, `tcp:host:port`,
 * `tcp6:[::1]:705`, `host:port`, `port`. undefined for transports without connections.
 */
export function agentAddress(spelling: string): AgentAddress | undefined {
  const [, transport = '', rest = ''] = /^(?:([a-z]+\d?):)?(.*)$/i.exec(spelling) ?? [];
  if (transport === 'unix' || (transport === '' && rest.startsWith('/'))) return { path: rest };
  if (!['', 'tcp', 'tcp6', 'tcpipv6'].includes(transport)) {
    // A name without transport looks like one: `localhost:705`.
    return transport !== 'udp' && !transport.startsWith('udp') && /^\d+$/.test(rest)
      ? { host: transport, port: Number(rest) }
      : undefined;
  }
  if (/^\d+$/.test(rest)) return { host: 'localhost', port: Number(rest) };
  const [, inBrackets, host, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(rest) ?? [];
  const name = inBrackets ?? host;
  if (name === undefined) return undefined;
  return { host: name, port: port === undefined ? AGENTX_PORT : Number(port) };
}

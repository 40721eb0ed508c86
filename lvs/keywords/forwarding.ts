import type {
  Forwarding as KernelForwarding,
  TunnelChecksum,
  TunnelType,
} from '@keepalived-ts/ipvs-netlink/types.js';
import { integerOf } from '#src/config/numbers.js';
import type { ParseContext, ValueType, Word } from '#src/config/value-type.js';
import { mistake } from '#src/config/values.js';

/** The forwarding methods that a user can ask for. */
export type Forwarding = Exclude<KernelForwarding, { method: 'LOCAL' | 'BYPASS' }>;
type Tunnel = Extract<Forwarding, { method: 'TUN' }>;

const TYPES: readonly TunnelType[] = ['ipip', 'gue', 'gre'];
const CHECKSUMS: readonly TunnelChecksum[] = ['nocsum', 'csum', 'remcsum'];

/** `NAT`, `DR`, or `TUN` with the kind of tunnel; a plain TUN is IP in IP. */
export const forwarding: ValueType<Forwarding> = {
  usage: 'NAT|DR|TUN [type {ipip|gue port PORT|gre} [nocsum|csum|remcsum]]',
  least: 1,
  parse([first, ...options], context) {
    if (first === undefined) return undefined;
    switch (first.text) {
      case 'NAT':
      case 'DR': {
        const [surplus] = options;
        if (surplus) mistake(context, surplus, `Invalid tunnel option ${surplus.text}`);
        return { method: first.text };
      }
      case 'TUN':
        return tunnel(first, options, context);
      default: {
        const message = `unknown [${first.text}] routing method`;
        return mistake(context, first, message, 'one of NAT, DR, TUN');
      }
    }
  },
  print(value) {
    if (value.method !== 'TUN') return value.method;
    const port = value.type === 'gue' ? ` port ${value.port}` : '';
    const checksum = value.checksum === 'nocsum' ? '' : ` ${value.checksum}`;
    return `TUN type ${value.type}${port}${checksum}`;
  },
};

/** Reads the options of TUN in any order, then tells which of them do not go together. */
function tunnel(start: Word, options: readonly Word[], context: ParseContext): Tunnel | undefined {
  const result: Tunnel = { method: 'TUN', type: 'ipip', port: 0, checksum: 'nocsum' };
  for (let i = 0; i < options.length; i++) {
    const option = options[i] as Word;
    const checksum = CHECKSUMS.find((name) => name === option.text);
    if (checksum !== undefined) {
      result.checksum = checksum;
      continue;
    }
    const argument = options[++i];
    if (option.text === 'type') {
      const type = TYPES.find((name) => name === argument?.text);
      if (type === undefined) {
        const message = argument ? `Invalid tunnel type ${argument.text}` : 'Missing tunnel type';
        return mistake(context, argument ?? option, message, `one of ${TYPES.join(', ')}`);
      }
      result.type = type;
    } else if (option.text === 'port') {
      const port = argument && integerOf(argument, 1, 65535, context, { strict: true });
      if (port === undefined)
        return mistake(context, argument ?? option, 'Invalid gue tunnel port');
      result.port = port;
    } else {
      return mistake(context, option, `Invalid tunnel option ${option.text}`);
    }
  }
  const contradiction = contradictionOf(result);
  return contradiction ? mistake(context, start, contradiction) : result;
}

function contradictionOf({ type, port, checksum }: Tunnel): string | undefined {
  if ((type === 'gue') !== (port !== 0)) {
    return 'gue tunnels require port, otherwise cannot have port.';
  }
  if (type === 'ipip' && checksum !== 'nocsum') {
    return 'ipip tunnels do not support checksum option.';
  }
  if (type === 'gre' && checksum === 'remcsum') {
    return 'gre tunnels do not support remote checksum option.';
  }
  return undefined;
}

import { type Duration, seconds } from '@keepalived-ts/base/time.js';
import { objectOf } from '#src/config/json-form.js';
import { type LineOf, named, optionLine } from '#src/config/option-line.js';
import { keyword } from '#src/config/schema.js';
import type { ValueType } from '#src/config/value-type.js';
import { duration, interfaceName, quoted } from '#src/config/values.js';

/** How the state of a link is asked for; netlink tells of it by itself. */
export type LinkbeatMethod = 'MII' | 'ETHTOOL' | 'IOCTL';
const METHODS: readonly string[] = ['MII', 'ETHTOOL', 'IOCTL'];

const method: ValueType<LinkbeatMethod> = {
  usage: METHODS.join('|'),
  least: 1,
  accepts: (text) => METHODS.includes(text),
  parse: ([first]) => first?.text as LinkbeatMethod | undefined,
  print: (value) => value,
};

/** A line of `linkbeat_interfaces`. */
export const linkbeatInterface = optionLine({
  leading: keyword(named('interface', interfaceName), 'An interface whose link is to be polled.'),
  loose: {
    method: keyword(method, 'How to ask for the link; the first that works, unless given.'),
  },
  options: {},
});

/** How long the state of an interface must last before it counts. */
export interface Delays {
  interface: string;
  down: Duration;
  up: Duration;
}

const timer = duration(0, 255);

/** Compat: without a second number an interface counts as up at once. */
const delays: ValueType<Delays> = {
  usage: 'IFNAME SECONDS 0..255 [SECONDS]',
  least: 1,
  takes: () => 3,
  parse([name, down, up], context) {
    const given = name && interfaceName.parse([name], context);
    if (given === undefined) return undefined;
    const [whenDown, whenUp] = [down, up].map((w) => (w ? timer.parse([w], context) : seconds(0)));
    if (whenDown === undefined || whenUp === undefined) return undefined;
    return { interface: given, down: whenDown, up: whenUp };
  },
  print: ({ interface: name, down, up }) =>
    [quoted(name), timer.print(down), ...(up === 0 ? [] : [timer.print(up)])].join(' '),
  json: objectOf({ interface: interfaceName, down: timer, up: timer }),
};

/** A line of `interface_up_down_delays`. */
export const interfaceDelays = optionLine({
  leading: keyword(
    delays,
    'The interface, the seconds that it may be down before that counts, and those to be up.',
  ),
  options: {},
});

export type LinkbeatInterface = LineOf<typeof linkbeatInterface>;
export type InterfaceDelays = LineOf<typeof interfaceDelays>;

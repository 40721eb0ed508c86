import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { familyOf, type IpAddress, isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import { type Duration, seconds, times } from '@keepalived-ts/base/time.js';
import {
  planServices,
  type RealServerPlan,
  type ServerNotifiers,
  type ServicePlan,
  type SettledService,
} from '#lvs/core/plan.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import type { Filling } from '#src/config/schema.js';
import { type CommonConfig, commonKeywords } from './common-keywords.js';
import type { Checker, Checkers, OptionsOf, Target } from './define-checker.js';

/** The slice of the configuration that becomes the check thread's plan. */
export interface CheckConfig {
  virtual_server: readonly VirtualServerConfig[];
  global_defs?: { checker_log_all_failures?: boolean } | undefined;
}

/**
 * What the check thread lives by: plain data, so that it can be posted to the thread.
 *
 * It is copied on the way, so the blocks in it keep only what is still wanted of them: notifiers.
 */
export interface CheckPlan {
  services: readonly SettledService[];
  checks: readonly CheckerPlan[];
}

/**
 * A checker of one real server, with nothing inherited any more.
 *
 * Most of 10,000 checkers ask alike, so what they have in common is one object that they share.
 * That survives the copy, which is the costliest part of starting the thread.
 */
export interface CheckerPlan {
  /** Keys of the service and, within it, of the real server. */
  service: string;
  server: string;
  keyword: string;
  question: Readonly<Question>;
  connect: Readonly<Connect>;
  rules: Readonly<Rules>;
}

/** What is asked. */
export interface Question {
  options: Options;
  virtualhost: string | undefined;
  /** For checkers that ask several questions; see `Checker.questions`. */
  round: Round | undefined;
  /** Equal where the same is asked: a reload keeps the state of such a checker. */
  identity: string;
}

export interface Round {
  questions: number;
  /** No pause between questions while the server comes up. */
  fast: boolean;
}

/** How to connect, where that is not simply to the real server. */
export interface Connect {
  address: IpAddress | undefined;
  port: number | undefined;
  bindTo: IpAddress | undefined;
  bindPort: number | undefined;
}

/** How often and how patiently to ask. */
export interface Rules {
  retry: number;
  delayBeforeRetry: Duration;
  delayLoop: Duration;
  warmup: Duration;
  connectTimeout: Duration;
  /** How long one probe may take. */
  deadline: Duration;
  /** Counts as failed until its first success. */
  alpha: boolean;
  logAllFailures: boolean;
}

type Options = OptionsOf<Record<never, never>>;

/** Where a checker of that real server asks. */
export const targetOf = (
  { connect, rules }: CheckerPlan,
  { destination }: Pick<RealServerPlan, 'destination'>,
): Target => ({
  address: connect.address ?? destination.address,
  port: connect.port ?? destination.port,
  bindTo: connect.bindTo,
  bindPort: connect.bindPort,
  connectTimeout: rules.connectTimeout,
});

const DELAY_LOOP = seconds(60);
const CONNECT_TIMEOUT = seconds(5);
const RETRY = 1;
const DELAY_BEFORE_RETRY = seconds(1);

/** The check thread's plan from the virtual servers; remarks on what had to be settled. */
export function planChecks(config: CheckConfig, report: Report, checkers: Checkers): CheckPlan {
  const services = planServices(config.virtual_server, report);
  const logAll = config.global_defs?.checker_log_all_failures ?? false;
  const share = sharing();
  const checks = services.flatMap((service) =>
    service.realServers.flatMap((server) =>
      server.config.checkers.flatMap((filling: Filling) => {
        const checker = checkers.get(filling.keyword);
        if (!checker) return [];
        const check = planChecker({ checker, filling, service, server, logAll, share, report });
        remark(targetOf(check, server), filling, report);
        return check.question.round?.questions === 0 ? [] : [check];
      }),
    ),
  );
  return { services: services.map(settled), checks };
}

type Share = <T extends object>(value: T) => T;

/** Gives the same object for equal values: plain ones, of which JSON shows everything. */
function sharing(): Share {
  const known = new Map<string, object>();
  return <T extends object>(value: T): T => {
    const key = JSON.stringify(value);
    const same = known.get(key);
    if (same) return same as T;
    known.set(key, value);
    return value;
  };
}

const NO_NOTIFIERS: ServerNotifiers = { notify_up: undefined, notify_down: undefined };

/** The service with nothing of its blocks but the notifiers. */
function settled(service: ServicePlan): SettledService {
  const { quorum_up, quorum_down } = service.config;
  return {
    ...service,
    config: { quorum_up, quorum_down },
    realServers: service.realServers.map((server) => {
      const { notify_up, notify_down } = server.config;
      const config = notify_up || notify_down ? { notify_up, notify_down } : NO_NOTIFIERS;
      return { ...server, config };
    }),
  };
}

/**
 * Settles one checker: what it says itself, else its real server, else its virtual server, else
 * the checker's own default (reference §2).
 */
function planChecker(of: {
  checker: Checker;
  filling: Filling;
  service: ServicePlan;
  server: RealServerPlan;
  logAll: boolean;
  share: Share;
  report: Report;
}): CheckerPlan {
  const { checker, filling, service, server, share } = of;
  const own = filling.config as CommonConfig;
  const rs = server.config;
  const vs = service.config;
  const { keyword, defaults } = checker;
  const delayLoop = own.delay_loop ?? rs.delay_loop ?? vs.delay_loop ?? DELAY_LOOP;
  const connectTimeout =
    own.connect_timeout ?? rs.connect_timeout ?? vs.connect_timeout ?? CONNECT_TIMEOUT;
  const delayBeforeRetry =
    own.delay_before_retry ??
    rs.delay_before_retry ??
    vs.delay_before_retry ??
    defaults?.delayBeforeRetry ??
    DELAY_BEFORE_RETRY;
  const rules: Rules = {
    retry: own.retry ?? rs.retry ?? vs.retry ?? defaults?.retry ?? RETRY,
    delayBeforeRetry,
    delayLoop,
    warmup: own.warmup ?? rs.warmup ?? vs.warmup ?? delayLoop,
    connectTimeout,
    deadline: times(connectTimeout, checker.patience ?? 1),
    alpha: own.alpha ?? server.alpha,
    logAllFailures: own.log_all_failures ?? of.logAll,
  };
  const connect: Connect = {
    address: own.connect_ip,
    port: own.connect_port,
    bindTo: sourceOf(own, server, filling, of.report),
    bindPort: own.bind_port,
  };
  const question = planQuestion(checker, filling, rs.virtualhost ?? vs.virtualhost);
  return {
    service: service.key,
    server: server.key,
    keyword,
    question: share(question),
    connect: share(connect),
    rules: share(rules),
  };
}

/** The source address; one that can't lead to the target would keep the server from being asked. */
function sourceOf(
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
    at: config.at,
  });
  return undefined;
}

/** The values of the checker's own rows, and what follows from them. */
function planQuestion(
  checker: Checker,
  { config }: Filling,
  virtualhost: string | undefined,
): Question {
  const options: Record<string, unknown> = {};
  for (const name of Object.keys(checker.keywords)) {
    if (!(name in commonKeywords)) options[name] = withoutPlaces(config[name]);
  }
  const settled = options as Options;
  return {
    options: settled,
    virtualhost,
    round: checker.questions && {
      questions: checker.questions(settled),
      fast: checker.recoversFast?.(settled) ?? false,
    },
    identity: JSON.stringify([checker.identity?.(settled) ?? settled, virtualhost]),
  };
}

/** Values of nested blocks without the places in the file, which would tell equal ones apart. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (value === null || typeof value !== 'object' || !('at' in value)) return value;
  const { at: _, ...rest } = value;
  return Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, withoutPlaces(v)]));
}

/** Checks that can't work as they stand, though every single line of them is right. */
function remark(target: Target, { keyword, config }: Filling, report: Report): void {
  const { address, port } = target;
  if (port === 0) {
    report({
      severity: 'warning',
      class: 'advice',
      message: `${keyword} has no port to connect to and will always fail`,
      hint: 'the real server has port 0: set connect_port',
      at: config.at,
    });
  }
  if (isLinkLocal6(address)) {
    report({
      severity: 'warning',
      class: 'general',
      message: `${keyword}: the link-local address ${address} needs bind_if`,
      at: config.at,
    });
  }
}

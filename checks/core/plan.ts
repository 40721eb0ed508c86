import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import { type Duration, seconds } from '@keepalived-ts/base/time.js';
import {
  planServices,
  type RealServerPlan,
  type ServicePlan,
  type SettledService,
} from '#lvs/core/plan.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import type { Filling } from '#src/config/schema.js';
import { type CommonConfig, commonKeywords } from './common-keywords.js';
import type { Checker, Checkers, OptionsOf, Phrases, Target } from './define-checker.js';

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

/** A checker of one real server, with nothing inherited any more. */
export interface CheckerPlan {
  /** Keys of the service and, within it, of the real server. */
  service: string;
  server: string;
  keyword: string;
  options: OptionsOf<Record<never, never>>;
  target: Target;
  virtualhost: string | undefined;
  /** For checkers that ask several questions; see `Checker.questions`. */
  round: Round | undefined;
  retry: number;
  delayBeforeRetry: Duration;
  delayLoop: Duration;
  warmup: Duration;
  /** How long one probe may take. */
  deadline: Duration;
  /** Counts as failed until its first success. */
  alpha: boolean;
  logAllFailures: boolean;
  phrases: Phrases;
  /** Equal for a checker that asks the same of the same server: a reload keeps its state. */
  identity: string;
}

export interface Round {
  questions: number;
  /** No pause between questions while the server comes up. */
  fast: boolean;
}

const DELAY_LOOP = seconds(60);
const CONNECT_TIMEOUT = seconds(5);
const RETRY = 1;
const DELAY_BEFORE_RETRY = seconds(1);

/** The check thread's plan from the virtual servers; remarks on what had to be settled. */
export function planChecks(config: CheckConfig, report: Report, checkers: Checkers): CheckPlan {
  const services = planServices(config.virtual_server, report);
  const logAll = config.global_defs?.checker_log_all_failures ?? false;
  const checks = services.flatMap((service) =>
    service.realServers.flatMap((server) =>
      server.config.checkers.flatMap((filling: Filling) => {
        const checker = checkers.get(filling.keyword);
        if (!checker) return [];
        const check = planChecker(checker, filling, service, server, logAll);
        remark(check, filling, report);
        return check.round?.questions === 0 ? [] : [check];
      }),
    ),
  );
  return { services: services.map(settled), checks };
}

/** The service with nothing of its blocks but the notifiers. */
function settled(service: ServicePlan): SettledService {
  const { quorum_up, quorum_down } = service.config;
  return {
    ...service,
    config: { quorum_up, quorum_down },
    realServers: service.realServers.map((server) => {
      const { notify_up, notify_down } = server.config;
      return { ...server, config: { notify_up, notify_down } };
    }),
  };
}

/**
 * Settles one checker: what it says itself, else its real server, else its virtual server, else
 * the checker's own default (reference §2).
 */
function planChecker(
  checker: Checker,
  filling: Filling,
  service: ServicePlan,
  server: RealServerPlan,
  logAll: boolean,
): CheckerPlan {
  const own = filling.config as CommonConfig;
  const rs = server.config;
  const vs = service.config;
  const options = ownOptions(checker, filling);
  const delayLoop = own.delay_loop ?? rs.delay_loop ?? vs.delay_loop ?? DELAY_LOOP;
  const retry = own.retry ?? rs.retry ?? vs.retry ?? checker.defaults?.retry ?? RETRY;
  const target: Target = {
    address: own.connect_ip ?? server.destination.address,
    port: own.connect_port ?? server.destination.port,
    bindTo: own.bindto,
    bindPort: own.bind_port,
    connectTimeout:
      own.connect_timeout ?? rs.connect_timeout ?? vs.connect_timeout ?? CONNECT_TIMEOUT,
  };
  const virtualhost = rs.virtualhost ?? vs.virtualhost;
  const { connectTimeout, ...where } = target;
  return {
    service: service.key,
    server: server.key,
    keyword: checker.keyword,
    options,
    target,
    virtualhost,
    round: checker.questions && {
      questions: checker.questions(options),
      fast: checker.recoversFast?.(options) ?? false,
    },
    retry,
    delayBeforeRetry:
      own.delay_before_retry ??
      rs.delay_before_retry ??
      vs.delay_before_retry ??
      checker.defaults?.delayBeforeRetry ??
      DELAY_BEFORE_RETRY,
    delayLoop,
    warmup: own.warmup ?? rs.warmup ?? vs.warmup ?? delayLoop,
    deadline: (connectTimeout * (checker.patience ?? 1)) as Duration,
    alpha: own.alpha ?? server.alpha,
    logAllFailures: own.log_all_failures ?? logAll,
    phrases: checker.phrases(server.name, retry),
    identity: identityOf(checker, options, where, virtualhost),
  };
}

/** The values of the checker's own rows; the common ones are settled in the plan itself. */
function ownOptions(checker: Checker, { config }: Filling): OptionsOf<Record<never, never>> {
  const own: Record<string, unknown> = {};
  for (const name of Object.keys(checker.keywords)) {
    if (!(name in commonKeywords)) own[name] = config[name];
  }
  return { ...own, at: config.at };
}

/** What reload compares: where is asked and the question itself, not how often or how long. */
function identityOf(
  checker: Checker,
  options: OptionsOf<Record<never, never>>,
  where: Omit<Target, 'connectTimeout'>,
  virtualhost: string | undefined,
): string {
  const own = Object.keys(checker.keywords).map(
    (name) => (options as Record<string, unknown>)[name],
  );
  const question = checker.identity?.(options) ?? own;
  const withoutPlaces = (key: string, value: unknown): unknown =>
    key === 'at' ? undefined : value;
  return JSON.stringify([checker.keyword, where, question, virtualhost], withoutPlaces);
}

/** Checks that can't work as they stand, though every single line of them is right. */
function remark(check: CheckerPlan, { config }: Filling, report: Report): void {
  const { address, port } = check.target;
  if (port === 0) {
    report({
      severity: 'warning',
      class: 'advice',
      message: `${check.keyword} has no port to connect to and will always fail`,
      hint: 'the real server has port 0: set connect_port',
      at: config.at,
    });
  }
  if (isLinkLocal6(address)) {
    report({
      severity: 'warning',
      class: 'general',
      message: `${check.keyword}: the link-local address ${address} needs bind_if`,
      at: config.at,
    });
  }
}
